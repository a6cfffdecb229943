using System.Security.Cryptography;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;
using static CryptoDev.Ioctl.CryptodevLinux;
using Table = CryptoDev.Dialects.CryptodevLinuxTable;

namespace CryptoDev.Tests.Emulator;

/// <summary>cryptodev-linux's hashes: flags, running state, CIOCCPHASH, and the MAC beside a cipher.</summary>
public sealed class LinuxHashTests : IDisposable
{
    private static readonly byte[] s_key = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
    private static readonly byte[] s_message = [.. Enumerable.Range(0, 96).Select(i => (byte)(i * 3))];

    private readonly EmulatedClient _client = new(new DevCryptoEmulatorOptions { Policy = DriverPolicy.SoftwareOnly });

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData(CRYPTO_MD5, 16)]
    [InlineData(CRYPTO_SHA1, 20)]
    [InlineData(CRYPTO_RIPEMD160, 20)]
    [InlineData(CRYPTO_SHA2_224, 28)]
    [InlineData(CRYPTO_SHA2_256, 32)]
    [InlineData(CRYPTO_SHA2_384, 48)]
    [InlineData(CRYPTO_SHA2_512, 64)]
    public void Digests_come_whole(uint id, int length)
    {
        uint session = LinuxEmulatorTests.Open(_client, 0, null, id);
        byte[] digest = Hash(session, 0, s_message);
        digest[..length].Should().Contain(value => value != 0);
        digest[length..].Should().OnlyContain(value => value == 0, "no byte beyond the digest is written");
        if (id == CRYPTO_SHA2_256)
        {
            digest[..32].Should().Equal(SHA256.HashData(s_message));
        }
    }

    [Fact]
    public void Updates_and_final_are_one_message()
    {
        uint session = LinuxEmulatorTests.Open(_client, 0, null, CRYPTO_SHA2_256);
        byte[] expected = SHA256.HashData(s_message);
        Hash(session, COP_FLAG_UPDATE, s_message[..10]).Should().OnlyContain(value => value == 0);
        Hash(session, COP_FLAG_UPDATE, s_message[10..11]);
        Hash(session, COP_FLAG_FINAL, s_message[11..])[..32].Should().Equal(expected);

        Hash(session, COP_FLAG_UPDATE | COP_FLAG_RESET, s_message);
        Hash(session, COP_FLAG_UPDATE, []).AsSpan(0, 32).ToArray().Should().Equal(expected, "an update without bytes ends the hash");

        Hash(session, COP_FLAG_UPDATE, s_message[..5]);
        Hash(session, 0, s_message)[..32].Should().Equal(expected, "no flag at all starts anew");

        Hash(session, COP_FLAG_UPDATE, s_message[..5]);
        Hash(session, COP_FLAG_RESET, s_message)[..32].Should().Equal(expected);
    }

    /// <summary>The kernel asks whether the whole field is 0: a flag that says nothing about hashes still keeps the old state.</summary>
    [Theory]
    [InlineData(COP_FLAG_NO_ZC)]
    [InlineData(COP_FLAG_WRITE_IV)]
    public void Another_flag_alone_goes_on_from_the_old_state(ushort flag)
    {
        uint session = LinuxEmulatorTests.Open(_client, 0, null, CRYPTO_SHA2_256);
        Hash(session, COP_FLAG_UPDATE, s_message[..40]);
        Hash(session, flag, s_message[40..])[..32].Should().Equal(SHA256.HashData(s_message));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(512)]
    public void HMAC_keys_have_any_length(int length)
    {
        byte[] key = RandomNumberGenerator.GetBytes(length);
        uint session = LinuxEmulatorTests.Open(_client, 0, null, CRYPTO_SHA1_HMAC, length == 0 ? null : key);
        Hash(session, 0, s_message)[..20].Should().Equal(HMACSHA1.HashData(key, s_message));
        Hash(session, COP_FLAG_UPDATE, s_message[..30]);
        Hash(session, COP_FLAG_FINAL, s_message[30..])[..20].Should().Equal(HMACSHA1.HashData(key, s_message));
    }

    /// <summary>Encrypting, the MAC is over the plaintext, and so it is when decrypting; it is told and never verified.</summary>
    [Fact]
    public void Cipher_and_MAC_hash_the_plaintext_both_ways()
    {
        uint session = LinuxEmulatorTests.Open(_client, CRYPTO_AES_CBC, s_key, CRYPTO_SHA2_256_HMAC, s_key);
        nint data = _client.Process.Map([.. s_message]);
        nint mac = _client.Process.Map(32);
        crypt_op op = new()
        {
            ses = session,
            len = 96,
            src = data,
            dst = data,
            mac = mac,
            iv = _client.Process.Map(16),
        };
        _client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op).Should().Be(0);
        byte[] expected = HMACSHA256.HashData(s_key, s_message);
        _client.Process.Read(mac, 32).Should().Equal(expected);
        using Aes aes = Aes.Create();
        aes.Key = s_key;
        _client.Process.Read(data, 96).Should().Equal(aes.EncryptCbc(s_message, new byte[16], PaddingMode.None));

        op.op = COP_DECRYPT;
        _client.Process.CopyOut(new byte[32], (ulong)mac).Should().BeTrue();
        _client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op).Should().Be(0, "whatever stands at mac");
        _client.Process.Read(mac, 32).Should().Equal(expected);
        _client.Process.Read(data, 96).Should().Equal(s_message);
    }

    [Fact]
    public void A_running_hash_is_copied_and_outlives_its_session()
    {
        uint from = LinuxEmulatorTests.Open(_client, 0, null, CRYPTO_SHA1_HMAC, s_key);
        uint to = LinuxEmulatorTests.Open(_client, 0, null, CRYPTO_SHA1_HMAC, s_key);
        uint cipher = LinuxEmulatorTests.Open(_client, CRYPTO_AES_CBC, s_key);
        uint sha = LinuxEmulatorTests.Open(_client, 0, null, CRYPTO_SHA1);
        Hash(from, COP_FLAG_UPDATE, s_message[..33]);
        Hash(to, COP_FLAG_UPDATE, [1, 2, 3]);

        Copy(to, from).Should().Be(0);

        Hash(from, COP_FLAG_FINAL, [9])[..20].Should().Equal(HMACSHA1.HashData(s_key, (byte[])[.. s_message[..33], 9]));
        _client.Ioctl(Table.CIOCFSESSION, ref from).Should().Be(0);
        Hash(to, COP_FLAG_FINAL, s_message[33..])[..20].Should().Equal(HMACSHA1.HashData(s_key, s_message));
        Hash(to, COP_FLAG_FINAL, s_message)[..20]
            .Should()
            .Equal(HMACSHA1.HashData(s_key, s_message), "the next begins with the session's own key");

        Copy(to, to).Should().Be(LibC.EDEADLK);
        Copy(to, from).Should().Be(LibC.ENOENT);
        Copy(from, to).Should().Be(LibC.ENOENT);
        Copy(to, cipher).Should().Be(LibC.EINVAL);
        Copy(cipher, to).Should().Be(LibC.EINVAL);
        Copy(to, sha).Should().Be(LibC.EINVAL);
        _client.Device.Statistics.OpenSessions.Should().Be(3);
    }

    [Fact]
    public void A_copied_start_is_a_start()
    {
        uint from = LinuxEmulatorTests.Open(_client, 0, null, CRYPTO_SHA1);
        uint to = LinuxEmulatorTests.Open(_client, 0, null, CRYPTO_SHA1);
        Hash(to, COP_FLAG_UPDATE, [1, 2, 3]);
        Copy(to, from).Should().Be(0);
        Hash(to, COP_FLAG_FINAL, s_message)[..20].Should().Equal(SHA1.HashData(s_message));
    }

    /// <summary>What two sessions gave each other, or a session itself by way of another, goes with them.</summary>
    [Fact]
    public void Hashes_copied_in_a_circle_keep_no_session_alive()
    {
        uint[] all = [.. Enumerable.Range(0, 3).Select(_ => LinuxEmulatorTests.Open(_client, 0, null, CRYPTO_SHA1_HMAC, s_key))];
        (uint a, uint b, uint c) = (all[0], all[1], all[2]);
        Hash(a, COP_FLAG_UPDATE, s_message);
        Copy(b, a).Should().Be(0);
        Copy(a, b).Should().Be(0, "its own hash comes back");
        Hash(b, COP_FLAG_UPDATE | COP_FLAG_RESET, s_message);
        Copy(c, b).Should().Be(0);
        Copy(b, a).Should().Be(0);
        Copy(a, c).Should().Be(0, "a has the hash of b, and b that of a");
        Hash(a, COP_FLAG_FINAL, [])[..20].Should().Equal(HMACSHA1.HashData(s_key, s_message));
        Copy(a, c).Should().Be(0);
        foreach (uint session in all)
        {
            uint id = session;
            _client.Ioctl(Table.CIOCFSESSION, ref id).Should().Be(0);
        }

        _client.Device.Statistics.OpenSessions.Should().Be(0);
    }

    private int Copy(uint to, uint from)
    {
        cphash_op op = new() { dst_ses = to, src_ses = from };
        return _client.Ioctl(Table.CIOCCPHASH, Table.CphashOp, ref op);
    }

    private byte[] Hash(uint session, ushort flags, byte[] message)
    {
        nint mac = _client.Process.Map(80);
        crypt_op op = new()
        {
            ses = session,
            flags = flags,
            len = (uint)message.Length,
            src = message.Length == 0 ? 0 : _client.Process.Map(message),
            mac = mac,
        };
        _client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op).Should().Be(0);
        return _client.Process.Read(mac, 80);
    }
}

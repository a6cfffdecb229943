using System.Security.Cryptography;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;
using static CryptoDev.Ioctl.CryptodevLinux;
using Table = CryptoDev.Dialects.CryptodevLinuxTable;

namespace CryptoDev.Tests.Emulator;

/// <summary>CIOCAUTHCRYPT: AEAD, TLS and SRTP records, and errno for each mistake.</summary>
public sealed class LinuxRecordTests : IDisposable
{
    private static readonly byte[] s_key = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
    private static readonly byte[] s_iv = [.. Enumerable.Range(60, 16).Select(i => (byte)i)];
    private static readonly byte[] s_aad = [.. Enumerable.Range(200, 13).Select(i => (byte)i)];
    private static readonly byte[] s_message = [.. Enumerable.Range(0, 45).Select(i => (byte)(i * 3))];

    private readonly EmulatedClient _client = new(new DevCryptoEmulatorOptions { Policy = DriverPolicy.SoftwareOnly });

    private ForeignProcess Process => _client.Process;

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData(16, 0)]
    [InlineData(12, 12)]
    public void GCM_attaches_its_tag(int tagLength, uint asked)
    {
        uint session = LinuxEmulatorTests.Open(_client, CRYPTO_AES_GCM, s_key);
        nint data = Process.Map([.. s_message, .. new byte[16]]);
        crypt_auth_op op = new()
        {
            ses = session,
            len = 45,
            src = data,
            dst = data,
            auth_src = Process.Map(s_aad),
            auth_len = 13,
            iv = Process.Map(s_iv),
            iv_len = 12,
            tag_len = asked,
        };
        Auth(ref op).Should().Be(0);
        op.len.Should().Be((uint)(45 + tagLength));
        op.tag.Should().Be(data + 45);
        op.tag_len.Should().Be((uint)tagLength, "the session's, where none was asked for");
        byte[] expected = new byte[45];
        byte[] tag = new byte[tagLength];
        using AesGcm gcm = new(s_key, tagLength);
        gcm.Encrypt(s_iv.AsSpan(0, 12), s_message, expected, tag, s_aad);
        Process.Read(data, 45 + tagLength).Should().Equal([.. expected, .. tag]);

        op.op = COP_DECRYPT;
        op.tag = 0;
        Auth(ref op).Should().Be(0);
        op.len.Should().Be(45);
        op.tag.Should().Be(data + 45);
        Process.Read(data, 45).Should().Equal(s_message);
    }

    [Fact]
    public void A_wrong_tag_is_EBADMSG_and_nothing_is_written()
    {
        uint session = LinuxEmulatorTests.Open(_client, CRYPTO_AES_GCM, s_key);
        byte[] forged = RandomNumberGenerator.GetBytes(61);
        nint data = Process.Map([.. forged]);
        crypt_auth_op op = new()
        {
            ses = session,
            op = COP_DECRYPT,
            len = 61,
            src = data,
            dst = data,
            iv = Process.Map(s_iv),
        };
        Auth(ref op).Should().Be(LibC.EBADMSG);
        Process.Read(data, 61).Should().Equal(forged);
        op.len.Should().Be(61);
    }

    [Fact]
    public void The_tag_of_a_session_only_shrinks()
    {
        uint session = LinuxEmulatorTests.Open(_client, CRYPTO_AES_GCM, s_key);
        nint data = Process.Map(80);
        crypt_auth_op op = new()
        {
            ses = session,
            len = 16,
            src = data,
            dst = data,
            iv = Process.Map(s_iv),
            tag_len = 12,
        };
        Auth(ref op).Should().Be(0);
        op.len.Should().Be(28);
        op = op with { len = 16, tag_len = 16 };
        Auth(ref op).Should().Be(LibC.EINVAL);
        op = op with { len = 16, tag_len = 0 };
        Auth(ref op).Should().Be(0);
        op.len.Should().Be(28, "0 is what the session has now");
    }

    /// <summary>CCM's nonce is as long as the first byte of its block says, call by call.</summary>
    [Fact]
    public void CCM_takes_nonces_of_several_lengths()
    {
        uint session = LinuxEmulatorTests.Open(_client, CRYPTO_AES_CCM, s_key);
        foreach (int length in new[] { 12, 7, 13, 12 })
        {
            byte[] block = new byte[16];
            block[0] = (byte)(14 - length);
            s_iv.AsSpan(0, length).CopyTo(block.AsSpan(1));
            nint data = Process.Map([.. s_message, .. new byte[16]]);
            crypt_auth_op op = new()
            {
                ses = session,
                len = 45,
                src = data,
                dst = data,
                auth_src = Process.Map(s_aad),
                auth_len = 13,
                iv = Process.Map(block),
                tag_len = 16,
            };
            Auth(ref op).Should().Be(0);
            byte[] expected = new byte[45];
            byte[] tag = new byte[16];
            using AesCcm ccm = new(s_key);
            ccm.Encrypt(s_iv.AsSpan(0, length), s_message, expected, tag, s_aad);
            Process.Read(data, 61).Should().Equal([.. expected, .. tag], "with a nonce of {0}", length);
            op.op = COP_DECRYPT;
            Auth(ref op).Should().Be(0);
            Process.Read(data, 45).Should().Equal(s_message);
        }

        nint zeros = Process.Map(61);
        crypt_auth_op bad = new()
        {
            ses = session,
            len = 45,
            src = zeros,
            dst = zeros,
            iv = Process.Map(16),
        };
        Auth(ref bad).Should().Be(LibC.EINVAL, "a first byte of 0 is no CCM");
    }

    /// <summary>RFC 5246 6.2.3.2 done by hand.</summary>
    [Theory]
    [InlineData(45)]
    [InlineData(0)]
    [InlineData(28)]
    public void TLS_is_MAC_then_pad_then_encrypt(int length)
    {
        byte[] message = [.. s_message[..length]];
        uint session = LinuxEmulatorTests.Open(_client, CRYPTO_AES_CBC, s_key, CRYPTO_SHA1_HMAC, s_key);
        byte[] mac = HMACSHA1.HashData(s_key, (byte[])[.. s_aad, .. message]);
        int padding = 16 - ((length + 20) % 16);
        byte[] padded = [.. message, .. mac, .. Enumerable.Repeat((byte)(padding - 1), padding)];
        using Aes aes = Aes.Create();
        aes.Key = s_key;
        byte[] record = aes.EncryptCbc(padded, s_iv, PaddingMode.None);

        nint data = Process.Map([.. message, .. new byte[40]]);
        crypt_auth_op op = new()
        {
            ses = session,
            len = (uint)length,
            src = data,
            dst = data,
            auth_src = Process.Map(s_aad),
            auth_len = 13,
            iv = Process.Map(s_iv),
            flags = COP_FLAG_AEAD_TLS_TYPE,
        };
        Auth(ref op).Should().Be(0);
        op.len.Should().Be((uint)record.Length);
        Process.Read(data, record.Length).Should().Equal(record);

        op.op = COP_DECRYPT;
        Auth(ref op).Should().Be(0);
        op.len.Should().Be((uint)length);
        Process.Read(data, length).Should().Equal(message);

        foreach (int wrong in new[] { 0, record.Length - 17, record.Length - 1 })
        {
            byte[] forged = [.. record];
            forged[wrong] ^= 1;
            nint bad = Process.Map([.. forged]);
            crypt_auth_op open = op with { len = (uint)record.Length, src = bad, dst = bad };
            Auth(ref open).Should().Be(LibC.EBADMSG, "byte {0} is changed", wrong);
            Process.Read(bad, forged.Length).Should().Equal(forged);
        }
    }

    /// <summary>A stream cipher's record is not padded (RFC 5246 6.2.3.1).</summary>
    [Fact]
    public void TLS_of_a_stream_cipher_has_no_padding()
    {
        uint session = LinuxEmulatorTests.Open(_client, CRYPTO_AES_CTR, s_key, CRYPTO_SHA1_HMAC, s_key);
        nint data = Process.Map([.. s_message, .. new byte[20]]);
        crypt_auth_op op = new()
        {
            ses = session,
            len = 45,
            src = data,
            dst = data,
            auth_src = Process.Map(s_aad),
            auth_len = 13,
            iv = Process.Map(s_iv),
            flags = COP_FLAG_AEAD_TLS_TYPE,
        };
        Auth(ref op).Should().Be(0);
        op.len.Should().Be(65);
        Process.Read(data, 65).Should().Equal(LinuxCtr([.. s_message, .. HMACSHA1.HashData(s_key, (byte[])[.. s_aad, .. s_message])]));
        op.op = COP_DECRYPT;
        Auth(ref op).Should().Be(0);
        op.len.Should().Be(45);
        Process.Read(data, 45).Should().Equal(s_message);
    }

    /// <summary>RFC 3711: the payload is encrypted where it stands in the packet, and the tag is over the packet.</summary>
    [Fact]
    public void SRTP_is_encrypt_then_MAC_over_the_packet()
    {
        uint session = LinuxEmulatorTests.Open(_client, CRYPTO_AES_CTR, s_key, CRYPTO_SHA1_HMAC, s_key);
        byte[] header = [.. Enumerable.Range(128, 12).Select(i => (byte)i)];
        nint packet = Process.Map([.. header, .. s_message]);
        nint tag = Process.Map(20);
        crypt_auth_op op = new()
        {
            ses = session,
            len = 45,
            src = packet + 12,
            dst = packet + 12,
            auth_src = packet,
            auth_len = 57,
            iv = Process.Map(s_iv),
            tag = tag,
            tag_len = 10,
            flags = COP_FLAG_AEAD_SRTP_TYPE,
        };
        Auth(ref op).Should().Be(0);
        op.len.Should().Be(45);
        byte[] sent = Process.Read(packet, 57);
        sent[..12].Should().Equal(header);
        byte[] expected = LinuxCtr(s_message);
        sent[12..].Should().Equal(expected);
        Process.Read(tag, 20).Should().Equal([.. HMACSHA1.HashData(s_key, sent)[..10], .. new byte[10]]);

        op.op = COP_DECRYPT;
        Auth(ref op).Should().Be(0);
        Process.Read(packet + 12, 45).Should().Equal(s_message);
        Auth(ref op).Should().Be(LibC.EBADMSG, "the plaintext has another MAC");
        Auth(ref op, tag: 0).Should().Be(LibC.EFAULT);
    }

    [Fact]
    public void Mistakes_are_EINVAL()
    {
        uint gcm = LinuxEmulatorTests.Open(_client, CRYPTO_AES_GCM, s_key);
        uint cbc = LinuxEmulatorTests.Open(_client, CRYPTO_AES_CBC, s_key, CRYPTO_SHA1_HMAC, s_key);
        uint ctr = LinuxEmulatorTests.Open(_client, CRYPTO_AES_CTR, s_key, CRYPTO_SHA1_HMAC, s_key);
        uint hash = LinuxEmulatorTests.Open(_client, 0, null, CRYPTO_SHA1);
        nint data = Process.Map(600);
        crypt_auth_op good = new()
        {
            ses = gcm,
            len = 32,
            src = data,
            dst = data,
            iv = Process.Map(16),
            auth_src = data,
            auth_len = 8,
        };
        Mistake(good).Should().Be(0);
        Mistake(good with { ses = gcm + 1 }).Should().Be(LibC.EINVAL);
        Mistake(good with { op = 2 }).Should().Be(LibC.EINVAL);
        Mistake(good with { ses = hash }).Should().Be(LibC.EINVAL, "no cipher");
        Mistake(good with { ses = cbc }).Should().Be(LibC.EINVAL, "plain mode wants an AEAD");
        Mistake(good with { auth_len = 4097 }).Should().Be(LibC.EINVAL, "more than a page");
        Mistake(good with { auth_src = 0 }).Should().Be(LibC.EINVAL, "kernels since 4.2 would take it from the message");
        Mistake(good with { tag_len = 17 }).Should().Be(LibC.EINVAL);
        Mistake(good with { op = COP_DECRYPT, len = 15 }).Should().Be(LibC.EINVAL, "shorter than its tag");
        Mistake(good with { iv = 0x99 }).Should().Be(LibC.EFAULT);
        Mistake(good with { src = 0x99 }).Should().Be(LibC.EFAULT);
        Mistake(good with { dst = 0 }).Should().Be(LibC.EFAULT);
        Mistake(good with { auth_src = 0x99 }).Should().Be(LibC.EFAULT);
        crypt_auth_op tls = good with { ses = cbc, flags = COP_FLAG_AEAD_TLS_TYPE };
        Mistake(tls).Should().Be(0);
        Mistake(tls with { dst = data + 16 }).Should().Be(LibC.EINVAL);
        Mistake(tls with { ses = gcm }).Should().Be(LibC.EINVAL);
        Mistake(tls with { op = COP_DECRYPT, len = 33 }).Should().Be(LibC.EINVAL);
        Mistake(tls with { op = COP_DECRYPT, len = 16 }).Should().Be(LibC.EBADMSG, "shorter than its MAC");
        Mistake(tls with { tag_len = 64 }).Should().Be(0, "longer than the digest");
        Mistake(tls with { tag_len = 65 }).Should().Be(LibC.EINVAL, "longer than any digest");
        crypt_auth_op srtp = good with
        {
            ses = ctr,
            flags = COP_FLAG_AEAD_SRTP_TYPE,
            src = data + 8,
            dst = data + 8,
            auth_len = 40,
            tag = data + 560,
        };
        Mistake(srtp).Should().Be(0);
        Mistake(srtp with { op = COP_DECRYPT, len = 19 }).Should().Be(LibC.EINVAL, "a payload shorter than its tag");
        Mistake(srtp with { op = COP_DECRYPT, len = 20 }).Should().Be(0);
        Mistake(srtp with { ses = cbc }).Should().Be(LibC.EINVAL, "not a stream cipher");
        Mistake(srtp with { ses = gcm }).Should().Be(LibC.EINVAL);
        Mistake(srtp with { dst = data }).Should().Be(LibC.EINVAL);
        Mistake(srtp with { src = data + 300, dst = data + 300, auth_len = 400 }).Should().Be(LibC.EINVAL, "a header over 256 bytes");
        Mistake(srtp with { auth_src = data + 9 }).Should().Be(LibC.EINVAL, "a packet that begins after its payload");
        Mistake(srtp with { auth_len = 0x7FFF_FFFF }).Should().Be(LibC.ENOMEM);
        Mistake(srtp with { auth_len = 0x8000_0000 }).Should().Be(LibC.EINVAL);
        Mistake(srtp with { auth_len = 39 }).Should().Be(LibC.EINVAL, "a packet that does not cover its payload");
    }

    private int Mistake(crypt_auth_op op) => Auth(ref op);

    private int Auth(ref crypt_auth_op op) => _client.Ioctl(Table.CIOCAUTHCRYPT, Table.CryptAuthOp, ref op);

    private int Auth(ref crypt_auth_op op, nint tag)
    {
        op.tag = tag;
        return Auth(ref op);
    }

    private static byte[] LinuxCtr(byte[] message)
    {
        using CryptoDevice device = CryptoDevice.Open(new CryptoDeviceOptions { Policy = DriverPolicy.SoftwareOnly });
        using CryptoKey key = new(s_key);
        using Session session = device.CreateSession(SessionParameters.Cipher(CryptoAlgorithm.AesCtr, key));
        byte[] result = new byte[message.Length];
        session.Process(CryptOp.Encrypt(message, result, s_iv));
        return result;
    }
}

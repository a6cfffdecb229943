using CryptoDev.Dialects;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;
using static CryptoDev.Ioctl.CryptodevLinux;
using Table = CryptoDev.Dialects.CryptodevLinuxTable;

namespace CryptoDev.Tests.Emulator;

/// <summary>cryptodev-linux as a program meets it: sessions, chaining, hashes, records, and errno for each mistake.</summary>
public sealed class LinuxEmulatorTests : IDisposable
{
    private static readonly byte[] s_key = Convert.FromHexString("2B7E151628AED2A6ABF7158809CF4F3C");
    private static readonly byte[] s_iv = Convert.FromHexString("000102030405060708090A0B0C0D0E0F");
    private static readonly byte[] s_plain = Convert.FromHexString("6BC1BEE22E409F96E93D7E117393172AAE2D8A571E03AC9C9EB76FAC45AF8E51");
    private static readonly byte[] s_cbc = Convert.FromHexString("7649ABAC8119B246CEE98E9B12E9197D5086CB9B507219EE95DB113A917678B2");

    private readonly EmulatedClient _client = new(new DevCryptoEmulatorOptions { Policy = DriverPolicy.SoftwareOnly });

    public void Dispose() => _client.Dispose();

    /// <summary>NIST SP 800-38A F.2.1: open, CIOCGSESSION, CIOCCRYPT, CIOCFSESSION.</summary>
    [Theory]
    [InlineData(WordSize.LP64, false)]
    [InlineData(WordSize.ILP32, false)]
    [InlineData(WordSize.LP64, true)]
    public void A_message_is_encrypted_and_decrypted(WordSize wordSize, bool lends)
    {
        using EmulatedClient client = new(
            new DevCryptoEmulatorOptions { Policy = DriverPolicy.SoftwareOnly },
            wordSize,
            new ForeignProcess(wordSize) { Lends = lends }
        );
        uint session = Open(client, CRYPTO_AES_CBC, s_key);
        nint buffer = client.Process.Map([.. s_plain]);
        crypt_op op = new()
        {
            ses = session,
            op = COP_ENCRYPT,
            len = 32,
            src = buffer,
            dst = buffer,
            iv = client.Process.Map(s_iv),
        };

        client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op).Should().Be(0);
        client.Process.Read(buffer, 32).Should().Equal(s_cbc);

        op.op = COP_DECRYPT;
        client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op).Should().Be(0);
        client.Process.Read(buffer, 32).Should().Equal(s_plain);
        client.Process.Lent.Should().Be(lends ? 4 : 0);

        client.Ioctl(Table.CIOCFSESSION, ref session).Should().Be(0);
        client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op).Should().Be(LibC.EINVAL);
        client.Ioctl(Table.CIOCFSESSION, ref session).Should().Be(0, "the kernel's test for an unknown id is never true");
    }

    [Fact]
    public void Session_calls_that_ask_for_nothing_or_too_much_are_EINVAL()
    {
        nint key = _client.Process.Map(64);
        Create(new() { key = key, keylen = 16 }).Should().Be(LibC.EINVAL, "both ids are 0");
        foreach (uint id in new uint[] { CRYPTO_CAST_CBC, CRYPTO_SKIPJACK_CBC, CRYPTO_ARC4, CRYPTO_TLS11_AES_CBC_HMAC_SHA1, 999 })
        {
            Create(
                    new()
                    {
                        cipher = id,
                        key = key,
                        keylen = 16,
                    }
                )
                .Should()
                .Be(LibC.EINVAL, "cipher {0}", id);
        }

        foreach (uint id in new uint[] { CRYPTO_MD5_KPDK, CRYPTO_DEFLATE_COMP, CRYPTO_LZS_COMP, 999 })
        {
            Create(new() { mac = id }).Should().Be(LibC.EINVAL, "hash {0}", id);
        }

        Create(
                new()
                {
                    cipher = CRYPTO_AES_CBC,
                    key = key,
                    keylen = 15,
                }
            )
            .Should()
            .Be(LibC.EINVAL);
        Create(
                new()
                {
                    cipher = CRYPTO_AES_CBC,
                    key = key,
                    keylen = 65,
                }
            )
            .Should()
            .Be(LibC.EINVAL, "over the limit");
        Create(
                new()
                {
                    cipher = CRYPTO_AES_CBC,
                    key = 16,
                    keylen = 65,
                }
            )
            .Should()
            .Be(LibC.EINVAL, "lengths come before bytes");
        Create(
                new()
                {
                    mac = CRYPTO_SHA1_HMAC,
                    mackey = key,
                    mackeylen = 513,
                }
            )
            .Should()
            .Be(LibC.EINVAL);
        _client.Device.Statistics.OpenSessions.Should().Be(0);
    }

    [Fact]
    public void XTS_keys_with_equal_halves_are_refused_where_an_option_says_so()
    {
        foreach (bool refuses in new[] { false, true })
        {
            using EmulatedClient client = new(
                new DevCryptoEmulatorOptions { Policy = DriverPolicy.SoftwareOnly, RefuseEqualXtsHalves = refuses }
            );
            session_op op = new()
            {
                cipher = CRYPTO_AES_XTS,
                key = client.Process.Map(32),
                keylen = 32,
            };
            client.Ioctl(Table.CIOCGSESSION, Table.SessionOp, ref op).Should().Be(refuses ? LibC.EINVAL : 0);
        }
    }

    [Fact]
    public void Bad_pointers_are_EFAULT()
    {
        nint key = _client.Process.Map(16);
        Create(
                new()
                {
                    cipher = CRYPTO_AES_CBC,
                    key = 0x1234,
                    keylen = 16,
                }
            )
            .Should()
            .Be(LibC.EFAULT);
        Create(
                new()
                {
                    cipher = CRYPTO_AES_CBC,
                    key = key + 1,
                    keylen = 16,
                }
            )
            .Should()
            .Be(LibC.EFAULT, "the last byte is not mapped");
        Create(
                new()
                {
                    mac = CRYPTO_SHA1_HMAC,
                    mackey = 0,
                    mackeylen = 20,
                }
            )
            .Should()
            .Be(LibC.EFAULT, "the kernel would take what is on its stack");
        (-_client.File.Ioctl(Table.CIOCGSESSION.Code(WordSize.LP64), 0x10, _client.Process)).Should().Be(LibC.EFAULT);
        uint session = Open(_client, CRYPTO_AES_CBC, s_key, CRYPTO_SHA1);
        nint data = _client.Process.Map(32);
        crypt_op good = new()
        {
            ses = session,
            len = 32,
            src = data,
            dst = data,
            iv = data,
            mac = _client.Process.Map(20),
        };
        Crypt(good).Should().Be(0);
        Crypt(good with { src = 0x99 }).Should().Be(LibC.EFAULT);
        Crypt(good with { dst = 0x99 }).Should().Be(LibC.EFAULT);
        Crypt(good with { dst = 0 }).Should().Be(LibC.EFAULT, "a cipher's result is not discarded here");
        Crypt(good with { iv = data + 20 }).Should().Be(LibC.EFAULT);
        Crypt(good with { mac = 0 }).Should().Be(LibC.EFAULT);
        Crypt(good with { mac = _client.Process.Map(new byte[20], writable: false) }).Should().Be(LibC.EFAULT);

        // The result reaches the caller only with the struct, as the kernel copies that out last.
        byte[] bytes = new byte[Table.SessionOp.Size(WordSize.LP64)];
        Table.SessionOp.Encode(new session_op { mac = CRYPTO_SHA1 }, bytes, WordSize.LP64);
        long before = _client.Device.Statistics.OpenSessions;
        (-_client.File.Ioctl(Table.CIOCGSESSION.Code(WordSize.LP64), (ulong)_client.Process.Map(bytes, writable: false), _client.Process))
            .Should()
            .Be(LibC.EFAULT);
        _client.Device.Statistics.OpenSessions.Should().Be(before, "a session whose id nobody knows is gone");
    }

    [Fact]
    public void Mistakes_of_operations_are_EINVAL()
    {
        uint session = Open(_client, CRYPTO_AES_CBC, s_key);
        uint gcm = Open(_client, CRYPTO_AES_GCM, s_key);
        nint data = _client.Process.Map(64);
        crypt_op good = new()
        {
            ses = session,
            len = 32,
            src = data,
            dst = data,
            iv = data,
        };
        Crypt(good with { op = 2 }).Should().Be(LibC.EINVAL);
        Crypt(good with { len = 31 }).Should().Be(LibC.EINVAL);
        Crypt(good with { ses = session + 1 }).Should().Be(LibC.EINVAL);
        Crypt(good with { ses = gcm }).Should().Be(LibC.EINVAL, "an AEAD wants CIOCAUTHCRYPT");
        Crypt(good with { len = 0 }).Should().Be(0);
        _client.Raw(0xC030_6365, new byte[48]).Should().Be(LibC.EINVAL, "a BSD's request");
        _client.Raw(0, []).Should().Be(LibC.EINVAL);
        _client.Device.Statistics.Ioctls["unknown"].Should().Be(2);
    }

    /// <summary>
    /// Without an IV an operation goes on from the IV that the last one left: cut anywhere the mode allows, the pieces are the whole.
    /// </summary>
    [Theory]
    [InlineData(CRYPTO_AES_CBC, 16)]
    [InlineData(CRYPTO_3DES_CBC, 8)]
    [InlineData(CRYPTO_AES_CTR, 16)]
    [InlineData(CRYPTO_AES_CFB, 16)]
    [InlineData(CRYPTO_AES_OFB, 16)]
    public void The_IV_stays_in_the_session(uint cipher, int block)
    {
        byte[] key = [.. Enumerable.Range(1, cipher == CRYPTO_3DES_CBC ? 24 : 16).Select(i => (byte)i)];
        byte[] message = [.. Enumerable.Range(0, 7 * block).Select(i => (byte)(i * 5))];
        byte[] iv = [.. Enumerable.Range(50, block).Select(i => (byte)i)];
        foreach (ushort direction in new[] { COP_ENCRYPT, COP_DECRYPT })
        {
            byte[] whole = Run(cipher, key, direction, message, iv, [7 * block]);
            Run(cipher, key, direction, message, iv, [block, 3 * block, 0, 3 * block]).Should().Equal(whole);
        }
    }

    [Fact]
    public void A_new_session_begins_with_an_IV_of_zeros()
    {
        byte[] zeros = Run(CRYPTO_AES_CBC, s_key, COP_ENCRYPT, s_plain, new byte[16], [32]);
        Run(CRYPTO_AES_CBC, s_key, COP_ENCRYPT, s_plain, null, [32]).Should().Equal(zeros);
    }

    /// <summary>
    /// The kernel's counter mode counts a block that is only begun, and its output feedback keeps the stream it made for it.
    /// </summary>
    [Theory]
    [InlineData(CRYPTO_AES_CTR, "F0F1F2F3F4F5F6F7F8F9FAFBFCFDFF01")]
    [InlineData(CRYPTO_AES_OFB, null)]
    public void A_piece_that_ends_inside_a_block_moves_the_IV_by_a_block(uint cipher, string? next)
    {
        byte[] counter = Convert.FromHexString("F0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF");
        uint session = Open(_client, cipher, s_key);
        nint iv = _client.Process.Map([.. counter]);
        nint data = _client.Process.Map(32);
        Crypt(
                new()
                {
                    ses = session,
                    len = 17,
                    src = data,
                    dst = data,
                    iv = iv,
                    flags = COP_FLAG_WRITE_IV,
                }
            )
            .Should()
            .Be(0);
        byte[] stream = Run(cipher, s_key, COP_ENCRYPT, new byte[32], counter, [32]);
        _client.Process.Read(iv, 16).Should().Equal(next is null ? stream[16..] : Convert.FromHexString(next));
    }

    [Fact]
    public void The_chained_IV_is_written_back_when_asked_for()
    {
        uint session = Open(_client, CRYPTO_AES_CBC, s_key);
        nint iv = _client.Process.Map([.. s_iv]);
        nint data = _client.Process.Map([.. s_plain]);
        Crypt(
                new()
                {
                    ses = session,
                    len = 32,
                    src = data,
                    dst = data,
                    iv = iv,
                }
            )
            .Should()
            .Be(0);
        _client.Process.Read(iv, 16).Should().Equal(s_iv);
        Crypt(
                new()
                {
                    ses = session,
                    op = COP_DECRYPT,
                    len = 32,
                    src = data,
                    dst = data,
                    iv = iv,
                    flags = COP_FLAG_WRITE_IV,
                }
            )
            .Should()
            .Be(0);
        _client.Process.Read(iv, 16).Should().Equal(s_cbc[16..], "the last block of ciphertext, also in place");
        Crypt(
                new()
                {
                    ses = session,
                    len = 16,
                    src = data,
                    dst = data,
                    iv = _client.Process.Map(new byte[16], writable: false),
                    flags = COP_FLAG_WRITE_IV,
                }
            )
            .Should()
            .Be(LibC.EFAULT);
    }

    [Fact]
    public void Sessions_belong_to_their_open_file_and_ids_are_random()
    {
        using EmulatedClient other = new(_client.Device, new ForeignProcess());
        uint[] ids = [.. Enumerable.Range(0, 8).Select(_ => Open(_client, CRYPTO_NULL, null))];
        ids.Should().OnlyHaveUniqueItems();
        ids.Max().Should().BeGreaterThan(1 << 16);
        crypt_op op = new() { ses = ids[0] };
        other.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op).Should().Be(LibC.EINVAL);
        _client.Device.Statistics.OpenSessions.Should().Be(8);
        _client.File.Dispose();
        _client.Device.Statistics.OpenSessions.Should().Be(0);
        _client.Device.Statistics.OpenFiles.Should().Be(1);
        _client.Ioctl(Table.CIOCFSESSION, ref ids[1]).Should().Be(LibC.EBADF);
    }

    /// <summary>CRIOGET is dup(2): the same sessions; a full table is no failure of the call.</summary>
    [Fact]
    public void CRIOGET_duplicates_and_hides_its_failure()
    {
        uint descriptor = 0;
        _client.Ioctl(Table.CRIOGET, ref descriptor).Should().Be(0);
        descriptor.Should().Be(100);
        _client.Process.Descriptors[0].Should().BeSameAs(_client.File);

        using EmulatedClient full = new(_client.Device, new ForeignProcess { DescriptorError = LibC.EMFILE });
        full.Ioctl(Table.CRIOGET, ref descriptor).Should().Be(0);
        ((int)descriptor).Should().Be(-LibC.EMFILE);
        using EmulatedClient cannot = new(_client.Device, new ForeignProcess { DescriptorError = LibC.EOPNOTSUPP });
        cannot.Ioctl(Table.CRIOGET, ref descriptor).Should().Be(LibC.EOPNOTSUPP);
    }

    [Fact]
    public void The_session_tells_its_driver()
    {
        session_info_op info = new() { ses = Open(_client, CRYPTO_AES_CBC, s_key, CRYPTO_SHA1_HMAC, s_key) };
        _client.Ioctl(Table.CIOCGSESSINFO, Table.SessionInfoOp, ref info).Should().Be(0);
        CryptodevLinuxCodec.DecodeName(info.cipher_info.cra_name).Should().Be("cbc(aes)");
        CryptodevLinuxCodec.DecodeName(info.cipher_info.cra_driver_name).Should().Be("software");
        CryptodevLinuxCodec.DecodeName(info.hash_info.cra_name).Should().Be("hmac(sha1)");
        info.flags.Should().Be(0, "no device computes");
        info.ses++;
        _client.Ioctl(Table.CIOCGSESSINFO, Table.SessionInfoOp, ref info).Should().Be(LibC.EINVAL);
    }

    /// <summary>A 64-bit module refuses these to 32-bit programs.</summary>
    [Fact]
    public void Some_calls_are_not_for_32_bit_programs()
    {
        using EmulatedClient narrow = new(_client.Device, new ForeignProcess(WordSize.ILP32));
        cphash_op copy = new() { dst_ses = 1, src_ses = 2 };
        narrow.Ioctl(Table.CIOCCPHASH, Table.CphashOp, ref copy).Should().Be(LibC.EINVAL);
        _client.Ioctl(Table.CIOCCPHASH, Table.CphashOp, ref copy).Should().Be(LibC.ENOENT);
        crypt_auth_op auth = new()
        {
            ses = Open(narrow, CRYPTO_AES_GCM, s_key),
            iv = narrow.Process.Map(12),
            dst = narrow.Process.Map(16),
        };
        narrow.Ioctl(Table.CIOCAUTHCRYPT, Table.CryptAuthOp, ref auth).Should().Be(LibC.EINVAL);
        narrow.Raw(Table.CIOCGSESSION.Code(WordSize.LP64), new byte[48]).Should().Be(LibC.EINVAL, "a 64-bit program's code");
    }

    private int Create(session_op op) => _client.Ioctl(Table.CIOCGSESSION, Table.SessionOp, ref op);

    private int Crypt(crypt_op op) => _client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op);

    private byte[] Run(uint cipher, byte[] key, ushort direction, byte[] message, byte[]? iv, int[] pieces)
    {
        uint session = Open(_client, cipher, key);
        nint data = _client.Process.Map([.. message]);
        int done = 0;
        foreach (int piece in pieces)
        {
            nint given = done == 0 && iv is not null ? _client.Process.Map(iv) : 0;
            Crypt(
                    new()
                    {
                        ses = session,
                        op = direction,
                        len = (uint)piece,
                        src = data + done,
                        dst = data + done,
                        iv = given,
                    }
                )
                .Should()
                .Be(0);
            done += piece;
        }

        return _client.Process.Read(data, message.Length);
    }

    internal static uint Open(EmulatedClient client, uint cipher, byte[]? key, uint mac = 0, byte[]? macKey = null)
    {
        session_op op = new()
        {
            cipher = cipher,
            keylen = (uint)(key?.Length ?? 0),
            key = key is null ? 0 : client.Process.Map(key),
            mac = mac,
            mackeylen = (uint)(macKey?.Length ?? 0),
            mackey = macKey is null ? 0 : client.Process.Map(macKey),
        };
        client.Ioctl(Table.CIOCGSESSION, Table.SessionOp, ref op).Should().Be(0);
        return op.ses;
    }
}

using System.Security.Cryptography;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;
using static CryptoDev.Ioctl.NetBsd;
using Table = CryptoDev.Dialects.NetBsdTable;

namespace CryptoDev.Tests.Emulator;

/// <summary>NetBSD as a program meets it: the calls that do one thing.</summary>
public sealed class NetBsdEmulatorTests : IDisposable
{
    private static readonly byte[] s_key = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
    private static readonly byte[] s_message = [.. Enumerable.Range(0, 64).Select(i => (byte)(i * 3))];
    private static readonly DevCryptoEmulatorOptions s_options = new DevCryptoEmulatorOptions
    {
        Dialect = DialectInfo.NetBsd,
        Policy = DriverPolicy.SoftwareOnly,
    }.AllowingSoftware();

    private readonly EmulatedClient _client = new(s_options);

    private ForeignProcess Process => _client.Process;

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData(WordSize.LP64)]
    [InlineData(WordSize.ILP32)]
    public void A_message_is_encrypted_and_decrypted(WordSize wordSize)
    {
        using EmulatedClient client = new(s_options, wordSize);
        uint session = Open(client, CRYPTO_AES_CBC, s_key);
        session.Should().Be(1, "ids begin at 1");
        nint data = client.Process.Map([.. s_message]);
        nint iv = client.Process.Map(16);
        crypt_op op = new()
        {
            ses = session,
            op = COP_ENCRYPT,
            len = 64,
            src = data,
            dst = data,
            iv = iv,
        };
        client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op).Should().Be(0);
        client.Process.Read(data, 64).Should().Equal(Cbc(s_message, new byte[16]));
        op.op = COP_DECRYPT;
        client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op).Should().Be(0);
        client.Process.Read(data, 64).Should().Equal(s_message);
        client.Ioctl(Table.CIOCFSESSION, ref session).Should().Be(0);
        client.Ioctl(Table.CIOCFSESSION, ref session).Should().Be(LibC.EINVAL);
        Open(client, CRYPTO_AES_CBC, s_key).Should().Be(2, "an id is not used again");
    }

    /// <summary>RFC 3686 section 6, test vector 1: the nonce follows the key, the IV has eight bytes, the counter begins at 1.</summary>
    [Fact]
    public void AES_CTR_is_of_RFC_3686()
    {
        uint session = Open(_client, CRYPTO_AES_CTR, Convert.FromHexString("AE6852F8121067CC4BF7A5765577F39E" + "00000030"));
        nint data = Process.Map("Single block msg"u8.ToArray());
        crypt_op op = new()
        {
            ses = session,
            op = COP_ENCRYPT,
            len = 16,
            src = data,
            dst = data,
            iv = Process.Map(8),
        };
        Crypt(op).Should().Be(0);
        Convert.ToHexString(Process.Read(data, 16)).Should().Be("E4095D4FB7A7B3792D6175A3261311B8");
    }

    /// <summary>
    /// Without an IV pointer the kernel makes one, writes it in front of the result, and passes over what stood there; decryption takes it
    /// from there.
    /// </summary>
    [Fact]
    public void Without_an_IV_encryption_makes_one_and_decryption_finds_it()
    {
        uint session = Open(_client, CRYPTO_AES_CBC, s_key, CRYPTO_SHA1_HMAC, 20);
        nint data = Process.Map([.. s_message]);
        nint mac = Process.Map(20);
        Crypt(
                new()
                {
                    ses = session,
                    op = COP_ENCRYPT,
                    len = 64,
                    src = data,
                    dst = data,
                    mac = mac,
                }
            )
            .Should()
            .Be(0);
        byte[] sent = Process.Read(data, 64);
        sent[..16].Should().NotEqual(s_message[..16]);
        sent[16..].Should().Equal(Cbc(s_message[16..], sent[..16]));
        Process.Read(mac, 20).Should().Equal(HMACSHA1.HashData(MacKey(20), s_message), "the MAC runs first, over what the caller gave");

        Crypt(
                new()
                {
                    ses = session,
                    op = COP_DECRYPT,
                    len = 64,
                    src = data,
                    dst = data,
                    mac = mac,
                }
            )
            .Should()
            .Be(0);
        Process.Read(data, 64).Should().Equal([.. sent[..16], .. s_message[16..]]);
        Process.Read(mac, 20).Should().Equal(HMACSHA1.HashData(MacKey(20), sent), "first here too, so over the ciphertext");
    }

    /// <summary>SHA2_HMAC gives half; an HMAC of MD5, SHA-1 or RIPEMD-160 the whole, its _96 twelve bytes.</summary>
    [Theory]
    [InlineData(CRYPTO_MD5_HMAC, 16, 16)]
    [InlineData(CRYPTO_MD5_HMAC_96, 16, 12)]
    [InlineData(CRYPTO_SHA1_HMAC, 20, 20)]
    [InlineData(CRYPTO_SHA1_HMAC_96, 20, 12)]
    [InlineData(CRYPTO_RIPEMD160_HMAC_96, 20, 12)]
    [InlineData(CRYPTO_SHA2_HMAC, 32, 16)]
    [InlineData(CRYPTO_SHA2_HMAC, 48, 24)]
    [InlineData(CRYPTO_SHA2_HMAC, 64, 32)]
    [InlineData(CRYPTO_SHA2_384_HMAC, 48, 24)]
    [InlineData(CRYPTO_SHA2_512_HMAC, 64, 32)]
    [InlineData(CRYPTO_AES_XCBC_MAC_96, 16, 12)]
    [InlineData(CRYPTO_NULL_HMAC, 0, 12)]
    [InlineData(CRYPTO_MD5, 0, 16)]
    [InlineData(CRYPTO_SHA1, 0, 20)]
    public void MACs_have_the_lengths_of_the_dialect(uint id, int keyLength, int length)
    {
        uint session = Open(_client, 0, null, id, keyLength);
        byte[] room = [.. Enumerable.Repeat((byte)0xEE, 64)];
        nint mac = Process.Map(room);
        Crypt(
                new()
                {
                    ses = session,
                    len = 64,
                    src = Process.Map(s_message),
                    mac = mac,
                }
            )
            .Should()
            .Be(0);
        room[length..].Should().OnlyContain(value => value == 0xEE);
        room[..length].Should().Contain(value => value != 0xEE);
        if (keyLength == 48)
        {
            room[..24].Should().Equal(HMACSHA384.HashData(MacKey(48), s_message)[..24]);
        }

        Crypt(
                new()
                {
                    ses = session,
                    len = 64,
                    src = Process.Map(s_message),
                }
            )
            .Should()
            .Be(0, "without a place for it the digest is dropped, not written through a null pointer");
    }

    /// <summary>The kernel copies its buffer out whatever the session is, and after a digest alone it holds the message.</summary>
    [Theory]
    [InlineData(false, WordSize.LP64)]
    [InlineData(true, WordSize.LP64)]
    [InlineData(false, WordSize.ILP32)]
    public void A_digest_copies_the_message_to_dst(bool lends, WordSize wordSize)
    {
        using EmulatedClient client = new(s_options, wordSize, new ForeignProcess(wordSize) { Lends = lends });
        ForeignProcess process = client.Process;
        uint hmac = Open(client, 0, null, CRYPTO_SHA1_HMAC, 20);
        byte[] expected = HMACSHA1.HashData(MacKey(20), s_message);
        nint source = process.Map([.. s_message]);
        nint room = process.Map([.. Enumerable.Repeat((byte)0xEE, 70)]);
        nint mac = process.Map(20);
        crypt_op op = new()
        {
            ses = hmac,
            op = COP_ENCRYPT,
            len = 64,
            src = source,
            dst = room,
            mac = mac,
            dst_len = 5,
        };
        client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op).Should().Be(0);
        process.Read(room, 70).Should().Equal([.. s_message, .. Enumerable.Repeat((byte)0xEE, 6)]);
        process.Read(mac, 20).Should().Equal(expected);
        op.dst_len.Should().Be(5);
        process.CopyOut(new byte[64], (ulong)room);
        foreach (crypt_op other in new[] { op with { mac = 0 }, op with { op = COP_DECRYPT }, op with { dst = source } })
        {
            crypt_op again = other;
            client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref again).Should().Be(0);
            process.Read(again.dst, 64).Should().Equal(s_message);
        }

        process.CopyOut(new byte[20], (ulong)mac);
        foreach (nint bad in new[] { 0x99, room + 10, process.Map(new byte[64], writable: false) })
        {
            crypt_op wrong = op with { dst = bad };
            client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref wrong).Should().Be(LibC.EFAULT);
            process.Read(mac, 20).Should().Equal(new byte[20], "the MAC is copied out after the message");
        }

        op.dst = 0;
        client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op).Should().Be(0);
        process.Read(mac, 20).Should().Equal(expected);
    }

    /// <summary>GCM's tag is computed and never verified; decryption gives the tag that the ciphertext should have.</summary>
    [Fact]
    public void GCM_decrypts_whatever_the_tag()
    {
        byte[] key = [.. s_key, 9, 8, 7, 6];
        uint session = Open(_client, CRYPTO_AES_GCM_16, key, CRYPTO_AES_128_GMAC, 20, key);
        byte[] iv = [1, 2, 3, 4, 5, 6, 7, 8];
        nint data = Process.Map([.. s_message]);
        nint tag = Process.Map(16);
        crypt_op op = new()
        {
            ses = session,
            op = COP_ENCRYPT,
            len = 64,
            src = data,
            dst = data,
            mac = tag,
            iv = Process.Map(iv),
        };
        Crypt(op).Should().Be(0);
        byte[] expected = new byte[64];
        byte[] expectedTag = new byte[16];
        using AesGcm gcm = new(s_key, 16);
        gcm.Encrypt((byte[])[9, 8, 7, 6, .. iv], s_message, expected, expectedTag);
        Process.Read(data, 64).Should().Equal(expected);
        Process.Read(tag, 16).Should().Equal(expectedTag);

        Process.CopyOut(new byte[16], (ulong)tag);
        Crypt(op with { op = COP_DECRYPT }).Should().Be(0);
        Process.Read(data, 64).Should().Equal(s_message);
        Process.Read(tag, 16).Should().Equal(expectedTag);

        byte[] changed = [.. expected];
        changed[5] ^= 1;
        Process.CopyOut(changed, (ulong)data);
        Crypt(op with { op = COP_DECRYPT }).Should().Be(0, "the caller compares");
        byte[] plain = Process.Read(data, 64);
        plain[5].Should().Be((byte)(s_message[5] ^ 1));
        byte[] again = new byte[64];
        gcm.Encrypt((byte[])[9, 8, 7, 6, .. iv], plain, again, expectedTag);
        Process.Read(tag, 16).Should().Equal(expectedTag, "the tag of the changed ciphertext");
        Crypt(op with { len = 62 }).Should().Be(LibC.EINVAL, "its block is 4 here");
    }

    [Theory]
    [InlineData(CRYPTO_DEFLATE_COMP)]
    [InlineData(CRYPTO_GZIP_COMP)]
    public void Compression_tells_the_length(uint id)
    {
        byte[] text = [.. Enumerable.Repeat((byte)'x', 5000)];
        uint session = Create(new() { comp_alg = id }, out int error);
        error.Should().Be(0);
        nint data = Process.Map([.. text]);
        crypt_op op = new()
        {
            ses = session,
            op = COP_COMP,
            len = 5000,
            src = data,
            dst = data,
        };
        Crypt(ref op).Should().Be(0);
        op.dst_len.Should().BeInRange(10, 200);
        nint back = Process.Map(5000);
        crypt_op expand = new()
        {
            ses = session,
            op = COP_DECOMP,
            len = op.dst_len,
            src = data,
            dst = back,
            dst_len = 5000,
        };
        Crypt(ref expand).Should().Be(0);
        expand.dst_len.Should().Be(5000);
        Process.Read(back, 5000).Should().Equal(text);

        Crypt(expand with { dst_len = 4999 }).Should().Be(LibC.ENOSPC);
        Crypt(expand with { dst_len = 0 }).Should().Be(LibC.ENOSPC, "0 is as much as went in");
        crypt_op other = expand with { op = COP_ENCRYPT, dst = Process.Map(5000) };
        Crypt(ref other).Should().Be(0, "whatever is not COP_COMP expands");
        other.dst_len.Should().Be(5000);
        Process.Read(other.dst, 5000).Should().Equal(text);
        crypt_op nothing = new()
        {
            ses = session,
            op = COP_COMP,
            src = back,
            dst = back,
            dst_len = 64,
        };
        Crypt(ref nothing).Should().Be(0);
        nothing.dst_len.Should().BeInRange(2, 20);
        Crypt(
                new()
                {
                    ses = session,
                    op = COP_DECOMP,
                    len = nothing.dst_len,
                    src = back,
                    dst = back,
                    dst_len = 64,
                }
            )
            .Should()
            .Be(LibC.EINVAL, "a result of nothing is a failure");
        byte[] noise = RandomNumberGenerator.GetBytes(1000);
        nint hard = Process.Map(noise);
        Crypt(
                new()
                {
                    ses = session,
                    op = COP_COMP,
                    len = 1000,
                    src = hard,
                    dst = hard,
                }
            )
            .Should()
            .Be(LibC.ENOSPC, "noise does not shrink");
        Crypt(
                new()
                {
                    ses = session,
                    op = COP_COMP,
                    len = 1000,
                    src = hard,
                    dst = Process.Map(1100),
                    dst_len = 1100,
                }
            )
            .Should()
            .Be(0);
    }

    /// <summary>The descriptors' order is compress, hash, encrypt, and the later two are told the length of the input.</summary>
    [Fact]
    public void Behind_a_compressor_hash_and_cipher_take_as_many_bytes_as_came_in()
    {
        byte[] text = [.. Enumerable.Repeat((byte)'y', 320)];
        nint key = Process.Map(s_key);
        uint session = Create(
            new()
            {
                cipher = CRYPTO_AES_CBC,
                key = key,
                keylen = 16,
                mac = CRYPTO_SHA1_HMAC,
                mackey = Process.Map(MacKey(20)),
                mackeylen = 20,
                comp_alg = CRYPTO_DEFLATE_COMP,
            },
            out int error
        );
        error.Should().Be(0);
        uint plain = Create(new() { comp_alg = CRYPTO_DEFLATE_COMP }, out _);
        nint alone = Process.Map([.. text]);
        crypt_op compress = new()
        {
            ses = plain,
            op = COP_COMP,
            len = 320,
            src = alone,
            dst = alone,
        };
        Crypt(ref compress).Should().Be(0);
        byte[] buffer = [.. Process.Read(alone, (int)compress.dst_len), .. text[(int)compress.dst_len..]];

        nint data = Process.Map([.. text]);
        nint mac = Process.Map(20);
        crypt_op op = new()
        {
            ses = session,
            op = COP_COMP,
            len = 320,
            src = data,
            dst = data,
            mac = mac,
            iv = Process.Map(16),
        };
        Crypt(ref op).Should().Be(0);
        op.dst_len.Should().Be(compress.dst_len);
        Process.Read(mac, 20).Should().Equal(HMACSHA1.HashData(MacKey(20), buffer));
        byte[] result = Process.Read(data, (int)op.dst_len);
        using Aes aes = Aes.Create();
        aes.Key = s_key;
        result
            .Should()
            .Equal(aes.DecryptCbc(buffer, new byte[16], PaddingMode.None)[..(int)op.dst_len], "the cipher was not told COP_ENCRYPT");
    }

    /// <summary>
    /// Each descriptor looks for its one word, and a session without a compressor takes COP_COMP for anything but encryption.
    /// </summary>
    [Fact]
    public void An_operation_of_another_kind_is_the_opposite()
    {
        uint cbc = Open(_client, CRYPTO_AES_CBC, s_key);
        nint data = Process.Map(Cbc(s_message, new byte[16]));
        foreach (ushort kind in new ushort[] { COP_COMP, COP_DECOMP, 0, 9 })
        {
            nint plain = Process.Map(64);
            crypt_op op = new()
            {
                ses = cbc,
                op = kind,
                len = 64,
                src = data,
                dst = plain,
                iv = Process.Map(16),
                dst_len = 7,
            };
            Crypt(ref op).Should().Be(0);
            Process.Read(plain, 64).Should().Equal(s_message);
            op.dst_len.Should().Be(7, "there is no compressor to write it");
        }
    }

    [Fact]
    public void Session_calls_with_wrong_ids_or_lengths_are_EINVAL()
    {
        nint key = Process.Map(64);
        foreach (
            session_op op in new session_op[]
            {
                new(),
                new()
                {
                    cipher = 99,
                    key = key,
                    keylen = 16,
                },
                new()
                {
                    cipher = CRYPTO_AES_CBC,
                    key = key,
                    keylen = 15,
                },
                new()
                {
                    cipher = CRYPTO_AES_CBC,
                    key = key,
                    keylen = 17,
                },
                new()
                {
                    mac = CRYPTO_SHA1_HMAC,
                    mackey = key,
                    mackeylen = 19,
                },
                new()
                {
                    mac = CRYPTO_SHA1_HMAC,
                    mackey = key,
                    mackeylen = -1,
                },
                new()
                {
                    mac = CRYPTO_SHA2_384_HMAC,
                    mackey = key,
                    mackeylen = 32,
                },
                new()
                {
                    mac = CRYPTO_MD5_KPDK,
                    mackey = key,
                    mackeylen = 16,
                },
                new() { comp_alg = 23 },
                new()
                {
                    cipher = CRYPTO_AES_GCM_16,
                    key = key,
                    keylen = 20,
                    mac = 99,
                },
            }
        )
        {
            Create(op, out int error);
            error.Should().Be(LibC.EINVAL);
        }

        Create(
            new()
            {
                cipher = CRYPTO_AES_CBC,
                key = 0x99,
                keylen = 16,
            },
            out int fault
        );
        fault.Should().Be(LibC.EFAULT);
    }

    [Fact]
    public void Operations_with_mistakes_have_their_errno()
    {
        uint cbc = Open(_client, CRYPTO_AES_CBC, s_key);
        uint sha = Open(_client, 0, null, CRYPTO_SHA1, 0);
        nint data = Process.Map(new byte[262144]);
        crypt_op good = new()
        {
            ses = cbc,
            op = COP_ENCRYPT,
            len = 32,
            src = data,
            dst = data,
            iv = data,
        };
        Crypt(good).Should().Be(0);
        Crypt(good with { ses = 99 }).Should().Be(LibC.EINVAL);
        Crypt(good with { len = 262128 }).Should().Be(0);
        Crypt(good with { len = 262144 }).Should().Be(LibC.E2BIG);
        Crypt(good with { len = 0 }).Should().Be(LibC.EINVAL);
        Crypt(good with { len = 24 }).Should().Be(LibC.EINVAL);
        Crypt(good with { len = 16, iv = 0 }).Should().Be(LibC.EINVAL, "nothing but an IV");
        Crypt(good with { mac = data }).Should().Be(LibC.EINVAL, "no hash");
        Crypt(good with { ses = sha, mac = data }).Should().Be(LibC.EINVAL, "no cipher for the IV");
        Crypt(good with { src = 0x99 }).Should().Be(LibC.EFAULT);
        Crypt(good with { dst = 0x99 }).Should().Be(LibC.EFAULT);
        Crypt(good with { iv = 0x99 }).Should().Be(LibC.EFAULT);
        Crypt(good with { dst = 0 }).Should().Be(0, "the result is discarded");
    }

    /// <summary>COMPAT_50: the classic structs and numbers; one of them never worked.</summary>
    [Theory]
    [InlineData(WordSize.LP64)]
    [InlineData(WordSize.ILP32)]
    public void Old_programs_are_served(WordSize wordSize)
    {
        using EmulatedClient client = new(s_options, wordSize);
        osession_op old = new()
        {
            cipher = CRYPTO_AES_CBC,
            key = client.Process.Map(s_key),
            keylen = 16,
        };
        client.Ioctl(Table.OCIOCGSESSION, Table.OsessionOp, ref old).Should().Be(0);
        nint data = client.Process.Map([.. s_message]);
        ocrypt_op op = new()
        {
            ses = old.ses,
            op = COP_ENCRYPT,
            len = 64,
            src = data,
            dst = data,
            iv = client.Process.Map(16),
        };
        client.Ioctl(Table.OCIOCCRYPT, Table.OcryptOp, ref op).Should().Be(0);
        client.Process.Read(data, 64).Should().Equal(Cbc(s_message, new byte[16]));
        ocrypt_sgop many = new() { count = 1, sessions = data };
        client.Ioctl(Table.OCIOCNGSESSION, Table.OcryptSgop, ref many).Should().Be(LibC.EINVAL);
    }

    [Fact]
    public void CRIOGET_gives_an_empty_context()
    {
        Open(_client, CRYPTO_AES_CBC, s_key);
        uint descriptor = 0;
        _client.Ioctl(Table.CRIOGET, ref descriptor).Should().Be(0);
        descriptor.Should().Be(100);
        EmulatedClient other = _client.With(Process.Descriptors[0]);
        other.File.Should().NotBeSameAs(_client.File);
        Open(other, CRYPTO_AES_CBC, s_key).Should().Be(1);
        using EmulatedClient full = new(_client.Device, new ForeignProcess { DescriptorError = LibC.EMFILE });
        full.Ioctl(Table.CRIOGET, ref descriptor).Should().Be(LibC.EMFILE);
        _client.Device.Statistics.OpenFiles.Should().Be(3);
    }

    /// <summary>cryptodevallowsoft: 1, the default, is hardware only; 0 allows software; negative is software only.</summary>
    [Theory]
    [InlineData(null, false)]
    [InlineData(1, false)]
    [InlineData(0, true)]
    [InlineData(-1, true)]
    public void Software_needs_the_switch(int? allowSoft, bool works)
    {
        using EmulatedClient client = new(s_options with { AllowSoft = allowSoft });
        session_op op = new()
        {
            cipher = CRYPTO_AES_CBC,
            key = client.Process.Map(s_key),
            keylen = 16,
        };
        client.Ioctl(Table.CIOCGSESSION, Table.SessionOp, ref op).Should().Be(works ? 0 : LibC.EINVAL);
        uint mask = 0;
        client.Ioctl(Table.CIOCASYMFEAT, ref mask).Should().Be(0);
        mask.Should().Be(works ? 0x3FFu : 0, "CRK_MOD never shows");
    }

    [Fact]
    public void A_device_shut_to_users_cannot_be_opened()
    {
        using DevCryptoEmulator shut = new(s_options with { UserCrypto = 0 });
        shut.Open(out EmulatedFile? file).Should().Be(LibC.ENXIO);
        file.Should().BeNull();
    }

    internal static byte[] MacKey(int length) => [.. Enumerable.Range(40, length).Select(i => (byte)i)];

    internal static uint Open(EmulatedClient client, uint cipher, byte[]? key, uint mac = 0, int macKeyLength = 0, byte[]? macKey = null)
    {
        session_op op = new()
        {
            cipher = cipher,
            keylen = (uint)(key?.Length ?? 0),
            key = key is null ? 0 : client.Process.Map(key),
            mac = mac,
            mackeylen = macKeyLength,
            mackey = macKeyLength == 0 ? 0 : client.Process.Map(macKey ?? MacKey(macKeyLength)),
        };
        client.Ioctl(Table.CIOCGSESSION, Table.SessionOp, ref op).Should().Be(0);
        return op.ses;
    }

    private uint Create(session_op op, out int error)
    {
        error = _client.Ioctl(Table.CIOCGSESSION, Table.SessionOp, ref op);
        return op.ses;
    }

    private int Crypt(crypt_op op) => Crypt(ref op);

    private int Crypt(ref crypt_op op) => _client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op);

    internal static byte[] Cbc(byte[] message, byte[] iv)
    {
        using Aes aes = Aes.Create();
        aes.Key = s_key;
        return aes.EncryptCbc(message, iv, PaddingMode.None);
    }
}

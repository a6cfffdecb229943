using CryptoDev.Ioctl;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;
using static CryptoDev.Ioctl.CryptodevLinux;
using Table = CryptoDev.Dialects.CryptodevLinuxTable;

namespace CryptoDev.Tests.Emulator;

/// <summary>Answers that were found on the real module, version 1.14.</summary>
public sealed class LinuxModuleTests : IDisposable
{
    private const int Page = 4096;

    private static readonly byte[] s_key = [.. Enumerable.Range(1, 32).Select(i => (byte)(i * 7))];
    private static readonly byte[] s_iv = [.. Enumerable.Range(60, 16).Select(i => (byte)i)];

    private readonly EmulatedClient _client = new(new DevCryptoEmulatorOptions { Policy = DriverPolicy.SoftwareOnly, AlignMask = 15 });

    private ForeignProcess Process => _client.Process;

    public void Dispose() => _client.Dispose();

    [Fact]
    public void A_session_tells_its_alignmask()
    {
        session_info_op info = new() { ses = Open(CRYPTO_AES_XTS, s_key) };
        _client.Ioctl(Table.CIOCGSESSINFO, Table.SessionInfoOp, ref info).Should().Be(0);
        info.alignmask.Should().Be(15);
    }

    [Theory]
    [InlineData(0, 0, 0, false)]
    [InlineData(1, 0, 0, true)]
    [InlineData(0, 8, 0, true)]
    [InlineData(0, 0, COP_FLAG_NO_ZC, true)]
    public void XTS_off_its_alignment_starts_anew_on_each_page(int from, int to, int flags, bool anew)
    {
        byte[] message = new byte[(2 * Page) + 32];
        new Random(5).NextBytes(message);
        byte[] right = anew ? [.. Xts(message[..Page]), .. Xts(message[Page..(2 * Page)]), .. Xts(message[(2 * Page)..])] : Xts(message);
        nint target = Process.Map(message.Length + 16);
        crypt_op op = new()
        {
            ses = Open(CRYPTO_AES_XTS, s_key),
            flags = (ushort)flags,
            len = (uint)message.Length,
            src = Process.Map([.. new byte[from], .. message]) + from,
            dst = target + to,
            iv = Process.Map(s_iv),
        };
        Crypt(ref op).Should().Be(0);
        Process.Read(target + to, message.Length).Should().Equal(right);
    }

    [Fact]
    public void A_mode_that_chains_goes_on_from_page_to_page()
    {
        byte[] message = new byte[3 * Page];
        using System.Security.Cryptography.Aes aes = System.Security.Cryptography.Aes.Create();
        aes.Key = s_key[..16];
        nint data = Process.Map(message.Length + 16);
        crypt_op op = new()
        {
            ses = Open(CRYPTO_AES_CBC, s_key[..16]),
            len = (uint)message.Length,
            src = data + 1,
            dst = data + 1,
            iv = Process.Map(s_iv),
        };
        Crypt(ref op).Should().Be(0);
        Process.Read(data + 1, message.Length).Should().Equal(aes.EncryptCbc(message, s_iv, System.Security.Cryptography.PaddingMode.None));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    [InlineData(8191)]
    public void What_is_no_alignmask_is_refused(int mask) =>
        FluentActions
            .Invoking(() => new DevCryptoEmulator(new DevCryptoEmulatorOptions { AlignMask = mask }))
            .Should()
            .Throw<ArgumentException>()
            .WithMessage("*alignmask*");

    [Fact]
    public void Other_dialects_have_none() =>
        FluentActions
            .Invoking(() => new DevCryptoEmulator(new DevCryptoEmulatorOptions { Dialect = DialectInfo.NetBsd, AlignMask = 15 }))
            .Should()
            .Throw<ArgumentException>()
            .WithMessage("*reports no alignmask*");

    [Fact]
    public void A_MAC_key_for_an_AEAD_is_refused()
    {
        session_op op = new()
        {
            cipher = CRYPTO_AES_GCM,
            keylen = 16,
            key = Process.Map(s_key),
            mackeylen = 20,
            mackey = Process.Map(s_key),
        };
        Session(op).Should().Be(LibC.EINVAL);
        Session(op with { mackey = 0x99 }).Should().Be(LibC.EINVAL, "it is never read");
        Session(op with { mackeylen = 0 }).Should().Be(0);
        Session(op with { mackeylen = 0, mac = CRYPTO_SHA1 }).Should().Be(0);
    }

    [Fact]
    public void A_key_that_cannot_be_read_comes_before_a_length_that_does_not_fit()
    {
        session_op op = new() { cipher = CRYPTO_AES_CBC, keylen = 17 };
        Session(op).Should().Be(LibC.EFAULT);
        Session(op with { key = Process.Map(s_key) }).Should().Be(LibC.EINVAL);
        Session(op with { keylen = 65 }).Should().Be(LibC.EINVAL, "longer than the kernel's buffer");
        Session(op with { keylen = 0 }).Should().Be(LibC.EINVAL, "nothing to read");
        Session(op with { cipher = 999 }).Should().Be(LibC.EINVAL, "an id that is none");
        Session(new session_op { mac = CRYPTO_SHA1_HMAC, mackeylen = 513 }).Should().Be(LibC.EINVAL);
    }

    [Fact]
    public void A_call_whose_message_cannot_be_read_leaves_its_IV_behind()
    {
        using System.Security.Cryptography.Aes aes = System.Security.Cryptography.Aes.Create();
        aes.Key = s_key[..16];
        nint data = Process.Map(32);
        crypt_op op = new()
        {
            ses = Open(CRYPTO_AES_CBC, s_key[..16]),
            len = 32,
            src = 0x99,
            dst = data,
            iv = Process.Map(s_iv),
        };
        Crypt(ref op).Should().Be(LibC.EFAULT);
        op.src = data;
        op.iv = 0;
        Crypt(ref op).Should().Be(0);
        Process.Read(data, 32).Should().Equal(aes.EncryptCbc(new byte[32], s_iv, System.Security.Cryptography.PaddingMode.None));
    }

    [Fact]
    public void A_call_of_a_length_that_is_refused_does_not()
    {
        using System.Security.Cryptography.Aes aes = System.Security.Cryptography.Aes.Create();
        aes.Key = s_key[..16];
        nint data = Process.Map(32);
        crypt_op op = new()
        {
            ses = Open(CRYPTO_AES_CBC, s_key[..16]),
            len = 31,
            src = data,
            dst = data,
            iv = Process.Map(s_iv),
        };
        Crypt(ref op).Should().Be(LibC.EINVAL);
        op.len = 32;
        op.iv = 0;
        Crypt(ref op).Should().Be(0);
        Process.Read(data, 32).Should().Equal(aes.EncryptCbc(new byte[32], new byte[16], System.Security.Cryptography.PaddingMode.None));
    }

    /// <summary>"Hash after decryption": without a cipher that is what lies at dst. Where the kernel copies, it copies src.</summary>
    [Fact]
    public void A_hash_of_COP_DECRYPT_is_over_dst()
    {
        byte[] source = new byte[64];
        byte[] target = [.. Enumerable.Range(0, 64).Select(i => (byte)i)];
        nint digest = Process.Map(20);
        crypt_op op = new()
        {
            ses = LinuxEmulatorTests.Open(_client, 0, null, CRYPTO_SHA1),
            op = COP_DECRYPT,
            len = 64,
            src = Process.Map(source),
            dst = Process.Map(target),
            mac = digest,
        };
        Crypt(ref op).Should().Be(0);
        Process.Read(digest, 20).Should().Equal(System.Security.Cryptography.SHA1.HashData(target));
        op.flags = COP_FLAG_NO_ZC | COP_FLAG_RESET;
        Crypt(ref op).Should().Be(0);
        Process.Read(digest, 20).Should().Equal(System.Security.Cryptography.SHA1.HashData(source));
        op.flags = 0;
        op.op = COP_ENCRYPT;
        Crypt(ref op).Should().Be(0);
        Process.Read(digest, 20).Should().Equal(System.Security.Cryptography.SHA1.HashData(source));
        op.op = COP_DECRYPT;
        op.dst = 0;
        Crypt(ref op).Should().Be(LibC.EFAULT);
    }

    [Fact]
    public void GCM_without_a_tag_length_uses_the_last_one()
    {
        nint data = Process.Map(64);
        crypt_auth_op op = new()
        {
            ses = Open(CRYPTO_AES_GCM, s_key[..16]),
            len = 16,
            src = data,
            dst = data,
            iv = Process.Map(s_iv),
            iv_len = 12,
            tag_len = 12,
        };
        Auth(ref op).Should().Be(0);
        op = op with { len = 16, tag = 0, tag_len = 0 };
        Auth(ref op).Should().Be(0);
        op.tag_len.Should().Be(12);
        op.len.Should().Be(28);
    }

    [Fact]
    public void CCM_without_an_IV_uses_the_last_one()
    {
        byte[] block = new byte[16];
        block[0] = 2;
        s_iv.AsSpan(0, 12).CopyTo(block.AsSpan(1));
        nint first = Process.Map(64);
        nint second = Process.Map(64);
        crypt_auth_op op = new()
        {
            ses = Open(CRYPTO_AES_CCM, s_key[..16]),
            len = 16,
            src = first,
            dst = first,
            iv = Process.Map(block),
            iv_len = 16,
        };
        Auth(ref op).Should().Be(0);
        op = op with { len = 16, tag = 0, iv = 0, iv_len = 0, src = second, dst = second };
        Auth(ref op).Should().Be(0);
        Process.Read(second, 32).Should().Equal(Process.Read(first, 32));
    }

    private static byte[] Xts(byte[] message)
    {
        using CryptoDevice device = CryptoDevice.Open(new CryptoDeviceOptions { Policy = DriverPolicy.SoftwareOnly });
        using CryptoKey key = new(s_key);
        using Session session = device.CreateSession(SessionParameters.Cipher(CryptoAlgorithm.AesXts, key));
        byte[] result = new byte[message.Length];
        session.Process(CryptOp.Encrypt(message, result, s_iv));
        return result;
    }

    private uint Open(uint cipher, byte[] key) => LinuxEmulatorTests.Open(_client, cipher, key);

    private int Session(session_op op) => _client.Ioctl(Table.CIOCGSESSION, Table.SessionOp, ref op);

    private int Crypt(ref crypt_op op) => _client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op);

    private int Auth(ref crypt_auth_op op) => _client.Ioctl(Table.CIOCAUTHCRYPT, Table.CryptAuthOp, ref op);
}

using System.Security.Cryptography;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;
using static CryptoDev.Ioctl.NetBsd;
using Table = CryptoDev.Dialects.NetBsdTable;

namespace CryptoDev.Tests.Emulator;

/// <summary>What a NetBSD kernel of 2016 answered, and what its later releases changed.</summary>
public sealed class NetBsdKernelTests : IDisposable
{
    private static readonly byte[] s_key = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
    private static readonly byte[] s_saltedKey = [.. s_key, 9, 8, 7, 6];
    private static readonly DevCryptoEmulatorOptions s_options = new DevCryptoEmulatorOptions
    {
        Dialect = DialectInfo.NetBsd,
        Policy = DriverPolicy.SoftwareOnly,
    }.AllowingSoftware();

    private readonly EmulatedClient _client = new(s_options);

    private ForeignProcess Process => _client.Process;

    public void Dispose() => _client.Dispose();

    [Fact]
    public void The_newest_release_is_the_default()
    {
        _client.Device.Form.Should().Be("netbsd 10");
        FluentActions
            .Invoking(() => new DevCryptoEmulator(s_options with { Form = "netbsd 8" }))
            .Should()
            .Throw<ArgumentException>()
            .WithMessage("*'netbsd 10', 'netbsd 7'*");
    }

    /// <summary>The session opens, because the ids are known. Each operation fails, because the driver has it under another id.</summary>
    [Theory]
    [InlineData(48)]
    [InlineData(64)]
    public void NetBSD_7_opens_sessions_of_long_hashes_and_refuses_their_operations(int keyLength)
    {
        using EmulatedClient seven = new(s_options with { Form = "netbsd 7" });
        uint own = keyLength == 48 ? CRYPTO_SHA2_384_HMAC : CRYPTO_SHA2_512_HMAC;
        Crypt(seven, Mac(seven, CRYPTO_SHA2_HMAC, keyLength)).Should().Be(LibC.EINVAL);
        Crypt(seven, Mac(seven, CRYPTO_SHA2_HMAC, 32)).Should().Be(0);
        session_op unknown = new()
        {
            mac = own,
            mackeylen = keyLength,
            mackey = seven.Process.Map(keyLength),
        };
        seven.Ioctl(Table.CIOCGSESSION, Table.SessionOp, ref unknown).Should().Be(LibC.EINVAL, "the session call does not know this id");

        crypt_op op = Mac(_client, own, keyLength);
        Crypt(_client, op).Should().Be(0, "since NetBSD 10");
        byte[] key = NetBsdEmulatorTests.MacKey(keyLength);
        byte[] whole = keyLength == 48 ? HMACSHA384.HashData(key, new byte[64]) : HMACSHA512.HashData(key, new byte[64]);
        Process.Read(op.mac, keyLength / 2).Should().Equal(whole[..(keyLength / 2)]);
    }

    /// <summary>Programs ask for a session to see what a device has.</summary>
    [Theory]
    [InlineData(CRYPTO_AES_GCM_16, 0u, 0)]
    [InlineData(CRYPTO_AES_GCM_16, CRYPTO_SHA1_HMAC, 20)]
    [InlineData(CRYPTO_AES_CBC, CRYPTO_AES_128_GMAC, 20)]
    [InlineData(0u, CRYPTO_AES_128_GMAC, 20)]
    [InlineData(0u, CRYPTO_AES_256_GMAC, 36)]
    public void GCM_and_GMAC_that_cannot_work_open_and_refuse_each_operation(uint cipher, uint mac, int macKeyLength)
    {
        byte[]? key =
            cipher == CRYPTO_AES_GCM_16 ? s_saltedKey
            : cipher == 0 ? null
            : s_key;
        crypt_op op = new()
        {
            ses = NetBsdEmulatorTests.Open(_client, cipher, key, mac, macKeyLength),
            op = COP_ENCRYPT,
            len = 32,
            src = Process.Map(32),
            dst = Process.Map(32),
            iv = cipher == 0 ? 0 : Process.Map(16),
            mac = mac == 0 ? 0 : Process.Map(20),
        };
        Crypt(_client, op).Should().Be(LibC.EINVAL);
        Crypt(_client, op with { op = COP_DECRYPT }).Should().Be(LibC.EINVAL);
        Crypt(_client, op with { src = 0x99 }).Should().Be(LibC.EFAULT);
        Process.Read(op.dst, 32).Should().OnlyContain(value => value == 0);

        crypt_result result = new() { reqid = Start(op).reqid };
        _client.Ioctl(Table.CIOCNCRYPTRET, Table.CryptResult, ref result).Should().Be(0);
        result.status.Should().Be(LibC.EINVAL, "the element is accepted, and fails in the driver");
        _client.Ioctl(Table.CIOCFSESSION, ref op.ses).Should().Be(0);
        _client.Device.Statistics.OpenSessions.Should().Be(0);
    }

    /// <summary>Where no allowed driver has the algorithms, there is no session to open.</summary>
    [Fact]
    public void A_session_that_cannot_work_still_needs_a_driver()
    {
        using EmulatedClient client = new(s_options with { AllowSoft = 1 });
        session_op op = new()
        {
            cipher = CRYPTO_AES_GCM_16,
            key = client.Process.Map(s_saltedKey),
            keylen = 20,
        };
        client.Ioctl(Table.CIOCGSESSION, Table.SessionOp, ref op).Should().Be(LibC.EINVAL);
    }

    /// <summary>The kernel subtracts the IV's eight bytes from the block's four, and no length is as large as that.</summary>
    [Fact]
    public void GCM_without_an_IV_pointer_is_EINVAL_among_many_and_works_alone()
    {
        crypt_op op = new()
        {
            ses = NetBsdEmulatorTests.Open(_client, CRYPTO_AES_GCM_16, s_saltedKey, CRYPTO_AES_128_GMAC, 20, s_saltedKey),
            op = COP_ENCRYPT,
            len = 24,
            src = Process.Map(24),
            dst = Process.Map(24),
            mac = Process.Map(16),
        };
        Start(op).status.Should().Be(LibC.EINVAL);
        Crypt(_client, op).Should().Be(0);
        op.iv = Process.Map(8);
        Start(op).status.Should().Be(0);
    }

    /// <summary>The same where the memory is lent and nothing is copied.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_source_is_read_before_the_pointers_of_IV_and_MAC_are_judged(bool lends)
    {
        using EmulatedClient client = new(s_options, process: new ForeignProcess { Lends = lends });
        nint data = client.Process.Map(64);
        uint cbc = NetBsdEmulatorTests.Open(client, CRYPTO_AES_CBC, s_key);
        uint sha = NetBsdEmulatorTests.Open(client, 0, null, CRYPTO_SHA1, 0);
        crypt_op noHash = new()
        {
            ses = cbc,
            op = COP_ENCRYPT,
            len = 32,
            src = data,
            dst = data,
            iv = data,
            mac = data,
        };
        crypt_op noCipher = noHash with { ses = sha };
        Crypt(client, noHash).Should().Be(LibC.EINVAL);
        Crypt(client, noHash with { src = 0 }).Should().Be(LibC.EFAULT);
        Crypt(client, noCipher).Should().Be(LibC.EINVAL);
        Crypt(client, noCipher with { src = 0 }).Should().Be(LibC.EFAULT);
        Crypt(client, noHash with { src = 0, len = 31 }).Should().Be(LibC.EINVAL, "lengths come before the source");
        client.Process.Read(data, 64).Should().OnlyContain(value => value == 0);
    }

    /// <summary>NetBSD and OpenBSD refuse arguments longer than a page before they ask the device.</summary>
    [Theory]
    [InlineData("netbsd", LibC.ENOTTY)]
    [InlineData("openbsd", LibC.ENOTTY)]
    [InlineData("freebsd", LibC.EINVAL)]
    [InlineData("linux", LibC.EINVAL)]
    public void An_argument_longer_than_a_page_is_no_ioctl(string dialect, int error)
    {
        using EmulatedClient client = new(new DevCryptoEmulatorOptions { Dialect = DialectInfo.Parse(dialect) }.AllowingSoftware());
        client.Raw(0xC000_6363 | (4097u << 16), []).Should().Be(error);
        client.Raw(0xC000_6363 | (4096u << 16), []).Should().Be(LibC.EINVAL);
    }

    private static crypt_op Mac(EmulatedClient client, uint mac, int keyLength) =>
        new()
        {
            ses = NetBsdEmulatorTests.Open(client, 0, null, mac, keyLength),
            len = 64,
            src = client.Process.Map(64),
            mac = client.Process.Map(64),
        };

    private static int Crypt(EmulatedClient client, crypt_op op) => client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op);

    /// <summary>Starts the operation as the only element, and returns that as it came back.</summary>
    private crypt_n_op Start(in crypt_op op)
    {
        crypt_n_op element = new()
        {
            ses = op.ses,
            op = op.op,
            len = op.len,
            src = op.src,
            dst = op.dst,
            mac = op.mac,
            iv = op.iv,
        };
        nint array = NetBsdManyTests.Put(_client, Table.CryptNOp, [element]);
        crypt_mop many = new() { count = 1, reqs = array };
        _client.Ioctl(Table.CIOCNCRYPTM, Table.CryptMop, ref many).Should().Be(0);
        return NetBsdManyTests.Get(_client, Table.CryptNOp, array, 1)[0];
    }
}

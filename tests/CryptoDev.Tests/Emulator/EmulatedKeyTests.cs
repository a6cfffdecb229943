using System.Numerics;
using CryptoDev.Dialects;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;
using Linux = CryptoDev.Ioctl.CryptodevLinux;

namespace CryptoDev.Tests.Emulator;

/// <summary>
/// CIOCKEY and its kind on every dialect: numbers least significant byte first, errno for each mistake, and the many-at-once form.
/// </summary>
public sealed class EmulatedKeyTests
{
    private const uint ModExp = 0;
    private const uint DsaVerify = 3;

    private static readonly BigInteger s_modulus = (BigInteger.One << 127) - 1;

    /// <summary>7^65537 mod 2^127-1, and the caller's count of bits left as it was.</summary>
    [Theory]
    [InlineData(WordSize.LP64)]
    [InlineData(WordSize.ILP32)]
    public void A_power_is_computed(WordSize wordSize)
    {
        byte[] expected = BigInteger.ModPow(7, 65537, s_modulus).ToByteArray();
        Array.Resize(ref expected, 20);

        using EmulatedClient linux = new(new DevCryptoEmulatorOptions { Policy = DriverPolicy.SoftwareOnly }, wordSize);
        Linux.crypt_kop op = new()
        {
            crk_op = ModExp,
            crk_status = 7,
            crk_iparams = 3,
            crk_oparams = 1,
            crk_param = Parameters(linux, out nint result),
        };
        linux.Ioctl(CryptodevLinuxTable.CIOCKEY, CryptodevLinuxTable.CryptKop, ref op).Should().Be(0);
        op.crk_status.Should().Be(0);
        op.crk_param[3].crp_nbits.Should().Be(160);
        linux.Process.Read(result, 20).Should().Equal(expected);

        using EmulatedClient net = new(NetBsdOptions, wordSize);
        NetBsd.crypt_kop netOp = NetBsdCodec.Encode(CryptodevLinuxCodec.Decode(op with { crk_param = Parameters(net, out result) }));
        net.Ioctl(NetBsdTable.CIOCKEY, NetBsdTable.CryptKop, ref netOp).Should().Be(0);
        net.Process.Read(result, 20).Should().Equal(expected);
    }

    [Fact]
    public void Mistakes_have_their_errno()
    {
        using EmulatedClient client = new(NetBsdOptions);
        NetBsd.crypt_kop good = NetBsdCodec.Encode(
            CryptodevLinuxCodec.Decode(
                new Linux.crypt_kop()
                {
                    crk_op = ModExp,
                    crk_iparams = 3,
                    crk_oparams = 1,
                    crk_param = Parameters(client, out _),
                }
            )
        );
        Key(good).Should().Be(0);
        Key(good with { crk_iparams = 9 }).Should().Be(LibC.EFBIG);
        Key(good with { crk_iparams = 2 }).Should().Be(LibC.EINVAL);
        Key(good with { crk_op = 11 }).Should().Be(LibC.EINVAL);
        NetBsd.crypt_kop changed = good;
        changed.crk_param[0].crp_p = 0x99;
        Key(changed).Should().Be(LibC.EFAULT);
        changed = good;
        changed.crk_param[3].crp_p = 0x99;
        Key(changed).Should().Be(LibC.EFAULT);
        changed = good;
        changed.crk_param[3].crp_nbits = 64;
        Key(changed).Should().Be(LibC.ERANGE, "the result is shorter than the modulus");
        changed = good;
        changed.crk_param[0].crp_nbits = 65537;
        Key(changed).Should().Be(LibC.E2BIG, "no driver has the room");
        changed = good;
        changed.crk_param[2].crp_nbits = 0;
        Key(changed).Should().Be(LibC.EINVAL, "a modulus of nothing");

        int Key(NetBsd.crypt_kop op) => client.Ioctl(NetBsdTable.CIOCKEY, NetBsdTable.CryptKop, ref op);
    }

    /// <summary>
    /// p = 23, q = 11, g = 4, y = 18: a signature of (1, 1) is not good. The verdict is the ioctl's errno, in 2002 the struct's status.
    /// </summary>
    [Fact]
    public void A_bad_signature_is_EPERM()
    {
        using EmulatedClient late = OpenBsdClient("openbsd 2014", out EmulatedClient context);
        OpenBsd.crypt_kop op = Verification(context);
        op.crk_status = 77;
        context.Ioctl(OpenBsdTable.CIOCKEY, OpenBsdTable.CryptKop, ref op).Should().Be(LibC.EPERM);
        op.crk_status.Should().Be(77, "a call that fails writes nothing back");
        using EmulatedClient old = OpenBsdClient("openbsd 2002", out context);
        op = Verification(context);
        context.Ioctl(OpenBsdTable.CIOCKEY, OpenBsdTable.CryptKop, ref op).Should().Be(0);
        op.crk_status.Should().Be(LibC.EPERM);
        op = Verification(context);
        op.crk_iparams = 6;
        context
            .Ioctl(OpenBsdTable.CIOCKEY, OpenBsdTable.CryptKop, ref op)
            .Should()
            .Be(LibC.EINVAL, "what never reached a driver has no status");
    }

    [Fact]
    public void Switches_and_strictness_shut_key_operations()
    {
        using EmulatedClient strict = new(new DevCryptoEmulatorOptions { Policy = DriverPolicy.SoftwareOnly, Strict = true });
        Linux.crypt_kop op = new()
        {
            crk_op = ModExp,
            crk_iparams = 3,
            crk_oparams = 1,
            crk_param = Parameters(strict, out _),
        };
        strict.Ioctl(CryptodevLinuxTable.CIOCKEY, CryptodevLinuxTable.CryptKop, ref op).Should().Be(LibC.EINVAL);
        uint mask = 99;
        strict.Ioctl(CryptodevLinuxTable.CIOCASYMFEAT, ref mask).Should().Be(0);
        mask.Should().Be(0);
        using EmulatedClient linux = new(new DevCryptoEmulatorOptions { Policy = DriverPolicy.SoftwareOnly });
        linux.Ioctl(CryptodevLinuxTable.CIOCASYMFEAT, ref mask).Should().Be(0);
        mask.Should().Be(0x1F);

        using EmulatedClient shut = new(FreeBsdEmulatorTests.Options("freebsd 13") with { UserAsymCrypto = 0 });
        FreeBsd.crypt_kop key = new() { crk_op = ModExp, crk_iparams = 9 };
        shut.Ioctl(FreeBsdTable.CIOCKEY, FreeBsdTable.CryptKop, ref key).Should().Be(LibC.EPERM, "before anything else");
        shut.Ioctl(FreeBsdTable.CIOCASYMFEAT, ref mask).Should().Be(0);
        mask.Should().Be(0);

        using EmulatedClient careless = new(NetBsdOptions with { UserAsymCrypto = 0 });
        NetBsd.crypt_kop unasked = NetBsdCodec.Encode(CryptodevLinuxCodec.Decode(op with { crk_param = Parameters(careless, out _) }));
        careless.Ioctl(NetBsdTable.CIOCASYMFEAT, ref mask).Should().Be(0);
        mask.Should().Be(0);
        careless
            .Ioctl(NetBsdTable.CIOCKEY, NetBsdTable.CryptKop, ref unasked)
            .Should()
            .Be(0, "NetBSD looks at the switch in CIOCASYMFEAT only");

        using EmulatedClient hard = new(FreeBsdEmulatorTests.Options("freebsd 13") with { AllowSoft = 0 });
        key = FreeBsdCodec.Encode(CryptodevLinuxCodec.Decode(op with { crk_param = Parameters(hard, out _) }));
        hard.Ioctl(FreeBsdTable.CIOCKEY, FreeBsdTable.CryptKop, ref key).Should().Be(LibC.ENODEV);
    }

    [Fact]
    public void CIOCKEY2_tells_the_driver()
    {
        using EmulatedClient client = new(FreeBsdEmulatorTests.Options("freebsd 13"));
        FreeBsd.crypt_kop op = FreeBsdCodec.Encode(
            CryptodevLinuxCodec.Decode(
                new Linux.crypt_kop
                {
                    crk_op = ModExp,
                    crk_iparams = 3,
                    crk_oparams = 1,
                    crk_param = Parameters(client, out _),
                }
            )
        );
        op.crk_crid = FreeBsd.CRYPTO_FLAG_SOFTWARE;
        client.Ioctl(FreeBsdTable.CIOCKEY2, FreeBsdTable.CryptKop, ref op).Should().Be(0);
        FreeBsd.crypt_find_op find = new() { crid = (int)op.crk_crid };
        client.Ioctl(FreeBsdTable.CIOCFINDDEV, FreeBsdTable.CryptFindOp, ref find).Should().Be(0);
        FreeBsdCodec.DecodeName(find).Should().Be("cryptosoft0");
        op.crk_crid = FreeBsd.CRYPTO_FLAG_HARDWARE;
        client.Ioctl(FreeBsdTable.CIOCKEY2, FreeBsdTable.CryptKop, ref op).Should().Be(LibC.ENODEV);
        op.crk_crid = 9999;
        client.Ioctl(FreeBsdTable.CIOCKEY2, FreeBsdTable.CryptKop, ref op).Should().Be(LibC.ENODEV);
    }

    /// <summary>CIOCNFKEYM starts them, CIOCNCRYPTRET fetches each.</summary>
    [Fact]
    public void Many_run_at_once()
    {
        using EmulatedClient client = new(NetBsdOptions);
        NetBsd.crypt_n_kop first = NetBsdCodec.EncodeElement(
            CryptodevLinuxCodec.Decode(
                new Linux.crypt_kop
                {
                    crk_op = ModExp,
                    crk_iparams = 3,
                    crk_oparams = 1,
                    crk_param = Parameters(client, out nint result),
                }
            )
        );
        first.crk_opaque = 0x77;
        nint array = NetBsdManyTests.Put(
            client,
            NetBsdTable.CryptNKop,
            [first, first with { crk_iparams = 1 }, first with { crk_iparams = 8 }]
        );
        NetBsd.crypt_mkop op = new() { count = 3, reqs = array };
        client.Ioctl(NetBsdTable.CIOCNFKEYM, NetBsdTable.CryptMkop, ref op).Should().Be(0);
        NetBsd.crypt_n_kop[] started = NetBsdManyTests.Get(client, NetBsdTable.CryptNKop, array, 3);
        started.Select(one => one.crk_status).Should().Equal(0u, LibC.EINVAL, LibC.EFBIG);
        client.Process.Read(result, 20).Should().Equal(new byte[20]);
        NetBsd.crypt_result fetched = NetBsdManyTests.Await(client, started[0].crk_reqid);
        fetched.status.Should().Be(0);
        fetched.opaque.Should().Be(0x77);
        client.Process.Read(result, 16).Should().Equal(BigInteger.ModPow(7, 65537, s_modulus).ToByteArray());
    }

    private static DevCryptoEmulatorOptions NetBsdOptions =>
        new DevCryptoEmulatorOptions { Dialect = DialectInfo.NetBsd, Policy = DriverPolicy.SoftwareOnly }.AllowingSoftware();

    /// <summary>7^65537 mod 2^127-1 for a client's memory.</summary>
    internal static Linux.crypt_kop Power(EmulatedClient client) =>
        new()
        {
            crk_op = ModExp,
            crk_iparams = 3,
            crk_oparams = 1,
            crk_param = Parameters(client, out _),
        };

    private static Linux.crparam_array Parameters(EmulatedClient client, out nint result)
    {
        Linux.crparam_array parameters = default;
        result = client.Process.Map(20);
        byte[][] operands =
        [
            [7],
            new BigInteger(65537).ToByteArray(),
            s_modulus.ToByteArray(),
        ];
        for (int i = 0; i < 3; i++)
        {
            parameters[i] = new() { crp_p = client.Process.Map(operands[i]), crp_nbits = (uint)(operands[i].Length * 8) };
        }

        parameters[3] = new() { crp_p = result, crp_nbits = 160 };
        return parameters;
    }

    private static OpenBsd.crypt_kop Verification(EmulatedClient client)
    {
        OpenBsd.crypt_kop op = new() { crk_op = DsaVerify, crk_iparams = 7 };
        byte[] operands = [1, 23, 11, 4, 18, 1, 1];
        for (int i = 0; i < 7; i++)
        {
            op.crk_param[i] = new() { crp_p = client.Process.Map([operands[i]]), crp_nbits = 8 };
        }

        return op;
    }

    private static EmulatedClient OpenBsdClient(string form, out EmulatedClient context)
    {
        EmulatedClient raw = new(OpenBsdEmulatorTests.Options(form));
        uint number = 0;
        raw.Ioctl(OpenBsdTable.CRIOGET, ref number).Should().Be(0);
        context = raw.With(raw.Process.Descriptors[0]);
        return raw;
    }
}

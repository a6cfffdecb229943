using System.Numerics;
using CryptoDev.Dialects;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;
using Linux = CryptoDev.Ioctl.CryptodevLinux;

namespace CryptoDev.Tests.Emulator;

/// <summary>Which key operations a device shows, and the bytes of a shared value.</summary>
public sealed class ShownKeyTests
{
    private static readonly DevCryptoEmulatorOptions s_netBsd = new DevCryptoEmulatorOptions
    {
        Dialect = DialectInfo.NetBsd,
        Policy = DriverPolicy.SoftwareOnly,
    }.AllowingSoftware();

    /// <summary>
    /// OpenSSL's engine gives room for as many bytes as the modulus has and asks for eight times that. It uses the bytes as they come.
    /// </summary>
    [Theory]
    [InlineData("netbsd 10")]
    [InlineData("openbsd 2002")]
    [InlineData("openbsd 2014")]
    [InlineData("freebsd 12")]
    [InlineData("freebsd 13")]
    [InlineData("cryptodev-linux")]
    public void A_shared_value_is_as_many_bytes_as_the_modulus_and_begins_with_the_greatest(string form)
    {
        foreach (uint prime in new[] { 23u, 251u, 263u, 65537u, 4294967291u })
        {
            byte[] expected = SharedValue(prime);
            using EmulatedClient client = Any(form, out EmulatedClient context);
            Linux.crypt_kop op = Agreement(context, prime, out nint result);
            Key(form, context, op).Should().Be(0);
            context.Process.Read(result, 64).Should().Equal([.. expected, .. Enumerable.Repeat((byte)0xEE, 64 - expected.Length)]);
            op.crk_param[3].crp_nbits = 8;
            Key(form, context, op).Should().Be(expected.Length == 1 ? 0 : LibC.ERANGE, "a room of one byte");
            op.crk_param[3].crp_p = 0x99;
            op.crk_param[3].crp_nbits = 64;
            Key(form, context, op).Should().Be(LibC.EFAULT);
        }
    }

    [Fact]
    public void A_shared_value_of_many_has_the_same_form()
    {
        using EmulatedClient client = new(s_netBsd);
        NetBsd.crypt_n_kop op = NetBsdCodec.EncodeElement(CryptodevLinuxCodec.Decode(Agreement(client, 263, out nint result)));
        nint array = NetBsdManyTests.Put(client, NetBsdTable.CryptNKop, [op]);
        NetBsd.crypt_mkop many = new() { count = 1, reqs = array };
        client.Ioctl(NetBsdTable.CIOCNFKEYM, NetBsdTable.CryptMkop, ref many).Should().Be(0);
        NetBsdManyTests.Await(client, NetBsdManyTests.Get(client, NetBsdTable.CryptNKop, array, 1)[0].crk_reqid).status.Should().Be(0);
        client.Process.Read(result, 4).Should().Equal([.. SharedValue(263), 0xEE, 0xEE]);
    }

    /// <summary>No software driver of a real BSD has a key operation, whatever kern.cryptodevallowsoft says.</summary>
    [Theory]
    [InlineData("netbsd 10", -1)]
    [InlineData("netbsd 10", 0)]
    [InlineData("netbsd 10", 1)]
    [InlineData("openbsd 2002", 1)]
    [InlineData("freebsd 12", 1)]
    [InlineData("freebsd 13", 1)]
    public void A_strict_device_has_no_key_operation_unless_it_is_told_to_show_one(string form, int allowSoft)
    {
        using EmulatedClient strict = Any(
            form,
            out EmulatedClient context,
            options => options with { Strict = true, AllowSoft = allowSoft }
        );
        uint mask = 99;
        context.Ioctl(NetBsdTable.CIOCASYMFEAT, ref mask).Should().Be(0);
        mask.Should().Be(0);
        Key(form, context, EmulatedKeyTests.Power(context)).Should().Be(LibC.ENODEV);
        Linux.crypt_kop wrong = EmulatedKeyTests.Power(context);
        wrong.crk_param[2].crp_nbits = 0;
        Key(form, context, wrong).Should().Be(LibC.ENODEV, "a driver is looked for before anybody looks at the operands");
        if (form == "netbsd 10")
        {
            nint array = NetBsdManyTests.Put(
                context,
                NetBsdTable.CryptNKop,
                [NetBsdCodec.EncodeElement(CryptodevLinuxCodec.Decode(EmulatedKeyTests.Power(context)))]
            );
            NetBsd.crypt_mkop many = new() { count = 1, reqs = array };
            context.Ioctl(NetBsdTable.CIOCNFKEYM, NetBsdTable.CryptMkop, ref many).Should().Be(0);
            NetBsdManyTests
                .Await(context, NetBsdManyTests.Get(context, NetBsdTable.CryptNKop, array, 1)[0].crk_reqid)
                .status.Should()
                .Be(LibC.ENODEV);
        }

        if (allowSoft == 1 && form == "netbsd 10")
        {
            return;
        }

        using EmulatedClient told = Any(
            form,
            out context,
            options => options with { Strict = true, AllowSoft = allowSoft, KeyOperations = KeyFeatureMask.ModExp }
        );
        context.Ioctl(NetBsdTable.CIOCASYMFEAT, ref mask).Should().Be(0);
        mask.Should().Be(1);
        Key(form, context, EmulatedKeyTests.Power(context)).Should().Be(0);
    }

    [Theory]
    [InlineData("netbsd 10", 0x3FF)]
    [InlineData("openbsd 2002", 0xF)]
    [InlineData("openbsd 2014", 0xF)]
    [InlineData("freebsd 12", 0xF)]
    [InlineData("freebsd 13", 0xF)]
    [InlineData("cryptodev-linux", 0x1F)]
    public void The_mask_shows_what_the_kernels_loop_reaches_and_the_list_allows(string form, uint full)
    {
        const KeyFeatureMask Shown = KeyFeatureMask.ModExp | KeyFeatureMask.DhComputeKey | KeyFeatureMask.Mod;
        using EmulatedClient all = Any(form, out EmulatedClient context);
        Mask().Should().Be(full);
        using EmulatedClient some = Any(form, out context, options => options with { KeyOperations = Shown });
        Mask().Should().Be(full & (uint)Shown);
        Key(form, context, EmulatedKeyTests.Power(context)).Should().Be(0);
        Key(form, context, Agreement(context, 23, out _)).Should().Be(0, "the mask may not reach it, but it is there");
        using EmulatedClient other = Any(form, out context, options => options with { KeyOperations = KeyFeatureMask.DsaVerify });
        Mask().Should().Be(8);
        Key(form, context, EmulatedKeyTests.Power(context)).Should().Be(LibC.ENODEV);
        using EmulatedClient none = Any(form, out context, options => options with { KeyOperations = KeyFeatureMask.None });
        Mask().Should().Be(0);
        Key(form, context, EmulatedKeyTests.Power(context)).Should().Be(form == "cryptodev-linux" ? LibC.EINVAL : LibC.ENODEV);

        uint Mask()
        {
            uint mask = 0;
            context.Ioctl(form == "cryptodev-linux" ? CryptodevLinuxTable.CIOCASYMFEAT : NetBsdTable.CIOCASYMFEAT, ref mask).Should().Be(0);
            return mask;
        }
    }

    [Fact]
    public void A_release_without_key_calls_takes_no_list_of_them() =>
        FluentActions
            .Invoking(() =>
                new DevCryptoEmulator(FreeBsdEmulatorTests.Options("freebsd 14") with { KeyOperations = KeyFeatureMask.ModExp })
            )
            .Should()
            .Throw<ArgumentException>()
            .WithMessage("KeyOperations is not for freebsd 14: *")
            .WithParameterName(nameof(DevCryptoEmulatorOptions.KeyOperations));

    /// <summary>A device of any dialect, and the descriptor that takes its ioctls.</summary>
    private static EmulatedClient Any(
        string form,
        out EmulatedClient context,
        Func<DevCryptoEmulatorOptions, DevCryptoEmulatorOptions>? change = null
    )
    {
        DevCryptoEmulatorOptions options = new DevCryptoEmulatorOptions
        {
            Dialect = form == "cryptodev-linux" ? DialectInfo.CryptodevLinux : DialectInfo.Parse(form.Split(' ')[0]),
            Form = form,
            Policy = DriverPolicy.SoftwareOnly,
        }.AllowingSoftware();
        EmulatedClient raw = new(change?.Invoke(options) ?? options);
        context = raw;
        if (form.StartsWith("openbsd", StringComparison.Ordinal) || form == "freebsd 12")
        {
            uint number = 0;
            raw.Ioctl(OpenBsdTable.CRIOGET, ref number).Should().Be(0);
            context = raw.With(raw.Process.Descriptors[0]);
        }

        return raw;
    }

    /// <summary>
    /// CIOCKEY. The struct is the same in all dialects, and the number in all BSDs. OpenBSD of 2002 leaves the errno in it.
    /// </summary>
    private static int Key(string form, EmulatedClient client, Linux.crypt_kop op)
    {
        IoctlInfo call = form == "cryptodev-linux" ? CryptodevLinuxTable.CIOCKEY : OpenBsdTable.CIOCKEY;
        int result = client.Ioctl(call, CryptodevLinuxTable.CryptKop, ref op);
        return result != 0 ? result : (int)op.crk_status;
    }

    /// <summary>19^6 modulo a prime, asked for as OpenSSL's engine does: eight times the bits of the prime.</summary>
    private static Linux.crypt_kop Agreement(EmulatedClient client, uint prime, out nint result)
    {
        result = client.Process.Map([.. Enumerable.Repeat((byte)0xEE, 64)]);
        uint bits = 32 - (uint)BitOperations.LeadingZeroCount(prime);
        Linux.crypt_kop op = new()
        {
            crk_op = 4,
            crk_iparams = 3,
            crk_oparams = 1,
        };
        op.crk_param[0] = new() { crp_p = client.Process.Map([6]), crp_nbits = 3 };
        op.crk_param[1] = new() { crp_p = client.Process.Map([19]), crp_nbits = 5 };
        op.crk_param[2] = new() { crp_p = client.Process.Map(BitConverter.GetBytes(prime)), crp_nbits = bits };
        op.crk_param[3] = new() { crp_p = result, crp_nbits = bits * 8 };
        return op;
    }

    /// <summary>19^6 modulo the prime, most significant byte first, as long as the prime.</summary>
    private static byte[] SharedValue(uint prime)
    {
        byte[] bytes = new byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)(47045881 % (ulong)prime));
        return bytes[(BitOperations.LeadingZeroCount(prime) / 8)..];
    }
}

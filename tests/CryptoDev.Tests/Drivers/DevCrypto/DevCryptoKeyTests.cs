using System.Numerics;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Drivers.DevCrypto;

/// <summary>Key operations by CIOCKEY, over emulated devices.</summary>
public sealed class DevCryptoKeyTests
{
    private static readonly byte[] s_prime = ((BigInteger.One << 521) - 1).ToByteArray(isUnsigned: true, isBigEndian: true);

    [Theory]
    [InlineData("netbsd 10", 11)]
    [InlineData("freebsd 12", 5)]
    [InlineData("freebsd 13", 5)]
    [InlineData("openbsd 2002", 5)]
    [InlineData("openbsd 2014", 5)]
    [InlineData("cryptodev-linux", 5)]
    public void Every_operation_of_the_dialect_is_found_and_right(string form, int count)
    {
        using DeviceUnderWatch watch = new(form);
        KeyAvailability[] found = [.. watch.Device.GetKeyFeatures().Operations.Where(one => one.Driver == "devcrypto")];
        found
            .Where(one => one.IsAvailable)
            .Select(one => (int)one.Operation)
            .Should()
            .BeEquivalentTo(Enumerable.Range(0, count).Where(number => number != (int)KeyOperation.DsaSign));
        found.Single(one => one.Operation == KeyOperation.DsaSign).Reason.Should().Contain("RFC 6979");
        found
            .Where(one => (int)one.Operation >= count)
            .All(one => one.Reason!.Contains("CRK_", StringComparison.Ordinal))
            .Should()
            .BeTrue();

        using KeyOp power = KeyOp.ModExp([5], [3], s_prime);
        using KeyResult result = watch.Device.Process(power);
        new BigInteger(result.ToArray(), isUnsigned: true, isBigEndian: true).Should().Be(125);
        result.Driver!.Rung.Should().Be("devcrypto");
        using KeyOp none = KeyOp.ModExp([5], [], s_prime);
        using KeyResult one = watch.Device.Process(none);
        new BigInteger(one.ToArray(), isUnsigned: true, isBigEndian: true).Should().Be(1, "an operand of no bytes is the number 0");
        using KeyOp agree = KeyOp.DhComputeKey([0x12, 0x34], [7], s_prime);
        using KeyResult shared = watch.Device.Process(agree);
        new BigInteger(shared.ToArray(), isUnsigned: true, isBigEndian: true)
            .Should()
            .Be(BigInteger.ModPow(7, 0x1234, (BigInteger.One << 521) - 1));
    }

    [Fact]
    public void A_signature_is_good_or_bad()
    {
        using DeviceUnderWatch watch = new("netbsd 10");
        using KeyOp good = KeyOp.DsaVerify([0x50], [23], [11], [4], [18], [5], [10]);
        using KeyOp bad = KeyOp.DsaVerify([0x60], [23], [11], [4], [18], [5], [10]);
        watch.Device.Process(good).IsValid.Should().BeTrue();
        KeyResult verdict = watch.Device.Process(bad);
        (verdict.IsValid, verdict.Status, verdict.Error).Should().Be((false, LibC.EPERM, (CryptoDevException?)null));
        using KeyOp sign = KeyOp.DsaSign([0x50], [23], [11], [4], [3], DsaNonce.Random);
        using KeyResult signature = watch.Device.Process(sign);
        using KeyOp check = KeyOp.DsaVerify([0x50], [23], [11], [4], [18], signature.ToArray(0), signature.ToArray(1));
        watch.Device.Process(check).IsValid.Should().BeTrue();
    }

    [Fact]
    public void A_real_cryptodev_linux_has_none_and_says_so()
    {
        using DeviceUnderWatch watch = new("cryptodev-linux", change: options => options with { Strict = true });
        using KeyOp power = KeyOp.ModExp([5], [3], [23]);
        FluentActions.Invoking(() => watch.Device.Process(power)).Should().Throw<CryptoDevException>().WithMessage("*CRK_MOD_EXP*EINVAL*");
    }

    [Fact]
    public void A_kernel_that_forbids_key_operations_makes_no_good_signature_bad()
    {
        using DeviceUnderWatch watch = new("freebsd 12");
        using KeyOp first = KeyOp.DsaVerify([0x50], [23], [11], [4], [18], [5], [10]);
        watch.Device.Process(first).IsValid.Should().BeTrue();

        // kern.userasymcrypto becomes 0 meanwhile: every call is EPERM, and the mask is empty.
        IoctlInfo mask = DeviceUnderWatch.Ioctl("freebsd 12", "CIOCASYMFEAT");
        IoctlInfo key = DeviceUnderWatch.Ioctl("freebsd 12", "CIOCKEY2");
        bool forbidden = false;
        using DeviceUnderWatch strict = new(
            "freebsd 12",
            instead: (request, _) =>
                !forbidden ? null
                : request == key.Code() ? -LibC.EPERM
                : request == mask.Code() ? 0
                : null
        );
        using KeyOp again = KeyOp.DsaVerify([0x50], [23], [11], [4], [18], [5], [10]);
        using KeyOp later = KeyOp.DsaVerify([0x50], [23], [11], [4], [18], [5], [10]);
        strict.Device.Process(again).IsValid.Should().BeTrue();
        forbidden = true;
        FluentActions.Invoking(() => strict.Device.Process(later)).Should().Throw<CryptoDevException>().Which.Errno.Should().Be(LibC.EPERM);
    }

    [Fact]
    public void A_device_that_wants_other_operands_is_found_out_and_not_used()
    {
        IoctlInfo key = DeviceUnderWatch.Ioctl("openbsd 2014", "CIOCKEY");
        using DeviceUnderWatch watch = new(
            "openbsd 2014",
            instead: (request, argument) => request == key.Code() && BitConverter.ToUInt32(argument) == 1 ? 0 : null
        );
        KeyAvailability crt = watch
            .Device.GetKeyFeatures()
            .Operations.Single(one => one.Driver == "devcrypto" && one.Operation == KeyOperation.ModExpCrt);
        crt.IsAvailable.Should().BeFalse("a device that succeeds with nothing in the result is not right");
        crt.Reason.Should().Contain("wrong result");
    }

    /// <summary>The driver of the Broadcom cards reads p, q, dp, dq, qInverse, message, and says nothing.</summary>
    [Fact]
    public void A_device_with_the_other_order_of_CRT_operands_is_found_out_and_the_next_driver_computes()
    {
        IoctlInfo key = DeviceUnderWatch.Ioctl("openbsd 2014", "CIOCKEY");
        int asked = 0;
        using DeviceUnderWatch watch = new(
            "openbsd 2014",
            instead: (request, argument) =>
            {
                if (request != key.Code() || BitConverter.ToUInt32(argument) != (uint)KeyOperation.ModExpCrt)
                {
                    return null;
                }

                asked++;
                BigInteger[] v = [.. Enumerable.Range(0, 6).Select(i => new BigInteger(Parameter(argument, i), isUnsigned: true))];
                (BigInteger p, BigInteger q, BigInteger inP, BigInteger inQ) = (
                    v[0],
                    v[1],
                    BigInteger.ModPow(v[5], v[2], v[0]),
                    BigInteger.ModPow(v[5], v[3], v[1])
                );
                BigInteger result = inQ + (q * (((((inP - inQ) * v[4]) % p) + p) % p));
                result.TryWriteBytes(Parameter(argument, 6), out _, isUnsigned: true);
                return 0;
            }
        );
        using KeyOp op = KeyOp.ModExpCrt([61], [53], [0x0A, 0xE6], [53], [49], [38]);
        using KeyResult answer = watch.Device.Process(op, DriverPolicy.Pinned("devcrypto", "software"));
        answer.ToArray().Should().Equal(0, 65);
        answer.Driver!.Name.Should().Be("software");
        answer.Driver.PassedOver.Should().ContainSingle().Which.Reason.Should().Contain("operands in another order");
        asked.Should().Be(1, "it is tried once, with numbers that are no secret");
    }

    /// <summary>
    /// The loop of FreeBSD's kernel stops before it, so the mask does not tell: a device that has none is found out by trying.
    /// </summary>
    [Fact]
    public void An_operation_that_no_mask_shows_and_no_trial_finds_is_absent()
    {
        IoctlInfo key = DeviceUnderWatch.Ioctl("freebsd 12", "CIOCKEY2");
        using DeviceUnderWatch watch = new(
            "freebsd 12",
            instead: (request, argument) =>
                request == key.Code() && BitConverter.ToUInt32(argument) == (uint)KeyOperation.DhComputeKey ? -LibC.ENODEV : null
        );
        KeyAvailability found = watch
            .Device.GetKeyFeatures()
            .Operations.Single(one => one.Driver == "devcrypto" && one.Operation == KeyOperation.DhComputeKey);
        found.IsAvailable.Should().BeFalse();
        found.Reason.Should().Be("the device does not run CRK_DH_COMPUTE_KEY (ENODEV)");
    }

    /// <summary>The emulated devices write the most significant byte first. One that does not is found out by its trial.</summary>
    [Fact]
    public void A_shared_value_that_comes_least_significant_byte_first_is_not_turned_round()
    {
        IoctlInfo key = DeviceUnderWatch.Ioctl("netbsd 10", "CIOCKEY");
        using DeviceUnderWatch watch = new("netbsd 10");
        watch.Driver.Availability.IsAvailable.Should().BeTrue();
        watch.Channel.Afterwards = (request, argument) =>
        {
            if (request == key.Code() && BitConverter.ToUInt32(argument) == (uint)KeyOperation.DhComputeKey)
            {
                Parameter(argument, 3).Reverse();
            }
        };
        using KeyOp agree = KeyOp.DhComputeKey([0x12, 0x34], [7], s_prime);
        using KeyResult shared = watch.Device.Process(agree);
        new BigInteger(shared.ToArray(), isUnsigned: true, isBigEndian: true)
            .Should()
            .Be(BigInteger.ModPow(7, 0x1234, (BigInteger.One << 521) - 1));
    }

    /// <summary>A device gets as much room as the modulus has, so it is known where the value stands in a longer buffer.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_shared_value_in_a_longer_buffer_is_at_its_start(bool isBigEndian)
    {
        IoctlInfo key = DeviceUnderWatch.Ioctl("netbsd 10", "CIOCKEY");
        using DeviceUnderWatch watch = new("netbsd 10");
        watch.Driver.Availability.IsAvailable.Should().BeTrue();
        watch.Channel.Afterwards = (request, argument) =>
        {
            if (!isBigEndian && request == key.Code() && BitConverter.ToUInt32(argument) == (uint)KeyOperation.DhComputeKey)
            {
                Parameter(argument, 3).Reverse();
            }
        };
        using KeyOp agree = KeyOp.FromParameters(KeyOperation.DhComputeKey, [16, 3, 600], [800]);
        agree.GetParameter(0).CopyFrom([0x34, 0x12]);
        agree.GetParameter(1).CopyFrom([7]);
        agree.GetParameter(2).CopyFrom([.. s_prime.Reverse()]);
        using KeyResult shared = watch.Device.Process(agree);
        shared.Driver!.Rung.Should().Be("devcrypto");
        new BigInteger(agree.GetParameter(3).ToArray(), isUnsigned: true)
            .Should()
            .Be(BigInteger.ModPow(7, 0x1234, (BigInteger.One << 521) - 1));
    }

    [Fact]
    public void Many_at_once_are_one_call_and_come_back_in_order()
    {
        using DeviceUnderWatch watch = new("netbsd 10");
        watch.Driver.ProbeKey(KeyOp.ModExp([1], [2], s_prime)).Accepted.Should().BeTrue();
        watch.Channel.Calls.Clear();
        KeyOp[] ops = [.. Enumerable.Range(1, 20).Select(i => KeyOp.ModExp([(byte)i], [2], s_prime))];
        IReadOnlyList<KeyResult> results = watch.Device.Process(ops);
        results
            .Select(result => (int)new BigInteger(result.ToArray(), isUnsigned: true, isBigEndian: true))
            .Should()
            .Equal(Enumerable.Range(1, 20).Select(i => i * i));
        results.Should().OnlyContain(result => result.Driver!.Rung == "devcrypto");
        watch.Channel.Count(DeviceUnderWatch.Ioctl("netbsd 10", "CIOCNFKEYM")).Should().Be(1);
        watch.Channel.Count(DeviceUnderWatch.Ioctl("netbsd 10", "CIOCKEY")).Should().Be(0);
    }

    [Fact]
    public void Of_many_each_has_its_own_outcome()
    {
        using DeviceUnderWatch watch = new("netbsd 10");
        KeyOp[] ops =
        [
            KeyOp.DsaVerify([0x50], [23], [11], [4], [18], [5], [10]),
            KeyOp.DsaVerify([0x60], [23], [11], [4], [18], [5], [10]),
            KeyOp.ModMultInv([2], [4]),
            KeyOp.ModAdd([3], [4], [5]),
        ];

        // The kernel says EINVAL where there is no inverse, as it does to what it cannot do: the next driver decides which.
        IReadOnlyList<KeyResult> results = watch.Device.Process(ops, DriverPolicy.Pinned("devcrypto", "software"));
        results.Select(result => result.Status).Should().Equal(0, LibC.EPERM, LibC.EDOM, 0);
        results.Select(result => result.Driver!.Rung).Should().Equal("devcrypto", "devcrypto", "software", "devcrypto");
        results[3].ToArray().Should().Equal(2);
        results[2].Error!.Message.Should().Contain("no inverse");
    }

    /// <summary>A kernel says EINVAL to what has no answer as to what it cannot do; pinned to it there is nobody else to ask.</summary>
    [Fact]
    public void Pinned_to_the_device_no_inverse_is_EDOM_and_other_refusals_are_its_own()
    {
        IoctlInfo key = DeviceUnderWatch.Ioctl("netbsd 10", "CIOCKEY");
        bool refuses = false;
        using DeviceUnderWatch watch = new("netbsd 10", instead: (request, _) => refuses && request == key.Code() ? -LibC.EINVAL : null);
        DriverPolicy pinned = DriverPolicy.Pinned("devcrypto");
        foreach ((byte[] a, byte[] modulus) in new (byte[], byte[])[] { ([2], [4]), ([], [7]), ([6], [9]), ([9, 0], [3, 0]) })
        {
            using KeyOp op = KeyOp.ModMultInv(a, modulus);
            FluentActions
                .Invoking(() => watch.Device.Process(op, pinned))
                .Should()
                .Throw<CryptoDevException>()
                .WithMessage("*EDOM*no inverse*")
                .Which.Errno.Should()
                .Be(LibC.EDOM);
            op.Status.Should().Be(LibC.EDOM);
        }

        KeyOp[] many = [KeyOp.ModMultInv([2], [4]), KeyOp.ModMultInv([3], [4]), KeyOp.ModMultInv([2], [1])];
        watch.Device.Process(many, pinned).Select(result => result.Status).Should().Equal(LibC.EDOM, 0, 0);
        refuses = true;
        using KeyOp refused = KeyOp.ModMultInv([3], [4]);
        FluentActions
            .Invoking(() => watch.Device.Process(refused, pinned))
            .Should()
            .Throw<CryptoDevException>()
            .Which.Errno.Should()
            .Be(LibC.EINVAL, "3 has an inverse modulo 4, so that the fault is the device's");
    }

    [Fact]
    public void A_hostile_signature_and_a_wrong_inverse_do_not_come_to_the_device()
    {
        using DeviceUnderWatch watch = new("netbsd 10");
        DriverPolicy pinned = DriverPolicy.Pinned("devcrypto");
        using KeyOp warm = KeyOp.DsaVerify([0x50], [23], [11], [4], [18], [5], [10]);
        watch.Device.Process(warm, pinned).IsValid.Should().BeTrue();
        watch.Channel.Calls.Clear();
        using KeyOp longest = KeyOp.DsaVerify([0x50], [23], [11], [4], [18], Enumerable.Repeat((byte)0xFF, 5000).ToArray(), [10]);
        using KeyResult verdict = watch.Device.Process(longest, pinned);
        (verdict.IsValid, verdict.Status, verdict.Driver).Should().Be((false, LibC.EPERM, (SessionDriver?)null));
        KeyOp[] parts = [.. Enumerable.Range(0, 11).Select(i => KeyOp.ModExpCrt([11], [23], [2], [7], [15], [(byte)i]))];
        watch
            .Device.Process(parts, pinned)
            .Select(result => result.Status)
            .Should()
            .Equal(Enumerable.Range(0, 11).Select(i => i == 1 ? 0 : LibC.EINVAL));
        watch.Channel.Count(DeviceUnderWatch.Ioctl("netbsd 10", "CIOCNFKEYM")).Should().Be(0, "one of them is left, which goes alone");
    }

    /// <summary>The raw face of a served device: what a C program is told.</summary>
    [Theory]
    [InlineData("netbsd 10")]
    [InlineData("openbsd 2014")]
    [InlineData("freebsd 12")]
    [InlineData("cryptodev-linux")]
    public void Every_dialect_verifies_through_its_device(string form)
    {
        using DeviceUnderWatch watch = new(form);
        DriverPolicy pinned = DriverPolicy.Pinned("devcrypto");
        using KeyOp op = KeyOp.DsaVerify([0x50], [23], [11], [4], [18], [5], [11]);
        watch.Device.Process(op, pinned).Status.Should().Be(LibC.EPERM);
        using KeyOp wrong = KeyOp.ModExpCrt([11], [23], [2], [7], [15], [3]);
        FluentActions
            .Invoking(() => watch.Device.Process(wrong, pinned))
            .Should()
            .Throw<CryptoDevException>()
            .Which.Errno.Should()
            .Be(LibC.EINVAL);
    }

    [Fact]
    public void Those_of_many_that_the_kernel_does_not_take_run_one_by_one()
    {
        IoctlInfo many = DeviceUnderWatch.Ioctl("netbsd 10", "CIOCNFKEYM");
        using DeviceUnderWatch watch = new("netbsd 10", instead: (request, _) => request == many.Code() ? -LibC.ENOMEM : null);
        KeyOp[] ops = [.. Enumerable.Range(1, 5).Select(i => KeyOp.ModExp([(byte)i], [2], s_prime))];
        IReadOnlyList<KeyResult> results = watch.Device.Process(ops);
        results
            .Select(result => (int)new BigInteger(result.ToArray(), isUnsigned: true, isBigEndian: true))
            .Should()
            .Equal(1, 4, 9, 16, 25);
        watch.Channel.Count(DeviceUnderWatch.Ioctl("netbsd 10", "CIOCKEY")).Should().Be(5);
    }

    [Theory]
    [InlineData("cryptodev-linux", "CIOCKEY", 1)]
    [InlineData("netbsd 10", "CIOCKEY", 1)]
    [InlineData("netbsd 10", "CIOCNFKEYM", 2)]
    public async Task A_device_is_not_closed_under_a_key_operation(string form, string ioctl, int count)
    {
        uint key = DeviceUnderWatch.Ioctl(form, ioctl).Code();
        using ManualResetEventSlim started = new();
        using ManualResetEventSlim disposed = new();
        bool isClosed = false;
        DeviceUnderWatch? watch = null;
        watch = new DeviceUnderWatch(
            form,
            instead: (request, _) =>
            {
                if (request == key)
                {
                    started.Set();
                    disposed.Wait();
                    isClosed = watch!.Channel.IsClosed;
                }

                return null;
            }
        );
        KeyOp[] ops = [.. Enumerable.Range(2, count).Select(i => KeyOp.ModExp([(byte)i], [3], [23]))];
        Task<IReadOnlyList<KeyResult>> run = Task.Run(() => watch.Device.Process(ops));
        started.Wait();
        watch.Device.Dispose();
        disposed.Set();
        IReadOnlyList<KeyResult> results = await run;
        results.Select(result => (int)result.ToArray()[0]).Should().Equal(Enumerable.Range(2, count).Select(i => i * i * i % 23));
        isClosed.Should().BeFalse("the descriptor's number could mean another file by now");
        watch.Channel.IsClosed.Should().BeTrue("nobody holds it any more");
        watch.Dispose();
    }

    // A parameter lies in this process: its address and its bits.
    private static unsafe Span<byte> Parameter(byte[] argument, int index) =>
        new((void*)BitConverter.ToInt64(argument, 16 + (index * 16)), (int)((BitConverter.ToUInt32(argument, 24 + (index * 16)) + 7) / 8));
}

using CryptoDev.Drivers;
using CryptoDev.Drivers.Software;
using CryptoDev.Framework;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.KeyOps;

/// <summary>Which driver a key operation gets, with drivers made for it above the software rung.</summary>
public sealed class KeySelectionTests
{
    [Fact]
    public void The_first_rung_that_accepts_runs_it_and_the_ones_above_have_their_reasons()
    {
        using CryptoDevice device = Device(DriverPolicy.Ladder, new NoKeys(), new Card { Refusal = "its modulus is too long" });
        using KeyOp op = KeyOp.Mod([9], [7]);
        using KeyResult result = device.Process(op);

        result.Driver!.Name.Should().Be("software");
        result
            .Driver.PassedOver.Should()
            .BeEquivalentTo([
                new PassedOverDriver("nokeys", "it has no key operations"),
                new PassedOverDriver("card", "its modulus is too long"),
            ]);
    }

    [Fact]
    public void A_driver_that_is_lost_is_followed_by_the_next_with_the_operands_still_there()
    {
        Card card = new() { Loss = new CryptoDevException(LibC.EIO, "card", "CRK_MOD", "it is gone.") };
        using CryptoDevice device = Device(DriverPolicy.Ladder, card);
        using KeyOp op = KeyOp.Mod([9], [7]);
        using KeyResult result = device.Process(op);

        result.ToArray().Should().Equal(2);
        result.Driver!.PassedOver.Should().ContainSingle().Which.Reason.Should().Contain("it is gone");
        card.Processed.Should().Be(1);
    }

    [Fact]
    public void Hardware_only_takes_hardware_or_says_what_there_was()
    {
        using CryptoDevice with = Device(DriverPolicy.HardwareOnly, new Card { Kind = DriverKind.Hardware });
        using CryptoDevice without = Device(DriverPolicy.HardwareOnly, new Card { Kind = DriverKind.Generic });
        using KeyOp served = KeyOp.Mod([9], [7]);
        using KeyOp refused = KeyOp.Mod([9], [7]);
        using KeyResult result = with.Process(served);

        result.Driver!.Name.Should().Be("card");
        without
            .Invoking(device => device.Process(refused))
            .Should()
            .Throw<CryptoDevException>()
            .WithMessage(
                "HardwareOnly: CRK_MOD: ENODEV*card: it is plain CPU code, not hardware; software: it is plain CPU code, not hardware*"
            );
    }

    [Fact]
    public void Hardware_preferred_takes_libcrypto_before_kernel_code()
    {
        using CryptoDevice device = Device(DriverPolicy.HardwarePreferred, new Card { Kind = DriverKind.Generic });
        using KeyOp op = KeyOp.Mod([9], [7]);
        using KeyResult result = device.Process(op);

        result.Driver!.Name.Should().Be("software");
        result
            .Driver.PassedOver.Should()
            .ContainSingle(one => one.Driver == "hardware")
            .Which.Reason.Should()
            .Be("no rung has a hardware driver for CRK_MOD");
    }

    [Fact]
    public void A_pinned_driver_that_fails_gives_its_errno_and_reason()
    {
        using CryptoDevice device = Device(
            DriverPolicy.Pinned("card"),
            new Card { Loss = new CryptoDevException(LibC.EDQUOT, "card", "CRK_MOD", "no quota.") }
        );
        using KeyOp op = KeyOp.Mod([9], [7]);

        CryptoDevException error = device
            .Invoking(one => one.Process(op))
            .Should()
            .Throw<CryptoDevException>()
            .WithMessage("*no quota*")
            .Which;
        error.Errno.Should().Be(LibC.EDQUOT);
        op.GetParameter(0).ToArray()[0].Should().Be(0, "operands are zeroed after a failure too");
        op.GetParameter(2).ToArray()[0].Should().Be(0, "and what the driver had written by then");
        device
            .Invoking(one => one.Process(KeyOp.Mod([9], [7]), DriverPolicy.Pinned("nosuch")))
            .Should()
            .Throw<ArgumentException>()
            .WithMessage("'nosuch' is not a driver*");
    }

    [Fact]
    public void The_policy_of_one_call_goes_before_the_devices()
    {
        using CryptoDevice device = Device(DriverPolicy.Ladder, new Card());
        using KeyOp op = KeyOp.Mod([9], [7]);
        using KeyResult result = device.Process(op, DriverPolicy.SoftwareOnly);

        result.Driver!.Name.Should().Be("software");
    }

    [Fact]
    public void Features_tell_the_mask_and_who_serves_what()
    {
        using CryptoDevice device = Device(
            DriverPolicy.Ladder,
            new NoKeys(),
            new Card { Only = KeyOperation.ModExp, Kind = DriverKind.Hardware }
        );
        KeyFeatures features = device.GetKeyFeatures();

        features.Mask.Should().Be((KeyFeatureMask)0x7FF);
        features.ServedBy[KeyOperation.ModExp].Should().Be("card");
        features.ServedBy[KeyOperation.DsaSign].Should().Be("software");
        features.Operations.Should().HaveCount(33);
        features
            .Operations.Should()
            .ContainEquivalentOf(new KeyAvailability("card", KeyOperation.ModExp, true, DriverKind.Hardware, 4096, null, null));
        features
            .Operations.Should()
            .Contain(one => one.Driver == "card" && one.Operation == KeyOperation.Mod && !one.IsAvailable && one.Reason == "only ModExp");
        using CryptoDevice hardware = Device(
            DriverPolicy.HardwareOnly,
            new Card { Only = KeyOperation.ModExp, Kind = DriverKind.Hardware }
        );
        hardware.GetKeyFeatures().Mask.Should().Be(KeyFeatureMask.ModExp);
    }

    [Fact]
    public void Many_at_once_keep_their_order_and_a_failure_stays_alone()
    {
        using CryptoDevice device = Device(DriverPolicy.SoftwareOnly);
        KeyOp[] ops = [.. Enumerable.Range(0, 100).Select(i => i == 50 ? KeyOp.ModMultInv([3], [9]) : KeyOp.Mod([(byte)i], [101]))];
        IReadOnlyList<KeyResult> results = device.Process(ops);

        for (int i = 0; i < results.Count; i++)
        {
            if (i == 50)
            {
                results[i].Error!.Errno.Should().Be(LibC.EDOM);
                results[i]
                    .Invoking(result => result.ToArray(0).Length)
                    .Should()
                    .Throw<InvalidOperationException>()
                    .WithMessage("*Error tells why*");
            }
            else
            {
                results[i].ToArray().Should().Equal((byte)i);
            }
        }

        device.Process([]).Should().BeEmpty();
    }

    [Fact]
    public void Many_with_one_that_cannot_be_run_are_refused_before_any_has()
    {
        Card card = new();
        using CryptoDevice device = Device(DriverPolicy.Ladder, card);
        using KeyOp good = KeyOp.Mod([9], [7]);
        using KeyOp bad = KeyOp.FromParameters(KeyOperation.Mod, [8, 8], [8]);

        device
            .Invoking(one => one.Process([good, bad]))
            .Should()
            .Throw<ArgumentException>()
            .WithMessage("Operation 1: modulus must not be 0*");
        device
            .Invoking(one => one.Process([good, good]))
            .Should()
            .Throw<ArgumentException>()
            .WithMessage("Operation 1 is in the list twice*");
        device.Invoking(one => one.Process([good, null!])).Should().Throw<ArgumentException>().WithMessage("Operation 1 is null*");
        card.Processed.Should().Be(0);
    }

    [Fact]
    public void Operands_of_many_are_zeroed_and_let_go_when_their_driver_breaks()
    {
        using CryptoDevice device = Device(DriverPolicy.Ladder, new BrokenCard());
        KeyOp[] ops = [.. Enumerable.Range(1, 3).Select(i => KeyOp.Mod([(byte)i], [7]))];
        device.Invoking(one => one.Process(ops)).Should().Throw<InsufficientMemoryException>();
        foreach (KeyOp op in ops)
        {
            op.GetParameter(0).ToArray().Should().Equal(0);
            op.Status.Should().Be(LibC.EIO);
            op.Dispose();
            op.Invoking(one => one.Begin()).Should().Throw<ObjectDisposedException>("no reference is left that would keep the memory");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void What_a_list_throws_does_not_depend_on_its_length(int count)
    {
        using CryptoDevice device = Device(DriverPolicy.Ladder, new BrokenCard());
        KeyOp[] ops = [.. Enumerable.Range(1, count).Select(i => KeyOp.Mod([(byte)i], [7]))];
        device.Invoking(one => one.Process(ops, DriverPolicy.Pinned("nosuch"))).Should().ThrowExactly<ArgumentException>();
        device.Invoking(one => one.Process(ops[0], DriverPolicy.Pinned("nosuch"))).Should().ThrowExactly<ArgumentException>();
        device
            .Invoking(one => one.Process(ops))
            .Should()
            .ThrowExactly<InsufficientMemoryException>("no operation was begun for a name that nobody has");
        Array.ForEach(ops, op => op.Dispose());
    }

    [Fact]
    public void An_operation_in_two_lists_at_once_runs_in_one_of_them_and_the_other_is_refused_whole()
    {
        using CryptoDevice device = Device(DriverPolicy.SoftwareOnly);
        for (int round = 0; round < 300; round++)
        {
            using KeyOp shared = KeyOp.Mod([9], [7]);
            KeyOp[] own = [KeyOp.Mod([10], [7]), KeyOp.Mod([11], [7])];
            Exception?[] thrown = new Exception?[2];
            Parallel.For(0, 2, i => thrown[i] = Record.Exception(() => device.Process([own[i], shared])));
            Exception refused = thrown.Should().ContainSingle(error => error != null).Which!;
            refused.Should().BeOfType<InvalidOperationException>();
            KeyOp untouched = own[Array.IndexOf(thrown, refused)];
            device.Process(untouched).IsValid.Should().BeTrue("its list was refused before any of it had run");
            Array.ForEach(own, op => op.Dispose());
        }
    }

    [Fact]
    public async Task Asynchronously_alone_and_many()
    {
        using CryptoDevice device = Device(DriverPolicy.SoftwareOnly);
        using KeyOp op = KeyOp.ModExp([2], [10], [3, 0xE8]);
        using KeyResult result = await device.ProcessAsync(op);
        result.ToArray().Should().Equal(0, 24);

        IReadOnlyList<KeyResult> results = await device.ProcessAsync([KeyOp.Mod([9], [7]), KeyOp.Mod([10], [7])]);
        results.Select(one => one.ToArray()[0]).Should().Equal(2, 3);

        using CancellationTokenSource cancelled = new();
        await cancelled.CancelAsync();
        using KeyOp untouched = KeyOp.Mod([9], [7]);
        await device
            .Awaiting(one => one.ProcessAsync(untouched, cancellationToken: cancelled.Token))
            .Should()
            .ThrowAsync<OperationCanceledException>();
        device.Process(untouched).Dispose();
    }

    [Fact]
    public void Many_threads_share_a_device()
    {
        using CryptoDevice device = Device(DriverPolicy.SoftwareOnly);
        Parallel.For(
            0,
            2000,
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            i =>
            {
                using KeyOp op = KeyOp.ModExp([(byte)(i % 250)], [17], [251]);
                using KeyResult result = device.Process(op);
                BigNumbers.From(result.ToArray()).Should().Be(System.Numerics.BigInteger.ModPow(i % 250, 17, 251));
            }
        );
    }

    private static CryptoDevice Device(DriverPolicy policy, params ICryptoDriver[] above) =>
        new(new CryptoDeviceOptions { Policy = policy }, new DriverRegistry([.. above, SoftwareDriver.Instance]));

    /// <summary>A rung without key operations.</summary>
    private class NoKeys : ICryptoDriver
    {
        public virtual DriverInfo Info { get; } = new() { Name = "nokeys", Kind = DriverKind.Generic };

        public RungAvailability Availability => new(Info.Name, true, null, null);

        public IReadOnlyList<string> Notes => [];

        public IReadOnlyList<DriverInfo> Members => [];

        public DriverVerdict Probe(SessionParameters parameters) => DriverVerdict.No("it has no sessions");

        public DriverSession OpenSession(SessionParameters parameters) =>
            throw new CryptoDevException(LibC.EOPNOTSUPP, Info.Name, "open", "it has no sessions.");

        public ICryptoDriver? Pin(string member) => null;
    }

    /// <summary>A rung that takes many at once and falls over them.</summary>
    private sealed class BrokenCard : NoKeys, IKeyDriver
    {
        public override DriverInfo Info { get; } = new() { Name = "broken", Kind = DriverKind.Hardware };

        public bool TakesManyKeys => true;

        public DriverVerdict ProbeKey(KeyOp op) => DriverVerdict.Yes(DriverKind.Hardware, 512);

        public int ProcessKey(KeyOp op, out SessionDriver driver) => throw new InsufficientMemoryException();

        public int[]? ProcessKeys(IReadOnlyList<KeyOp> ops, out SessionDriver? driver) => throw new InsufficientMemoryException();
    }

    /// <summary>A rung with key operations whose answers are all zeros.</summary>
    private sealed class Card : NoKeys, IKeyDriver
    {
        public override DriverInfo Info { get; } = new() { Name = "card", Kind = DriverKind.Hardware };

        public string? Refusal { get; init; }

        public CryptoDevException? Loss { get; init; }

        public KeyOperation? Only { get; init; }

        public DriverKind Kind { get; init; } = DriverKind.Hardware;

        public int Processed { get; private set; }

        public DriverVerdict ProbeKey(KeyOp op) =>
            Refusal is not null ? DriverVerdict.No(Refusal)
            : Only is not null && op.Operation != Only ? DriverVerdict.No($"only {Only}")
            : DriverVerdict.Yes(Kind, 512);

        public int ProcessKey(KeyOp op, out SessionDriver driver)
        {
            Processed++;
            driver = new SessionDriver { Name = Info.Name, Kind = Kind };
            if (Loss is null)
            {
                return 0;
            }

            op.OutputBytes(0).Fill(0xEE);
            throw Loss;
        }
    }
}

using CryptoDev.Framework;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Framework;

public sealed class DriverSelectionTests
{
    private static readonly SessionParameters s_digest = SessionParameters.Digest(CryptoAlgorithm.Sha256);

    [Fact]
    public void The_ladder_takes_the_first_that_can_and_asks_none_below()
    {
        FakeDriver[] rungs = [new("top") { Refusal = "no device" }, new("middle"), new("bottom") { InProcess = true }];
        using Session session = Open(DriverPolicy.Ladder, rungs);
        session.Driver.Name.Should().Be("middle");
        session.Driver.PassedOver.Should().BeEquivalentTo([new PassedOverDriver("top", "no device")]);
        rungs[2].Probes.Should().Be(0);
    }

    [Fact]
    public void Hardware_preferred_takes_hardware_on_any_rung_then_the_process_then_the_kernels_cpu()
    {
        FakeDriver kernel = new("kernel") { Kind = DriverKind.Accelerated };
        FakeDriver process = new("process") { InProcess = true };
        FakeDriver card = new("card") { Kind = DriverKind.Hardware };
        using (Session session = Open(DriverPolicy.HardwarePreferred, kernel, process, card))
        {
            session.Driver.Name.Should().Be("card");
        }

        using (Session session = Open(DriverPolicy.HardwarePreferred, kernel, process))
        {
            session.Driver.Name.Should().Be("process");
            session
                .Driver.PassedOver.Should()
                .ContainSingle(one => one.Driver == "hardware" && one.Reason.Contains("no rung has a hardware driver"));
        }

        using (
            Session session = Open(
                DriverPolicy.HardwarePreferred,
                kernel,
                new FakeDriver("process") { InProcess = true, Refusal = "not this" }
            )
        )
        {
            session.Driver.Name.Should().Be("kernel");
        }
    }

    [Fact]
    public void Hardware_only_takes_hardware_or_says_what_was_found_instead()
    {
        FakeDriver kernel = new("kernel") { Kind = DriverKind.Accelerated };
        FakeDriver process = new("process") { InProcess = true };
        using (Session session = Open(DriverPolicy.HardwareOnly, kernel, process, new FakeDriver("card") { Kind = DriverKind.Hardware }))
        {
            session.Driver.Name.Should().Be("card");
            session.Driver.PassedOver.Select(one => one.Driver).Should().Equal("kernel", "process");
        }

        Action open = () => Open(DriverPolicy.HardwareOnly, kernel, process).Dispose();
        open.Should()
            .Throw<CryptoDevException>()
            .WithMessage(
                "HardwareOnly: open session Digest: sha256: ENODEV*kernel: it is accelerated CPU code, not hardware; process: "
                    + "it is plain CPU code, not hardware."
            )
            .Which.ErrnoName.Should()
            .Be("ENODEV");
        (kernel.Opened.Count + process.Opened.Count).Should().Be(0);
    }

    [Fact]
    public void Software_only_asks_nothing_outside_the_process()
    {
        FakeDriver card = new("card") { Kind = DriverKind.Hardware };
        using Session session = Open(DriverPolicy.SoftwareOnly, card, new FakeDriver("process") { InProcess = true });
        session.Driver.Name.Should().Be("process");
        session.Driver.PassedOver.Should().BeEmpty();
        card.Probes.Should().Be(0);
    }

    [Fact]
    public void Pinned_takes_the_named_in_their_order_and_no_other()
    {
        FakeDriver member = new("card:one");
        FakeDriver[] rungs =
        [
            new("card") { Member = member },
            new("kernel") { Refusal = "not today" },
            new("process") { InProcess = true },
        ];
        using (Session session = Open(DriverPolicy.Pinned("process", "card"), rungs))
        {
            session.Driver.Name.Should().Be("process");
        }

        using (Session session = Open(DriverPolicy.Pinned("kernel", "card:one"), rungs))
        {
            session.Driver.Name.Should().Be("card:one");
            session.Driver.PassedOver.Should().BeEquivalentTo([new PassedOverDriver("kernel", "not today")]);
        }

        Action refused = () => Open(DriverPolicy.Pinned("kernel"), rungs).Dispose();
        refused.Should().Throw<CryptoDevException>().WithMessage("Pinned(kernel)*kernel: not today.");
        Action unknown = () => Open(DriverPolicy.Pinned("abacus"), rungs).Dispose();
        unknown.Should().Throw<ArgumentException>().WithMessage("'abacus' is not a driver; drivers are card, kernel, process.*");
        Action noMember = () => Open(DriverPolicy.Pinned("kernel:two"), rungs).Dispose();
        noMember.Should().Throw<ArgumentException>().WithMessage("'kernel:two' is not a driver: kernel has no drivers behind it*");
        Action none = () => DriverPolicy.Pinned();
        none.Should().Throw<ArgumentException>().WithMessage("Name at least one driver*");
        Action blank = () => DriverPolicy.Pinned("software", " ");
        blank.Should().Throw<ArgumentException>();
        DriverPolicy.Pinned("a", "b").ToString().Should().Be("Pinned(a, b)");
    }

    public static TheoryData<string> Policies => ["Ladder", "HardwarePreferred", "Pinned"];

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_driver_that_vanishes_between_probe_and_open_is_passed_over(string policy)
    {
        FakeDriver gone = new("gone") { Kind = DriverKind.Hardware, Vanishes = true };
        FakeDriver next = new("next") { InProcess = true };
        DriverPolicy chosen = policy switch
        {
            "Ladder" => DriverPolicy.Ladder,
            "HardwarePreferred" => DriverPolicy.HardwarePreferred,
            _ => DriverPolicy.Pinned("gone", "next"),
        };
        using Session session = Open(chosen, gone, next);
        session.Driver.Name.Should().Be("next");
        session.Driver.PassedOver[0].Should().BeEquivalentTo(new PassedOverDriver("gone", "gone: open: ENODEV (19): it is gone."));
    }

    [Fact]
    public void When_all_vanish_the_error_tells_each_and_the_keys_are_given_back()
    {
        CryptoKey key = new(new byte[16]);
        SessionParameters parameters = SessionParameters.Cipher(CryptoAlgorithm.AesCbc, key);
        Action open = () =>
            DriverSelection
                .Open(
                    new DriverRegistry([new FakeDriver("one") { Vanishes = true }, new FakeDriver("two") { Vanishes = true }]),
                    parameters,
                    DriverPolicy.Ladder
                )
                .Dispose();
        open.Should().Throw<CryptoDevException>().WithMessage("*one: one: open*two: two: open*");
        key.Dispose();
        Action late = key.AddReference;
        late.Should().Throw<ObjectDisposedException>("no reference was left behind");
    }

    /// <summary>Each rung: how it refuses (its errno), or how it fails when opened after it said yes.</summary>
    public static TheoryData<int[], int[], int> Reasons =>
        new()
        {
            { [LibC.ENOENT, 0], [0, 0], LibC.ENODEV },
            { [LibC.ENOENT, LibC.EAFNOSUPPORT], [0, 0], LibC.ENODEV },
            { [LibC.ENOENT, LibC.EMFILE], [0, 0], LibC.EMFILE },
            { [LibC.EACCES, LibC.EMFILE], [0, 0], LibC.EACCES },
            { [LibC.EACCES, 0], [0, LibC.ENOMEM], LibC.ENOMEM },
            { [0, 0], [LibC.EMFILE, LibC.ENOMEM], LibC.EMFILE },
            { [0, LibC.EACCES], [LibC.ENODEV, 0], LibC.ENODEV },
        };

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Errno_is_of_the_rung_that_counted_and_each_rung_has_its_own_exception(int[] refusals, int[] failures, int expected)
    {
        FakeDriver[] rungs =
        [
            .. refusals.Select(
                (errno, i) =>
                    failures[i] != 0
                        ? new FakeDriver($"rung{i}") { Vanishes = true, OpenErrno = failures[i] }
                        : new FakeDriver($"rung{i}") { Refusal = "not here", RefusalErrno = errno }
            ),
        ];
        CryptoDevException error = FluentActions
            .Invoking(() => Open(DriverPolicy.Ladder, rungs))
            .Should()
            .Throw<CryptoDevException>()
            .Which;
        error.Errno.Should().Be(expected);
        error.Driver.Should().Be("Ladder");
        CryptoDevException[] inner =
        [
            .. error.InnerException.Should().BeOfType<AggregateException>().Which.InnerExceptions.Cast<CryptoDevException>(),
        ];
        inner.Select(one => one.Driver).Should().Equal("rung0", "rung1");
        inner.Select(one => one.Errno).Should().Equal(refusals.Select((errno, i) => failures[i] != 0 ? failures[i] : errno));
    }

    [Fact]
    public void A_session_holds_its_keys_until_it_is_disposed()
    {
        CryptoKey key = new(new byte[16]);
        Session session = DriverSelection.Open(
            new DriverRegistry([new FakeDriver("one")]),
            SessionParameters.Cipher(CryptoAlgorithm.AesCbc, key),
            DriverPolicy.Ladder
        );
        key.Dispose();
        key.AddReference();
        key.ReleaseReference();
        session.Dispose();
        session.Dispose();
        Action late = key.AddReference;
        late.Should().Throw<ObjectDisposedException>();
    }

    [Fact]
    public void A_rung_whose_messages_are_too_short_is_passed_over()
    {
        FakeDriver small = new("small") { MaxMessageLength = 1000 };
        FakeDriver large = new("large");
        using Session session = DriverSelection.Open(
            new DriverRegistry([small, large]),
            s_digest.WithMaxMessageLength(1001),
            DriverPolicy.Ladder
        );
        session.Driver.Name.Should().Be("large");
        session
            .Driver.PassedOver.Should()
            .BeEquivalentTo([new PassedOverDriver("small", "it takes messages of at most 1000 bytes and 1001 were asked for")]);
        using Session enough = DriverSelection.Open(
            new DriverRegistry([small, large]),
            s_digest.WithMaxMessageLength(1000),
            DriverPolicy.Ladder
        );
        enough.Driver.Name.Should().Be("small");
    }

    [Fact]
    public void Cipher_and_mac_is_composed_of_single_sessions_and_nothing_leaks_when_the_second_fails()
    {
        using CryptoKey key = new(new byte[16]);
        SessionParameters both = SessionParameters.CipherAndMac(
            new CryptoTransform(CryptoAlgorithm.AesCbc, key),
            new CryptoTransform(CryptoAlgorithm.Sha256),
            MacOrder.MacPlaintext
        );
        FakeDriver composes = new("composes") { Composes = true };
        using (Session session = DriverSelection.Open(new DriverRegistry([composes]), both, DriverPolicy.Ladder))
        {
            session.TagLength.Should().Be(32);
        }

        composes.Opened.Should().HaveCount(2).And.OnlyContain(opened => opened.Disposals == 1);

        FakeDriver fails = new("fails") { Composes = true, FailingOpen = 2 };
        Action open = () => DriverSelection.Open(new DriverRegistry([fails]), both, DriverPolicy.Ladder).Dispose();
        open.Should().Throw<CryptoDevException>();
        fails.Opened.Should().ContainSingle().Which.Disposals.Should().Be(1, "the first part was open already");
    }

    [Fact]
    public void The_report_asks_every_rung_for_every_algorithm()
    {
        AvailabilityReport report = AvailabilityProbe.Run(
            new DriverRegistry([new FakeDriver("none") { Refusal = "it is off" }, new FakeDriver("all")])
        );
        report.Algorithms.Should().HaveCount(2 * CryptoAlgorithm.All.Count);
        report
            .Algorithms.Where(one => one.Driver == "none")
            .Should()
            .OnlyContain(one => !one.IsAvailable && one.Reason == "it is off" && one.Cure == "a cure");
        report.Algorithms.Where(one => one.Driver == "all").Should().OnlyContain(one => one.IsAvailable && one.Reason == null);
        report.Rungs.Select(rung => rung.IsAvailable).Should().Equal(false, true);
        report.Notes.Should().Equal("note of none", "note of all");
    }

    private static Session Open(DriverPolicy policy, params FakeDriver[] rungs) =>
        DriverSelection.Open(new DriverRegistry(rungs), s_digest, policy);
}

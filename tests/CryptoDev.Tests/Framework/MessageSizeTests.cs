using System.Security.Cryptography;
using CryptoDev.Framework;
using CryptoDev.Native;
using CryptoDev.Tests.Support;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Framework;

/// <summary>Each message of a session runs on the first rung of the policy that takes its size.</summary>
public sealed class MessageSizeTests : IDisposable
{
    private static readonly byte[] s_iv = new byte[16];

    private readonly CryptoKey _key = new(new byte[16]);

    [Fact]
    public void A_message_goes_to_the_first_rung_that_takes_it_and_that_is_opened_when_it_is_needed()
    {
        FakeDriver top = new("top") { MaxMessageLength = 10 };
        FakeDriver middle = new("middle") { MaxMessageLength = 100 };
        FakeDriver bottom = new("bottom") { InProcess = true };
        using Session session = Open(DriverPolicy.Ladder, top, middle, bottom);
        Encrypt(session, 10);
        (middle.Probes, bottom.Probes).Should().Be((0, 0), "nothing needed them");
        session.Drivers.Should().ContainSingle().Which.Driver.Name.Should().Be("top");

        Encrypt(session, 11);
        (middle.Opened.Count, bottom.Probes).Should().Be((1, 0));
        Encrypt(session, 101);
        Encrypt(session, 100);
        Encrypt(session, 1);
        Encrypt(session, 1000);
        (top.Opened.Count, middle.Opened.Count, bottom.Opened.Count).Should().Be((1, 1, 1));
        session.Driver.Name.Should().Be("top", "it runs what it takes");
        session
            .Drivers.Select(share => (share.Driver.Name, share.Statistics))
            .Should()
            .Equal(
                ("top", new SessionStatistics(2, 11, 0)),
                ("middle", new SessionStatistics(2, 111, 0)),
                ("bottom", new SessionStatistics(2, 1101, 0))
            );
        session.Statistics.Should().Be(new SessionStatistics(6, 1223, 0));
        session
            .Drivers[2]
            .Driver.PassedOver.Should()
            .BeEquivalentTo([
                new PassedOverDriver("top", "it takes messages of at most 10 bytes"),
                new PassedOverDriver("middle", "it takes messages of at most 100 bytes"),
            ]);
        session.Driver.PassedOver.Should().BeEmpty();
    }

    [Theory]
    [InlineData(0, 64, "top")]
    [InlineData(8, 64, "top")]
    [InlineData(9, 0, "below")]
    [InlineData(0, 65, "below")]
    [InlineData(7, 64, "top")]
    [InlineData(8, 63, "top")]
    [InlineData(64, 64, "below")]
    public void Associated_data_counts_for_itself(int associatedData, int message, string driver)
    {
        FakeDriver top = new("top")
        {
            MaxMessageLength = 64,
            MaxAssociatedDataLength = 8,
            MaxTotalLength = long.MaxValue,
        };
        using Session session = OpenMac(DriverPolicy.Ladder, top, new FakeDriver("below"));
        Digest(session, associatedData, message);
        Ran(session).Should().Equal(driver);
    }

    [Theory]
    [InlineData(40, 24, "top")]
    [InlineData(64, 0, "top")]
    [InlineData(41, 24, "below")]
    [InlineData(1, 64, "below")]
    public void Associated_data_and_message_count_together(int associatedData, int message, string driver)
    {
        FakeDriver top = new("top") { MaxMessageLength = 64 };
        using Session session = OpenMac(DriverPolicy.Ladder, top, new FakeDriver("below"));
        Digest(session, associatedData, message);
        Ran(session).Should().Equal(driver);

        // Every form of an operation is decided in the same way.
        byte[] tag = new byte[20];
        tag.AsSpan().Fill((byte)(associatedData + message));
        byte[] bytes = [.. Enumerable.Repeat((byte)1, associatedData + message)];
        CryptOp verify = CryptOp.Verify(bytes.AsSpan(associatedData), tag) with { AssociatedData = bytes.AsSpan(0, associatedData) };
        session.Process(verify);
        Ran(session).Should().Equal(driver);
        tag[0] ^= 1;
        session
            .Invoking(one =>
                one.Process(CryptOp.Verify(bytes.AsSpan(associatedData), tag) with { AssociatedData = bytes.AsSpan(0, associatedData) })
            )
            .Should()
            .Throw<AuthenticationTagMismatchException>();
        session.Drivers.Single(share => share.Driver.Name == driver).Statistics.Failures.Should().Be(1);
    }

    [Fact]
    public void A_policy_of_one_rung_keeps_its_error()
    {
        FakeDriver top = new("top") { MaxMessageLength = 64, MaxTotalLength = 70 };
        FakeDriver below = new("below");
        using Session session = OpenMac(DriverPolicy.Pinned("top"), top, below);
        Refused(session, 0, 65).Should().StartWith("A message of 65 bytes is over this session's limit of 64 bytes");
        Refused(session, 65, 0).Should().StartWith("Associated data has 65 bytes; this session's limit is 64");
        Refused(session, 7, 64)
            .Should()
            .StartWith("Associated data and message have 71 bytes; this session's limit for them together is 70");
        Digest(session, 6, 64);
        below.Probes.Should().Be(0);
        session.MaxMessageLength.Should().Be(64);
        session.MaxAssociatedDataLength.Should().Be(64);
        session.Statistics.Should().Be(new SessionStatistics(1, 64, 0), "a refused call is nobody's message");
    }

    [Fact]
    public void What_no_rung_takes_is_refused_with_the_largest_limit()
    {
        FakeDriver below = new("below") { MaxMessageLength = 100 };
        using Session session = Open(DriverPolicy.Ladder, new FakeDriver("top") { MaxMessageLength = 10 }, below);
        session
            .Invoking(one => one.Process(CryptOp.Encrypt(new byte[101], new byte[101], s_iv)))
            .Should()
            .Throw<ArgumentException>()
            .WithMessage("A message of 101 bytes is over this session's limit of 100 bytes for aes-ctr.*");

        // The other mistakes are told first: nothing is opened for an operation that cannot run anyway.
        using Session second = Open(DriverPolicy.Ladder, new FakeDriver("top") { MaxMessageLength = 10 }, below);
        second.Invoking(one => one.Process(CryptOp.Encrypt(new byte[50], new byte[49], s_iv))).Should().Throw<ArgumentException>();
        second.Invoking(one => one.Process(CryptOp.Encrypt(new byte[50], new byte[50], new byte[3]))).Should().Throw<ArgumentException>();
        below.Opened.Should().ContainSingle("of the first session");
    }

    [Fact]
    public void The_limits_of_a_session_are_those_of_all_its_rungs()
    {
        FakeDriver top = new("top") { MaxMessageLength = 64 };
        FakeDriver wide = new("wide")
        {
            MaxMessageLength = 10,
            MaxAssociatedDataLength = 500,
            MaxTotalLength = 500,
        };
        FakeDriver refuses = new("refuses") { Refusal = "not today", MaxMessageLength = 1 << 30 };
        FakeDriver bottom = new("bottom") { MaxMessageLength = 200 };
        Session session = OpenMac(DriverPolicy.Ladder, top, wide, refuses, bottom);
        session.MaxMessageLength.Should().Be(200);
        session.MaxAssociatedDataLength.Should().Be(500);
        Digest(session, 0, 200);
        Digest(session, 500, 0);
        Digest(session, 500, 1, fits: false);
        session.Dispose();
        session.MaxMessageLength.Should().Be(200, "it is a fact that is known");
    }

    [Fact]
    public void Lengths_that_are_told_at_the_start_choose_one_driver_for_all()
    {
        FakeDriver top = new("top") { MaxMessageLength = 64 };
        FakeDriver below = new("below");
        SessionParameters parameters = Mac(out CryptoKey key).WithMaxMessageLength(60).WithMaxAssociatedDataLength(5);
        using (key)
        using (Session session = DriverSelection.Open(new DriverRegistry([top, below]), parameters, DriverPolicy.Ladder))
        {
            session.Driver.Name.Should().Be("below");
            session.Driver.PassedOver.Should().BeEquivalentTo([new PassedOverDriver("top", "it takes messages of at most 64 bytes")]);
            top.Opened.Should().ContainSingle().Which.Disposals.Should().Be(1);
            using Session other = DriverSelection.Open(
                new DriverRegistry([top, below]),
                parameters.WithMaxAssociatedDataLength(4),
                DriverPolicy.Ladder
            );
            other.Driver.Name.Should().Be("top");
            FluentActions
                .Invoking(() => DriverSelection.Open(new DriverRegistry([top, below]), parameters, DriverPolicy.Pinned("top")))
                .Should()
                .Throw<CryptoDevException>()
                .WithMessage("*top: it takes messages of at most 64 bytes.");
            FluentActions.Invoking(() => parameters.WithMaxAssociatedDataLength(-1)).Should().Throw<ArgumentOutOfRangeException>();
        }
    }

    [Fact]
    public void Every_policy_of_several_rungs_goes_on_and_stays_among_its_own()
    {
        FakeDriver card = new("card") { Kind = DriverKind.Hardware, MaxMessageLength = 10 };
        FakeDriver other = new("other") { Kind = DriverKind.Hardware, MaxMessageLength = 20 };
        FakeDriver process = new("process") { InProcess = true, MaxMessageLength = 30 };
        FakeDriver[] rungs = [card, other, process];
        (DriverPolicy Policy, int Longest, string[] Ran)[] cases =
        [
            (DriverPolicy.HardwareOnly, 20, ["card", "other"]),
            (DriverPolicy.HardwarePreferred, 30, ["card", "other", "process"]),
            (DriverPolicy.Pinned("process", "card"), 30, ["process"]),
            (DriverPolicy.Pinned("card", "process"), 30, ["card", "process"]),
            (DriverPolicy.SoftwareOnly, 30, ["process"]),
        ];
        foreach ((DriverPolicy policy, int longest, string[] ran) in cases)
        {
            using Session session = Open(policy, rungs);
            Encrypt(session, 1);
            Encrypt(session, Math.Min(longest, 15));
            Encrypt(session, longest);
            session
                .Invoking(one => one.Process(CryptOp.Encrypt(new byte[longest + 1], new byte[longest + 1], s_iv)))
                .Should()
                .Throw<ArgumentException>($"{policy}");
            Ran(session).Should().Equal(ran, $"{policy}");
        }
    }

    [Fact]
    public void Drivers_that_are_switched_off_take_no_longer_messages_either()
    {
        FakeDriver card = new("card") { Kind = DriverKind.Hardware, MaxMessageLength = 10 };
        FakeDriver process = new("process") { InProcess = true };
        using Session session = Open(
            DriverPolicy.Pinned("card", "process").Only(static kind => kind == DriverKind.Hardware),
            card,
            process
        );
        Encrypt(session, 10);
        session.Invoking(one => one.Process(CryptOp.Encrypt(new byte[11], new byte[11], s_iv))).Should().Throw<ArgumentException>();
        process.Opened.Should().BeEmpty();
    }

    [Fact]
    public void A_rung_below_without_memory_is_passed_over_too()
    {
        FakeDriver top = new("top") { MaxMessageLength = 10 };
        FakeDriver middle = new("middle") { Fails = _ => new CryptoDevException(LibC.ENOBUFS, "middle", "process", "no memory.") };
        FakeDriver bottom = new("bottom") { InProcess = true };
        using Session session = Open(DriverPolicy.Ladder, top, middle, bottom);
        Encrypt(session, 10);
        Encrypt(session, 11);
        Encrypt(session, 12);
        Ran(session).Should().Equal("top", "bottom");
        session.Driver.Name.Should().Be("top");
        middle.Opened.Should().ContainSingle().Which.Disposals.Should().Be(1);
        session.Drivers[1].Driver.PassedOver.Select(one => one.Driver).Should().Equal("top", "middle");
        session.Drivers[1].Driver.PassedOver[1].Reason.Should().Contain("ENOBUFS");
        session.Statistics.Should().Be(new SessionStatistics(3, 33, 0));
    }

    [Fact]
    public void The_keys_are_held_for_a_rung_that_is_opened_late_and_go_with_the_session()
    {
        FakeDriver top = new("top") { MaxMessageLength = 10 };
        FakeDriver below = new("below");
        Session session = Open(DriverPolicy.Ladder, top, below);
        _key.Dispose();
        Encrypt(session, 11);
        session.Dispose();
        session.Dispose();
        (top.Opened[0].Disposals, below.Opened[0].Disposals).Should().Be((1, 1));
        FluentActions.Invoking(_key.AddReference).Should().Throw<ObjectDisposedException>();
        session.Invoking(one => one.Process(CryptOp.Encrypt(new byte[11], new byte[11], s_iv))).Should().Throw<ObjectDisposedException>();
        session.Statistics.Should().Be(new SessionStatistics(1, 11, 0), "counters can be read after Dispose");
        session.Drivers.Should().HaveCount(2);
    }

    [Fact]
    public void Descriptors_go_by_their_longest_step_and_all_steps_together()
    {
        FakeDriver top = new("top") { MaxMessageLength = 10 };
        FakeDriver below = new("below");
        using Session session = Open(DriverPolicy.Ladder, top, below);
        session.Process(CryptOp.Chain(new byte[200], [Step(10), Step(10)]));
        Ran(session).Should().Equal("top");
        session.Process(CryptOp.Chain(new byte[200], [Step(4), Step(11)]));
        (top.Opened[0].Processed, below.Opened[0].Processed).Should().Be((2, 2));
        session
            .Drivers.Select(share => share.Statistics)
            .Should()
            .Equal(new SessionStatistics(1, 200, 0), new SessionStatistics(1, 200, 0));
        session.Invoking(one => one.Process(CryptOp.Chain(new byte[20], [Step(11)]))).Should().Throw<ArgumentException>();

        static CryptDescriptor Step(int length) =>
            new()
            {
                Algorithm = CryptoAlgorithm.AesCtr,
                Skip = 16,
                Length = length,
                Flags = CryptDescriptorFlags.Encrypt | CryptDescriptorFlags.IvPresent,
            };
    }

    [Fact]
    public async Task Requests_go_by_their_length()
    {
        FakeDriver top = new("top") { MaxMessageLength = 10 };
        FakeDriver below = new("below");
        using Session session = Open(DriverPolicy.Ladder, top, below);
        foreach (int length in new[] { 10, 11, 10 })
        {
            CryptRequest request = new()
            {
                Source = new byte[length],
                Destination = new byte[length],
                Iv = s_iv,
            };
            (await session.ProcessAsync(request)).Should().Be(length);
        }

        (top.Opened[0].Processed, below.Opened[0].Processed).Should().Be((2, 1));
    }

    [Fact]
    public void Many_threads_with_long_messages_open_the_next_rung_once()
    {
        for (int round = 0; round < 50; round++)
        {
            FakeDriver top = new("top") { MaxMessageLength = 10 };
            FakeDriver below = new("below");
            using Session session = Open(DriverPolicy.Ladder, top, below);
            using Barrier together = new(4);
            OwnThreads.Run(
                4,
                _ =>
                {
                    together.SignalAndWait();
                    byte[] bytes = new byte[11];
                    session.Process(CryptOp.Encrypt(bytes, bytes, s_iv));
                    bytes.Should().OnlyContain(one => one == 1);
                }
            );
            below.Opened.Should().ContainSingle();
        }
    }

    public void Dispose() => _key.Dispose();

    private static SessionParameters Mac(out CryptoKey key)
    {
        key = new CryptoKey(new byte[20]);
        return SessionParameters.KeyedDigest(CryptoAlgorithm.HmacSha1, key);
    }

    private static void Encrypt(Session session, int length)
    {
        byte[] bytes = new byte[length];
        session.Process(CryptOp.Encrypt(bytes, bytes, s_iv)).Should().Be(length);
        bytes.Should().OnlyContain(one => one == 1);
    }

    private static void Digest(Session session, int associatedData, int message, bool fits = true)
    {
        byte[] bytes = [.. Enumerable.Repeat((byte)1, associatedData + message)];
        byte[] tag = new byte[20];
        Action digest = () =>
            session.Process(CryptOp.Digest(bytes.AsSpan(associatedData), tag) with { AssociatedData = bytes.AsSpan(0, associatedData) });
        if (fits)
        {
            digest();
            tag.Should().OnlyContain(one => one == (byte)(associatedData + message));
        }
        else
        {
            digest.Should().Throw<ArgumentException>();
        }
    }

    private static string Refused(Session session, int associatedData, int message) =>
        session
            .Invoking(one =>
                one.Process(CryptOp.Digest(new byte[message], new byte[20]) with { AssociatedData = new byte[associatedData] })
            )
            .Should()
            .Throw<ArgumentException>()
            .Which.Message;

    private static IEnumerable<string> Ran(Session session) =>
        session.Drivers.Where(share => share.Statistics.Operations > 0).Select(share => share.Driver.Name);

    private static Session OpenMac(DriverPolicy policy, params FakeDriver[] rungs)
    {
        SessionParameters parameters = Mac(out CryptoKey key);
        using (key)
        {
            return DriverSelection.Open(new DriverRegistry(rungs), parameters, policy);
        }
    }

    private Session Open(DriverPolicy policy, params FakeDriver[] rungs) =>
        DriverSelection.Open(new DriverRegistry(rungs), SessionParameters.Cipher(CryptoAlgorithm.AesCtr, _key), policy);
}

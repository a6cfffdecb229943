using CryptoDev.Framework;
using CryptoDev.Native;
using CryptoDev.Tests.Support;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Framework;

/// <summary>A rung that opens and has no memory for an operation is found at the first one, said, and passed over.</summary>
public sealed class SessionLadderTests : IDisposable
{
    private static readonly byte[] s_iv = new byte[16];

    private readonly CryptoKey _key = new(new byte[16]);

    [Theory]
    [InlineData(LibC.ENOMEM)]
    [InlineData(LibC.ENOBUFS)]
    public void The_first_operation_goes_on_below_and_its_input_is_what_it_was(int errno)
    {
        FakeDriver top = new("top") { Fails = _ => Error(errno) };
        FakeDriver below = new("below");
        using Session session = Open(DriverPolicy.Ladder, top, below);
        session.Driver.Name.Should().Be("top");

        // In place, and the rung that fails writes over it.
        byte[] bytes = [1, 2, 3];
        session.Process(CryptOp.Encrypt(bytes, bytes, s_iv)).Should().Be(3);
        bytes.Should().Equal(2, 3, 4);
        session.Driver.Name.Should().Be("below");
        session.Driver.PassedOver.Should().ContainSingle().Which.Should().BeEquivalentTo(new PassedOverDriver("top", Error(errno).Message));
        session.Statistics.Should().Be(new SessionStatistics(1, 3, 0), "the message did not fail");
        top.Opened.Should().ContainSingle().Which.Disposals.Should().Be(1);
        session.Process(CryptOp.Encrypt(bytes, bytes, s_iv));
        session.Statistics.Should().Be(new SessionStatistics(2, 6, 0));
    }

    [Fact]
    public void Another_error_is_the_callers_and_the_rung_stays()
    {
        FakeDriver top = new("top") { Fails = _ => Error(LibC.EIO) };
        using Session session = Open(DriverPolicy.Ladder, top, new FakeDriver("below"));
        Failing(session).Errno.Should().Be(LibC.EIO);
        session.Driver.Name.Should().Be("top");
        session.Statistics.Failures.Should().Be(1);
    }

    [Fact]
    public void After_a_success_the_error_is_the_callers()
    {
        FakeDriver top = new("top") { Fails = session => session.Processed > 0 ? Error(LibC.ENOMEM) : null };
        FakeDriver below = new("below");
        using Session session = Open(DriverPolicy.Ladder, top, below);
        session.Process(CryptOp.Encrypt(new byte[3], new byte[3], s_iv));
        Failing(session).Errno.Should().Be(LibC.ENOMEM);
        session.Driver.Name.Should().Be("top");
        below.Probes.Should().Be(0);
        session.Statistics.Should().Be(new SessionStatistics(1, 3, 1));
    }

    [Fact]
    public void An_empty_message_shows_nothing()
    {
        FakeDriver top = new("top") { Fails = session => session.Processed > 0 ? Error(LibC.ENOMEM) : null };
        using Session session = Open(DriverPolicy.Ladder, top, new FakeDriver("below"));
        session.Process(CryptOp.Encrypt(default, default, s_iv));
        session.Process(CryptOp.Encrypt(new byte[3], new byte[3], s_iv)).Should().Be(3);
        session.Driver.Name.Should().Be("below");
        session.Statistics.Should().Be(new SessionStatistics(2, 3, 0), "what the rung above did counts");
    }

    [Fact]
    public void A_policy_of_one_rung_and_the_last_of_many_get_the_error()
    {
        FakeDriver top = new("top") { Fails = _ => Error(LibC.ENOMEM) };
        FakeDriver below = new("below") { Fails = _ => Error(LibC.ENOBUFS) };
        using (Session pinned = Open(DriverPolicy.Pinned("top"), top, below))
        {
            Failing(pinned).Errno.Should().Be(LibC.ENOMEM);
            pinned.Driver.PassedOver.Should().BeEmpty();
        }

        using Session session = Open(DriverPolicy.Ladder, top, below);
        Failing(session).Errno.Should().Be(LibC.ENOBUFS);
        Failing(session).Errno.Should().Be(LibC.ENOBUFS);
        session.Driver.Name.Should().Be("below");
        session.Driver.PassedOver.Should().ContainSingle();
        session.Statistics.Should().Be(new SessionStatistics(0, 0, 2));
    }

    [Fact]
    public void A_rung_that_does_not_open_is_said_too_and_one_whose_messages_are_too_short_runs_the_short_ones()
    {
        FakeDriver top = new("top") { Fails = _ => Error(LibC.ENOMEM) };
        FakeDriver gone = new("gone") { Vanishes = true };
        FakeDriver small = new("small") { MaxMessageLength = 10 };
        FakeDriver below = new("below") { MaxMessageLength = 100 };
        using Session session = Open(DriverPolicy.Ladder, top, gone, small, below);
        session.Process(CryptOp.Encrypt(new byte[11], new byte[11], s_iv)).Should().Be(11);
        session.Driver.Name.Should().Be("small");
        session.Driver.PassedOver.Select(one => one.Driver).Should().Equal("top", "gone");
        session.Drivers.Select(share => share.Driver.Name).Should().Equal("small", "below");
        session.Drivers[1].Driver.PassedOver.Select(one => one.Driver).Should().Equal("top", "gone", "small");
        session.Drivers[1].Driver.PassedOver[2].Reason.Should().Be("it takes messages of at most 10 bytes");
        session.Drivers[1].Statistics.Should().Be(new SessionStatistics(1, 11, 0));
        session.Process(CryptOp.Encrypt(new byte[10], new byte[10], s_iv)).Should().Be(10);
        session.Drivers[0].Statistics.Should().Be(new SessionStatistics(1, 10, 0));
        session.MaxMessageLength.Should().Be(100);
        session.MaxAssociatedDataLength.Should().Be(0, "a cipher authenticates nothing");
        session.Invoking(one => one.Process(CryptOp.Encrypt(new byte[101], new byte[101], s_iv))).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Descriptors_and_running_ciphers_go_on_below_too()
    {
        FakeDriver top = new("top") { Fails = _ => Error(LibC.ENOMEM) };
        using (Session session = Open(DriverPolicy.Ladder, top, new FakeDriver("below")))
        {
            byte[] buffer = new byte[20];
            CryptDescriptor step = new()
            {
                Algorithm = CryptoAlgorithm.AesCtr,
                Skip = 16,
                Length = 4,
                Flags = CryptDescriptorFlags.Encrypt | CryptDescriptorFlags.IvPresent,
            };
            session.Process(CryptOp.Chain(buffer, [step]));
            buffer[16..].Should().Equal(1, 1, 1, 1);
            session.Statistics.Should().Be(new SessionStatistics(1, 20, 0));
        }

        using Session second = Open(DriverPolicy.Ladder, top, new FakeDriver("below"));
        using CipherOperation running = second.BeginCipher(CryptDirection.Encrypt, s_iv);
        byte[] bytes = new byte[40];
        running.Update(bytes, bytes);
        running.Update(bytes.AsSpan(0, 3), bytes.AsSpan(0, 3));
        bytes.Should().Equal([2, 2, 2, .. Enumerable.Repeat((byte)1, 37)]);
        second.Driver.Name.Should().Be("below");
    }

    [Fact]
    public void The_parts_of_a_chain_move_together()
    {
        using CryptoKey macKey = new(new byte[20]);
        int calls = 0;
        FakeDriver top = new("top") { Composes = true, Fails = _ => ++calls > 1 ? Error(LibC.ENOMEM) : null };
        FakeDriver below = new("below") { Composes = true };
        using Session chain = DriverSelection.Open(
            new DriverRegistry([top, below]),
            SessionParameters.Chain(
                new CryptoTransform(CryptoAlgorithm.AesCtr, _key),
                new CryptoTransform(CryptoAlgorithm.HmacSha1, macKey)
            ),
            DriverPolicy.Ladder
        );
        byte[] buffer = new byte[40];
        CryptDescriptor cipher = new()
        {
            Algorithm = CryptoAlgorithm.AesCtr,
            Skip = 16,
            Length = 4,
            Flags = CryptDescriptorFlags.Encrypt | CryptDescriptorFlags.IvPresent,
        };
        CryptDescriptor mac = new()
        {
            Algorithm = CryptoAlgorithm.HmacSha1,
            Skip = 16,
            Length = 4,
            Inject = 20,
        };

        // The first step settles the rung: the second one's error is the caller's.
        chain.Invoking(one => one.Process(CryptOp.Chain(buffer, [cipher, mac]))).Should().Throw<CryptoDevException>();
        chain.Driver.Name.Should().Be("top");

        calls = 1;
        using Session other = DriverSelection.Open(new DriverRegistry([top, below]), chain.Parameters, DriverPolicy.Ladder);
        other.Process(CryptOp.Chain(buffer, [cipher, mac]));
        other.Driver.Name.Should().Be("below");
        other.Statistics.Should().Be(new SessionStatistics(1, 40, 0));
        buffer[20..].Should().OnlyContain(one => one == (byte)(4 * buffer[16]));
    }

    [Fact]
    public void Cipher_and_mac_start_again_as_a_whole()
    {
        using CryptoKey macKey = new(new byte[20]);
        int calls = 0;
        FakeDriver top = new("top") { Composes = true, Fails = _ => ++calls > 1 ? Error(LibC.ENOMEM) : null };
        using Session both = DriverSelection.Open(
            new DriverRegistry([top, new FakeDriver("below") { Composes = true }]),
            SessionParameters.CipherAndMac(
                new CryptoTransform(CryptoAlgorithm.AesCtr, _key),
                new CryptoTransform(CryptoAlgorithm.HmacSha1, macKey),
                MacOrder.MacCiphertext
            ),
            DriverPolicy.Ladder
        );

        // The cipher above has written its ciphertext over the text when its MAC fails.
        byte[] bytes = new byte[24];
        both.Process(CryptOp.Encrypt(bytes.AsSpan(0, 4), bytes, s_iv)).Should().Be(24);
        bytes[..4].Should().Equal(1, 1, 1, 1);
        bytes[4..].Should().OnlyContain(one => one == 4);
        both.Driver.Name.Should().Be("below");
        both.Statistics.Should().Be(new SessionStatistics(1, 4, 0));
    }

    [Fact]
    public void The_keys_are_held_for_the_next_rung_and_let_go_with_the_session()
    {
        FakeDriver top = new("top") { Fails = _ => Error(LibC.ENOMEM) };
        FakeDriver below = new("below");
        Session session = Open(DriverPolicy.Ladder, top, below);
        _key.Dispose();
        session.Process(CryptOp.Encrypt(new byte[3], new byte[3], s_iv)).Should().Be(3);
        session.Dispose();
        session.Dispose();
        (top.Opened[0].Disposals, below.Opened[0].Disposals).Should().Be((1, 1));
        FluentActions.Invoking(_key.AddReference).Should().Throw<ObjectDisposedException>();
        session.Invoking(one => one.Process(CryptOp.Encrypt(new byte[3], new byte[3], s_iv))).Should().Throw<ObjectDisposedException>();
    }

    [Fact]
    public void A_session_disposed_while_its_first_operation_fails_opens_no_other_rung()
    {
        Session? session = null;
        FakeDriver below = new("below");
        FakeDriver top = new("top")
        {
            Fails = _ =>
            {
                session!.Dispose();
                return Error(LibC.ENOMEM);
            },
        };
        session = Open(DriverPolicy.Ladder, top, below);
        session.Invoking(one => one.Process(CryptOp.Encrypt(new byte[3], new byte[3], s_iv))).Should().Throw<ObjectDisposedException>();
        below.Opened.Should().BeEmpty();
        top.Opened[0].Disposals.Should().Be(1);
    }

    [Fact]
    public void Many_threads_whose_first_operations_fail_at_once_move_once()
    {
        for (int round = 0; round < 50; round++)
        {
            using Barrier together = new(4);
            FakeDriver top = new("top")
            {
                Fails = _ =>
                {
                    together.SignalAndWait();
                    return Error(LibC.ENOMEM);
                },
            };
            FakeDriver below = new("below");
            using Session session = Open(DriverPolicy.Ladder, top, below);
            OwnThreads.Run(
                4,
                _ =>
                {
                    byte[] bytes = [7];
                    session.Process(CryptOp.Encrypt(bytes, bytes, s_iv));
                    bytes[0].Should().Be(8);
                }
            );
            below.Opened.Should().ContainSingle();
            session.Driver.PassedOver.Should().ContainSingle();
            session.Statistics.Failures.Should().Be(0);
        }
    }

    public void Dispose() => _key.Dispose();

    private static CryptoDevException Error(int errno) => new(errno, "top", "process", "no memory.");

    private static CryptoDevException Failing(Session session) =>
        session.Invoking(one => one.Process(CryptOp.Encrypt(new byte[3], new byte[3], s_iv))).Should().Throw<CryptoDevException>().Which;

    private Session Open(DriverPolicy policy, params FakeDriver[] rungs) =>
        DriverSelection.Open(new DriverRegistry(rungs), SessionParameters.Cipher(CryptoAlgorithm.AesCtr, _key), policy);
}

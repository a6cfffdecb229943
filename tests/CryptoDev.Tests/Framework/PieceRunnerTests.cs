using System.Buffers.Binary;
using CryptoDev.Drivers;
using CryptoDev.Framework;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Framework;

/// <summary>A long message in pieces, over a driver that knows its modes from their definitions and takes short messages only.</summary>
public sealed class PieceRunnerTests
{
    private const int PieceLength = 128;

    public static TheoryData<string, CryptDirection, int> Cases
    {
        get
        {
            TheoryData<string, CryptDirection, int> cases = [];
            foreach (string name in new[] { "aes-ecb", "aes-cbc", "aes-ctr", "aes-cfb", "aes-ofb", "chacha20", "null" })
            {
                foreach (CryptDirection direction in Enum.GetValues<CryptDirection>())
                {
                    cases.Add(name, direction, 1);
                    if (name is "aes-ctr" or "chacha20")
                    {
                        cases.Add(name, direction, 16);
                        cases.Add(name, direction, 64);
                    }
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Any_length_apart_and_in_place_is_the_whole_message_and_counted_once(string name, CryptDirection direction, int unit)
    {
        CryptoAlgorithm algorithm = CryptoAlgorithm.Parse(name);
        Random random = new(20261130);
        byte[] iv = Iv(algorithm, random);
        using ModeSession driver = new(algorithm, PieceLength, unit);
        DriverSession session = PiecedSession.Over(driver, algorithm);
        long messages = 0;
        long bytes = 0;
        for (int length = 0; length <= 3 * PieceLength + 20; length += algorithm.BlockSize)
        {
            byte[] input = new byte[length];
            random.NextBytes(input);
            byte[] expected = new byte[length];
            ModeSession.Run(algorithm, direction, iv, input, expected);
            byte[] apart = new byte[length + 3];
            byte[] inPlace = [.. input];
            foreach ((byte[] source, byte[] target) in new[] { (input, apart), (inPlace, inPlace) })
            {
                session
                    .Process(
                        new CryptOp
                        {
                            Direction = direction,
                            Source = source,
                            Destination = target,
                            Iv = iv,
                        }
                    )
                    .Should()
                    .Be(length);
                target[..length].Should().Equal(expected, $"{name} {direction} by {unit}, {length} bytes");
            }

            apart[length..].Should().OnlyContain(one => one == 0);
            messages += 2;
            bytes += 2 * length;
        }

        driver.Longest.Should().BeLessThanOrEqualTo(PieceLength);
        session.Statistics.Should().Be(new SessionStatistics(messages, bytes, 0));
    }

    [Fact]
    public void A_piece_that_fails_is_one_failure_and_leaves_what_follows_as_it_was()
    {
        CryptoAlgorithm algorithm = CryptoAlgorithm.AesCbc;
        using ModeSession driver = new(algorithm, PieceLength) { FailingCall = 3 };
        DriverSession session = PiecedSession.Over(driver, algorithm);
        byte[] bytes = [.. Enumerable.Range(0, 4 * PieceLength).Select(i => (byte)i)];
        byte[] before = [.. bytes];
        session
            .Invoking(one => one.Process(CryptOp.Encrypt(bytes, bytes, new byte[16])))
            .Should()
            .Throw<CryptoDevException>()
            .Which.Errno.Should()
            .Be(LibC.ENOMEM);
        bytes[(2 * PieceLength)..].Should().Equal(before[(2 * PieceLength)..]);
        session.Statistics.Should().Be(new SessionStatistics(0, 0, 1));
    }

    [Fact]
    public void A_driver_that_takes_every_message_has_nothing_above_it()
    {
        using FakeSession session = new();
        PiecedSession.Over(session, CryptoAlgorithm.AesCtr).Should().BeSameAs(session);
    }

    [Fact]
    public void The_first_piece_of_a_long_message_shows_whether_the_rung_can()
    {
        CryptoAlgorithm algorithm = CryptoAlgorithm.AesCbc;
        using CryptoKey key = new(new byte[16]);
        ModeDriver top = new("top", () => new ModeSession(algorithm, PieceLength) { FailingCall = 1 });
        ModeDriver below = new("below", () => new ModeSession(algorithm, 48));
        byte[] iv = Iv(algorithm, new Random(1));
        byte[] bytes = [.. Enumerable.Range(0, 10 * PieceLength).Select(i => (byte)(i * 7))];
        byte[] expected = new byte[bytes.Length];
        ModeSession.Run(algorithm, CryptDirection.Decrypt, iv, bytes, expected);
        using Session session = DriverSelection.Open(
            new DriverRegistry([top, below]),
            SessionParameters.Cipher(algorithm, key),
            DriverPolicy.Ladder
        );
        session.Process(CryptOp.Decrypt(bytes, bytes, iv)).Should().Be(bytes.Length);
        bytes.Should().Equal(expected);
        session.Driver.PassedOver.Should().ContainSingle();
        below.Session!.Longest.Should().Be(48, "each rung has pieces of its own length");
        session.Statistics.Should().Be(new SessionStatistics(1, bytes.Length, 0));
    }

    private static byte[] Iv(CryptoAlgorithm algorithm, Random random)
    {
        byte[] iv = new byte[algorithm.IvSizes.Default];
        random.NextBytes(iv);
        if (algorithm.Name == "chacha20")
        {
            BinaryPrimitives.WriteUInt32LittleEndian(iv, 5);
        }
        else if (iv.Length > 0)
        {
            // So that a counter carries.
            iv[^1] = 0xFE;
            iv[^2] = 0xFF;
        }

        return iv;
    }

    private sealed class ModeDriver(string name, Func<ModeSession> open) : ICryptoDriver
    {
        public ModeSession? Session { get; private set; }

        public DriverInfo Info { get; } = new() { Name = name, Kind = DriverKind.Generic };

        public RungAvailability Availability => new(name, true, null, null);

        public IReadOnlyList<string> Notes => [];

        public IReadOnlyList<DriverInfo> Members => [];

        public DriverVerdict Probe(SessionParameters parameters) => DriverVerdict.Yes(DriverKind.Generic, long.MaxValue);

        public DriverSession OpenSession(SessionParameters parameters) => Session = open();

        public ICryptoDriver? Pin(string member) => null;
    }
}

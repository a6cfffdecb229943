using CryptoDev.Drivers;
using CryptoDev.Drivers.Software;
using CryptoDev.Framework;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Framework;

/// <summary>That the check of the contract sees each way of breaking it, and nothing where it is kept.</summary>
public sealed class DriverContractTests : IDisposable
{
    private readonly CryptoKey _key = new(new byte[16]);

    /// <summary>What a driver does to an operation and answers, and the rule that it breaks.</summary>
    public static TheoryData<string, string> Breaches =>
        new()
        {
            { "short", "it says that it wrote 31 bytes of 32" },
            { "mismatch", "it says that a tag is wrong where none was to be compared" },
            { "beyond", "it wrote to the destination beyond the 32 bytes of the result" },
            { "source", "it wrote to the source" },
            { "iv", "it wrote to the IV" },
            { "refuses late", "it refused the arguments and had written to the destination" },
            { "fails late", "it wrote to the destination beyond the 32 bytes of the result" },
            { "fails on source", "it wrote to the source" },
        };

    [Theory]
    [MemberData(nameof(Breaches))]
    public void A_cipher_that_breaks_a_rule_is_caught(string breach, string rule)
    {
        byte[] source = new byte[32];
        byte[] iv = new byte[16];
        using DriverSession watched = Watch(
            SessionParameters.Cipher(CryptoAlgorithm.AesCbc, _key),
            (in CryptOp op) =>
            {
                Span<byte> target = op.Destination;
                switch (breach)
                {
                    case "short":
                        return 31;
                    case "mismatch":
                        return DriverSession.TagMismatch;
                    case "beyond":
                        target[32] ^= 1;
                        break;
                    case "source":
                        source[31] ^= 1;
                        break;
                    case "iv":
                        iv[0] ^= 1;
                        break;
                    case "refuses late":
                        target[0] ^= 1;
                        throw new ArgumentException("Too long for me.");
                    case "fails late":
                        target[40] ^= 1;
                        throw new CryptoDevException(5, "liar", "process", "it broke.");
                    default:
                        source[0] ^= 1;
                        throw new CryptoDevException(5, "liar", "process", "it broke.");
                }

                return 32;
            }
        );
        watched
            .Invoking(session => session.Process(CryptOp.Encrypt(source, new byte[48], iv)))
            .Should()
            .Throw<InvalidOperationException>()
            .WithMessage($"The driver liar broke the contract of DriverSession.Process: {rule}.");
    }

    [Theory]
    [InlineData("long", "it says that it wrote 33 bytes of 32")]
    [InlineData("verified tag", "it wrote to a tag that was to be compared")]
    [InlineData("data", "it wrote to the associated data")]
    [InlineData("refuses late", "it refused the arguments and had written to the tag")]
    public void An_aead_that_breaks_a_rule_is_caught(string breach, string rule)
    {
        byte[] data = new byte[8];
        byte[] tag = new byte[16];
        using DriverSession watched = Watch(
            SessionParameters.Aead(CryptoAlgorithm.AesGcm, _key),
            (in CryptOp op) =>
            {
                (breach == "data" ? data : tag)[0] ^= 1;
                return breach == "refuses late" ? throw new ArgumentException("Too long for me.")
                    : breach == "long" ? 33
                    : 32;
            }
        );
        watched
            .Invoking(session =>
                session.Process(
                    breach == "refuses late"
                        ? CryptOp.Seal(new byte[12], new byte[32], new byte[32], tag, data)
                        : CryptOp.Open(new byte[12], new byte[32], tag, new byte[32], data)
                )
            )
            .Should()
            .Throw<InvalidOperationException>()
            .WithMessage($"*: {rule}.");
    }

    [Theory]
    [InlineData(31, false, "it says that its digest has 31 bytes of 32")]
    [InlineData(DriverSession.TagMismatch, false, "it says that a tag is wrong where none was to be compared")]
    [InlineData(32, true, "it wrote to the source")]
    public void A_digest_that_breaks_a_rule_is_caught(int answer, bool writes, string rule)
    {
        byte[] source = new byte[10];
        using DriverSession watched = Watch(
            SessionParameters.Digest(CryptoAlgorithm.Sha256),
            (in CryptOp op) =>
            {
                source[0] ^= writes ? (byte)1 : (byte)0;
                return answer;
            }
        );
        watched
            .Invoking(session => session.Process(CryptOp.Digest(source, new byte[32])))
            .Should()
            .Throw<InvalidOperationException>()
            .WithMessage($"*: {rule}.");
    }

    [Fact]
    public void A_compressor_that_claims_more_than_there_is_room_is_caught()
    {
        using DriverSession watched = Watch(SessionParameters.Compression(CryptoAlgorithm.Deflate), (in CryptOp op) => 11);
        watched
            .Invoking(session => session.Process(CryptOp.Encrypt(new byte[20], new byte[10])))
            .Should()
            .Throw<InvalidOperationException>()
            .WithMessage("*: it says that it wrote 11 bytes to 10.");
    }

    /// <summary>The framework's half: what no driver is ever given.</summary>
    public static TheoryData<string, string> NotPlain =>
        new()
        {
            { "iv", "its IV has 15 bytes, the session's 16" },
            { "random", "its IV is not explicit" },
            { "tag", "its tag has 16 bytes, the session's 0" },
            { "expected", "its expected tag has 16 of 0 bytes" },
            { "blocks", "its 31 bytes are no whole blocks" },
            { "limit", "its 2097152 bytes are over the limit of 1048576" },
            { "room", "its destination is shorter than its source" },
            { "overlap", "source and destination overlap in part" },
            { "data", "it has associated data that nothing authenticates" },
            { "buffer", "the operation is not in the flat form" },
        };

    [Theory]
    [MemberData(nameof(NotPlain))]
    public void An_operation_that_is_not_plain_does_not_reach_the_driver(string what, string rule)
    {
        int calls = 0;
        using DriverSession watched = Watch(
            SessionParameters.Cipher(CryptoAlgorithm.AesCbc, _key),
            (in CryptOp op) =>
            {
                calls++;
                return op.Source.Length;
            }
        );
        byte[] memory = new byte[1 << 21];
        byte[] iv = new byte[16];
        void Process()
        {
            CryptOp plain = CryptOp.Encrypt(memory.AsSpan(0, 32), memory.AsSpan(0, 32), iv);
            watched.Process(
                what switch
                {
                    "iv" => plain with { Iv = iv.AsSpan(1) },
                    "random" => plain with { IvSource = IvSource.Random },
                    "tag" => plain with { Tag = new byte[16] },
                    "expected" => plain with { ExpectedTag = new byte[16] },
                    "blocks" => plain with { Source = memory.AsSpan(0, 31) },
                    "limit" => plain with { Source = memory, Destination = memory },
                    "room" => plain with { Destination = memory.AsSpan(0, 16) },
                    "overlap" => plain with { Destination = memory.AsSpan(16, 32) },
                    "data" => plain with { AssociatedData = iv },
                    _ => plain with { Buffer = memory },
                }
            );
        }

        FluentActions.Invoking(Process).Should().Throw<InvalidOperationException>().WithMessage($"*never given: {rule}.");
        calls.Should().Be(0);
    }

    [Fact]
    public void The_software_rung_keeps_it_in_every_mode()
    {
        DriverRegistry registry = new([SoftwareDriver.Instance]) { ChecksDrivers = true };
        using CryptoDevice device = new(new CryptoDeviceOptions(), registry);
        byte[] buffer = new byte[100];
        using (Session cipher = device.CreateSession(SessionParameters.Cipher(CryptoAlgorithm.AesCtr, _key)))
        {
            cipher.Process(CryptOp.Encrypt(buffer.AsSpan(0, 50), buffer, new byte[16])).Should().Be(50);
            cipher.Process(CryptOp.Encrypt(default, default, new byte[16])).Should().Be(0);
        }

        using (Session aead = device.CreateSession(SessionParameters.Aead(CryptoAlgorithm.AesGcm, _key)))
        {
            aead.Process(CryptOp.SealAttached(new byte[12], buffer.AsSpan(0, 50), buffer.AsSpan(0, 66), new byte[3])).Should().Be(66);
            aead.Process(CryptOp.OpenAttached(new byte[12], buffer.AsSpan(0, 66), buffer.AsSpan(0, 50), new byte[3])).Should().Be(50);
            aead.Invoking(session => session.Process(CryptOp.OpenAttached(new byte[12], new byte[66], new byte[50])))
                .Should()
                .Throw<System.Security.Cryptography.AuthenticationTagMismatchException>();
        }

        using (Session digest = device.CreateSession(SessionParameters.Digest(CryptoAlgorithm.Sha256)))
        {
            digest.Process(CryptOp.Digest(buffer, new byte[32])).Should().Be(32);
        }

        using (
            Session both = device.CreateSession(
                SessionParameters.CipherAndMac(
                    new CryptoTransform(CryptoAlgorithm.AesCbc, _key),
                    new CryptoTransform(CryptoAlgorithm.HmacSha256, _key),
                    MacOrder.MacCiphertext
                )
            )
        )
        {
            both.Process(CryptOp.SealAttached(new byte[16], buffer.AsSpan(0, 48), buffer.AsSpan(0, 80))).Should().Be(80);
            both.Process(CryptOp.OpenAttached(new byte[16], buffer.AsSpan(0, 80), buffer.AsSpan(0, 48))).Should().Be(48);
        }
    }

    [Fact]
    public void A_device_that_checks_watches_every_session_it_opens()
    {
        using CryptoDevice watches = new(
            new CryptoDeviceOptions(),
            new DriverRegistry([new FakeDriver("fake") { Fails = _ => new ArgumentException("Never.") }]) { ChecksDrivers = true }
        );
        using Session session = watches.CreateSession(SessionParameters.Cipher(CryptoAlgorithm.AesCtr, _key));
        session
            .Invoking(one => one.Process(CryptOp.Encrypt(new byte[4], new byte[4], new byte[16])))
            .Should()
            .Throw<InvalidOperationException>()
            .WithMessage("*had written to the destination.");
    }

    public void Dispose() => _key.Dispose();

    private static DriverSession Watch(SessionParameters parameters, Behaviour behaviour) =>
        DriverContract.Check(new Scripted(behaviour), parameters);

    private delegate int Behaviour(in CryptOp op);

    private sealed class Scripted(Behaviour behaviour) : DriverSession
    {
        public override SessionDriver Driver { get; } = new() { Name = "liar", Kind = DriverKind.Generic };

        public override long MaxMessageLength => 1 << 20;

        public override SessionStatistics Statistics => default;

        public override int Process(in CryptOp op) => behaviour(in op);

        public override DigestState BeginDigest() => throw new InvalidOperationException("None.");

        public override void Dispose()
        {
            // Nothing is held.
        }
    }
}

using System.Security.Cryptography;
using CryptoDev.Framework;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Framework;

/// <summary>A message is counted once, whatever it is made of.</summary>
public sealed class SessionStatisticsTests : IDisposable
{
    private readonly CryptoDevice _device = CryptoDevice.Open(new CryptoDeviceOptions { Policy = DriverPolicy.SoftwareOnly });
    private readonly CryptoKey _key = new(new byte[16]);
    private readonly CryptoKey _macKey = new(new byte[20]);

    [Fact]
    public void A_chain_counts_messages_and_not_steps()
    {
        using Session chain = _device.CreateSession(
            SessionParameters.Chain(
                new CryptoTransform(CryptoAlgorithm.HmacSha1, _macKey),
                new CryptoTransform(CryptoAlgorithm.AesCbc, _key)
            )
        );
        byte[] buffer = new byte[84];
        CryptDescriptor cipher = new()
        {
            Algorithm = CryptoAlgorithm.AesCbc,
            Skip = 16,
            Length = 32,
            Flags = CryptDescriptorFlags.Encrypt,
        };
        CryptDescriptor mac = new()
        {
            Algorithm = CryptoAlgorithm.HmacSha1,
            Length = 64,
            Inject = 64,
        };
        chain.Process(CryptOp.Chain(buffer, [cipher]));
        chain.Statistics.Should().Be(new SessionStatistics(1, 84, 0));
        chain.Process(CryptOp.Chain(buffer, [cipher, mac]));
        chain.Process(CryptOp.Chain(buffer, [cipher, cipher, mac]));
        chain.Statistics.Should().Be(new SessionStatistics(3, 3 * 84, 0));
        buffer[64] ^= 1;
        FluentActions
            .Invoking(() =>
                chain.Process(
                    new CryptOp
                    {
                        Buffer = buffer,
                        Descriptors = new[] { mac },
                        TagAction = TagAction.Verify,
                    }
                )
            )
            .Should()
            .Throw<AuthenticationTagMismatchException>();
        chain.Invoking(one => one.Process(CryptOp.Chain(new byte[4], [cipher]))).Should().Throw<ArgumentException>();
        chain.Statistics.Should().Be(new SessionStatistics(3, 3 * 84, 1), "a refused call is nobody's message");
    }

    [Theory]
    [InlineData(MacOrder.MacCiphertext)]
    [InlineData(MacOrder.MacPlaintext)]
    public void Cipher_and_mac_are_one_message(MacOrder order)
    {
        using Session both = _device.CreateSession(
            SessionParameters.CipherAndMac(
                new CryptoTransform(CryptoAlgorithm.AesCbc, _key),
                new CryptoTransform(CryptoAlgorithm.HmacSha1, _macKey),
                order
            )
        );
        byte[] sealedMessage = new byte[32 + 20];
        both.Process(CryptOp.SealAttached(new byte[16], new byte[32], sealedMessage));
        both.Process(CryptOp.OpenAttached(new byte[16], sealedMessage, new byte[32]));
        both.Statistics.Should().Be(new SessionStatistics(2, 64, 0));
        sealedMessage[^1] ^= 1;
        both.Invoking(one => one.Process(CryptOp.OpenAttached(new byte[16], sealedMessage, new byte[32])))
            .Should()
            .Throw<AuthenticationTagMismatchException>();
        both.Statistics.Should().Be(new SessionStatistics(2, 64, 1), "a message that fails is not one that was processed");

        CryptDescriptor cipher = new()
        {
            Algorithm = CryptoAlgorithm.AesCbc,
            Skip = 16,
            Length = 32,
            Flags = CryptDescriptorFlags.Encrypt,
        };
        both.Process(CryptOp.Chain(new byte[48], [cipher, cipher]));
        both.Statistics.Should().Be(new SessionStatistics(3, 112, 1));
    }

    [Fact]
    public void Descriptors_on_a_single_transform_are_one_message()
    {
        using Session session = _device.CreateSession(SessionParameters.Cipher(CryptoAlgorithm.AesCbc, _key));
        CryptDescriptor step = new()
        {
            Algorithm = CryptoAlgorithm.AesCbc,
            Skip = 16,
            Length = 16,
            Flags = CryptDescriptorFlags.Encrypt,
        };
        session.Process(CryptOp.Chain(new byte[48], [step, step, step]));
        session.Statistics.Should().Be(new SessionStatistics(1, 48, 0));
        session.Process(CryptOp.Encrypt(new byte[32], new byte[32], new byte[16]));
        session.Statistics.Should().Be(new SessionStatistics(2, 80, 0));
    }

    [Fact]
    public void A_wrong_tag_in_a_descriptor_is_one_failure()
    {
        using Session aead = _device.CreateSession(SessionParameters.Aead(CryptoAlgorithm.AesGcm, _key));
        CryptDescriptor step = new()
        {
            Algorithm = CryptoAlgorithm.AesGcm,
            Length = 16,
            Inject = 16,
            Flags = CryptDescriptorFlags.IvExplicit,
        };
        step.SetIv(new byte[12]);
        aead.Invoking(one => one.Process(CryptOp.Chain(new byte[32], [step]))).Should().Throw<AuthenticationTagMismatchException>();
        aead.Statistics.Should().Be(new SessionStatistics(0, 0, 1));
    }

    [Fact]
    public void A_digest_that_does_not_match_is_a_failure_and_no_operation()
    {
        using Session digest = _device.CreateSession(SessionParameters.Digest(CryptoAlgorithm.Sha256));
        digest
            .Invoking(one => one.Process(CryptOp.Verify(new byte[10], new byte[32])))
            .Should()
            .Throw<AuthenticationTagMismatchException>();
        digest.Statistics.Should().Be(new SessionStatistics(0, 0, 1));
    }

    [Fact]
    public void A_driver_that_fails_under_a_composition_is_one_failure()
    {
        int calls = 0;
        FakeDriver driver = new("fake")
        {
            Composes = true,
            Fails = _ => ++calls > 1 ? new CryptoDevException(5, "fake", "process", "it broke.") : null,
        };
        using Session both = DriverSelection.Open(
            new DriverRegistry([driver]),
            SessionParameters.CipherAndMac(
                new CryptoTransform(CryptoAlgorithm.AesCbc, _key),
                new CryptoTransform(CryptoAlgorithm.HmacSha1, _macKey),
                MacOrder.MacCiphertext
            ),
            DriverPolicy.Ladder
        );
        both.Invoking(one => one.Process(CryptOp.Encrypt(new byte[16], new byte[36], new byte[16]))).Should().Throw<CryptoDevException>();
        both.Statistics.Should().Be(new SessionStatistics(0, 0, 1));
    }

    [Fact]
    public void Many_threads_are_counted_exactly()
    {
        using Session session = _device.CreateSession(
            SessionParameters.Chain(
                new CryptoTransform(CryptoAlgorithm.AesCbc, _key),
                new CryptoTransform(CryptoAlgorithm.HmacSha1, _macKey)
            )
        );
        Parallel.For(
            0,
            8,
            _ =>
            {
                byte[] buffer = new byte[48];
                CryptDescriptor[] steps =
                [
                    new()
                    {
                        Algorithm = CryptoAlgorithm.AesCbc,
                        Skip = 16,
                        Length = 16,
                        Flags = CryptDescriptorFlags.Encrypt,
                    },
                ];
                for (int i = 0; i < 500; i++)
                {
                    session.Process(CryptOp.Chain(buffer, steps));
                }
            }
        );
        session.Statistics.Should().Be(new SessionStatistics(4000, 4000 * 48, 0));
    }

    public static TheoryData<string> Digests => ["sha256", "hmac-sha256", "aes-cmac", "aes-xcbc-mac", "sha1-kpdk", "null-hmac"];

    [Theory]
    [MemberData(nameof(Digests))]
    public void A_digest_in_pieces_is_one_message(string name)
    {
        CryptoAlgorithm algorithm = CryptoAlgorithm.Parse(name);
        using Session session = _device.CreateSession(
            algorithm.Kind == AlgorithmKind.Digest ? SessionParameters.Digest(algorithm)
            : algorithm.KeySizes.Maximum == 0 ? SessionParameters.KeyedDigest(algorithm, null)
            : SessionParameters.KeyedDigest(algorithm, algorithm.KeySizes.Contains(16) ? _key : _macKey)
        );
        byte[] digest = new byte[session.TagLength];
        for (int i = 0; i < 1000; i++)
        {
            using DigestOperation running = session.BeginDigest();
            running.Update(new byte[60]);
            running.Update(new byte[40]);
            running.Final(digest);
        }

        session.Statistics.Should().Be(new SessionStatistics(1000, 100_000, 0));
        using DigestOperation dropped = session.BeginDigest();
        dropped.Update(new byte[7]);
        dropped.Peek(digest);
        using (DigestOperation copy = dropped.Clone())
        {
            copy.Final(digest);
        }

        session.Statistics.Should().Be(new SessionStatistics(1001, 100_007, 0), "the bytes were processed, one message has ended");
        session.Drivers.Should().ContainSingle().Which.Statistics.Should().Be(session.Statistics);
    }

    public static TheoryData<string> Ciphers => ["aes-cbc", "aes-ctr", "chacha20", "arc4", "null"];

    [Theory]
    [MemberData(nameof(Ciphers))]
    public void A_cipher_in_pieces_is_one_message(string name)
    {
        CryptoAlgorithm algorithm = CryptoAlgorithm.Parse(name);
        using CryptoKey key = new(new byte[Math.Max(1, algorithm.KeySizes.Default)]);
        using Session session = _device.CreateSession(SessionParameters.Cipher(algorithm, algorithm.KeySizes.Maximum == 0 ? null : key));
        byte[] bytes = new byte[160];
        for (int i = 0; i < 100; i++)
        {
            using CipherOperation running = session.BeginCipher(CryptDirection.Encrypt, new byte[session.IvLength]);
            running.Update(bytes.AsSpan(0, 64), bytes.AsSpan(0, 64));
            running.Update(bytes.AsSpan(64), bytes.AsSpan(64));
            running.Final();
        }

        session.Statistics.Should().Be(new SessionStatistics(100, 16_000, 0));
    }

    [Fact]
    public void A_cipher_whose_pieces_are_messages_of_the_driver_is_one_message_too()
    {
        int calls = 0;
        FakeDriver driver = new("fake") { Fails = _ => ++calls > 4 ? new CryptoDevException(5, "fake", "process", "it broke.") : null };
        using Session session = DriverSelection.Open(
            new DriverRegistry([driver]),
            SessionParameters.Cipher(CryptoAlgorithm.AesCtr, _key),
            DriverPolicy.Ladder
        );
        byte[] bytes = new byte[20];
        using (CipherOperation running = session.BeginCipher(CryptDirection.Encrypt, new byte[16]))
        {
            running.Update(bytes, bytes);
            running.Final();
        }

        driver.Opened[0].Processed.Should().Be(2, "a stream that stops inside a block runs that block by itself");
        session.Statistics.Should().Be(new SessionStatistics(1, 20, 0));
        using CipherOperation breaks = session.BeginCipher(CryptDirection.Encrypt, new byte[16]);
        breaks.Update(bytes, bytes);
        breaks.Invoking(one => one.Update(bytes, bytes)).Should().Throw<CryptoDevException>();
        session.Statistics.Should().Be(new SessionStatistics(1, 40, 1));
    }

    [Fact]
    public void The_counters_outlive_the_session()
    {
        Session session = _device.CreateSession(SessionParameters.Digest(CryptoAlgorithm.Sha256));
        session.Process(CryptOp.Digest(new byte[10], new byte[32]));
        using DigestOperation running = session.BeginDigest();
        running.Update(new byte[5]);
        session.Dispose();
        session.Statistics.Should().Be(new SessionStatistics(1, 15, 0));
        session.Drivers[0].Statistics.Should().Be(session.Statistics);
        session.ToString().Should().Be("Digest: sha256 on software");
    }

    public void Dispose()
    {
        _device.Dispose();
        _key.Dispose();
        _macKey.Dispose();
    }
}

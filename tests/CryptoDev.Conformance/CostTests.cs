using System.Security.Cryptography;
using CryptoDev.Conformance.Support;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Conformance;

/// <summary>
/// What an operation leaves behind: no garbage, and an entry in the counters. Alone, because tests beside it keep the compiler from its
/// last tier.
/// </summary>
[Collection(nameof(Alone))]
public sealed class CostTests
{
    [Theory]
    [MemberData(nameof(TargetData.Measurable), MemberType = typeof(TargetData))]
    public void An_operation_allocates_nothing(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        Session session = subject.Session;
        byte[] message = random.Bytes(Sizes.Fitted(subject.Algorithm, 256));
        byte[] iv = subject.Iv(random);
        byte[] output = new byte[message.Length + session.TagLength];
        byte[] back = new byte[message.Length];
        bool turnsBack = subject.Algorithm.Kind is AlgorithmKind.Cipher or AlgorithmKind.Aead;
        CryptDescriptor[] steps =
        [
            new CryptDescriptor
            {
                Algorithm = subject.Algorithm,
                Length = turnsBack ? message.Length : 16,
                Inject = turnsBack ? 0 : 100,
                Flags = CryptDescriptorFlags.Encrypt | CryptDescriptorFlags.IvPresent,
            },
        ];
        if (iv.Length > 0)
        {
            steps[0].SetIv(iv);
        }

        steps[0].Inject = subject.Algorithm.Kind == AlgorithmKind.Cipher ? 0 : message.Length;
        byte[] buffer = new byte[message.Length + 64];

        void Once()
        {
            session.Process(
                new CryptOp
                {
                    Source = message,
                    Destination = output,
                    Iv = iv,
                }
            );
            if (turnsBack)
            {
                session.Process(
                    new CryptOp
                    {
                        Direction = CryptDirection.Decrypt,
                        Source = output,
                        Destination = back,
                        Iv = iv,
                    }
                );
            }

            session.Process(CryptOp.Chain(buffer, steps));
        }

        Allocation.Of(Once).Should().Be(0, $"{subject}: bytes allocated by {Allocation.Operations} rounds");
    }

    [Theory]
    [MemberData(nameof(TargetData.MeasurableRungs), MemberType = typeof(TargetData))]
    public void Cipher_and_mac_allocates_nothing(string driver)
    {
        using CryptoKey first = new(new byte[16]);
        using CryptoKey second = new(new byte[32]);
        using Session session = Targets.Open(
            driver,
            SessionParameters.CipherAndMac(
                new CryptoTransform(CryptoAlgorithm.AesCbc, first),
                new CryptoTransform(CryptoAlgorithm.HmacSha256, second),
                MacOrder.MacCiphertext
            )
        );
        byte[] buffer = new byte[64 + 32];
        byte[] iv = new byte[16];
        void Once()
        {
            session.Process(CryptOp.SealAttached(iv, buffer.AsSpan(0, 64), buffer));
            session.Process(CryptOp.OpenAttached(iv, buffer, buffer.AsSpan(0, 64)));
        }

        Once();
        buffer[0] ^= 1;
        Check.Throws<AuthenticationTagMismatchException>(
            $"{session}",
            () => session.Process(CryptOp.OpenAttached(iv, buffer, buffer.AsSpan(0, 64)))
        );
        session.Statistics.Failures.Should().Be(1, "wrong tags are failures");

        Allocation.Of(Once).Should().Be(0, $"{session}: bytes allocated by {Allocation.Operations} rounds");
    }

    [Theory]
    [MemberData(nameof(TargetData.Messages), MemberType = typeof(TargetData))]
    public void Messages_bytes_and_failures_are_counted(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        byte[] iv = subject.Iv(random);
        subject.Session.Statistics.Should().Be(new SessionStatistics(0, 0, 0));
        long bytes = 0;
        for (int i = 0; i < 10; i++)
        {
            byte[] message = random.Bytes(Sizes.Fitted(subject.Algorithm, 16 * i));
            subject.Seal(message, iv);
            bytes += message.Length;
        }

        Check.Refused($"{subject}", () => subject.Session.Process(CryptOp.Encrypt(new byte[64], default, iv)));
        subject.Session.Statistics.Should().Be(new SessionStatistics(10, bytes, 0), $"{subject}: a refused call is nobody's message");
    }

    [Theory]
    [MemberData(nameof(TargetData.Tagged), MemberType = typeof(TargetData))]
    public void A_wrong_tag_counts_as_a_failure(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        byte[] iv = subject.Iv(random);
        byte[] wrong = subject.Seal([], iv);
        wrong[0] ^= 1;
        Check.Throws<AuthenticationTagMismatchException>(
            $"{subject}",
            () =>
            {
                if (subject.Algorithm.Kind == AlgorithmKind.Aead)
                {
                    subject.Open(wrong, iv);
                }
                else
                {
                    subject.Session.Process(CryptOp.Verify(default, wrong, iv));
                }
            }
        );
        subject.Session.Statistics.Failures.Should().Be(1, $"{subject}: wrong tags are failures");
    }
}

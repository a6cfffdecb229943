using System.Security.Cryptography;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Conformance.AfAlg;

public sealed class AfAlgAeadTests(AfAlgFixture fixture) : IClassFixture<AfAlgFixture>
{
    public static TheoryNames Aeads => AfAlgFixture.Algorithms(AlgorithmKind.Aead);

    [Theory]
    [MemberData(nameof(Aeads))]
    public void Every_length_of_text_data_and_tag_gives_the_bytes_of_the_software_rung(string name)
    {
        if (!fixture.IsPresent())
        {
            return;
        }

        Random random = new(fixture.Seed);
        CryptoAlgorithm algorithm = CryptoAlgorithm.Parse(name);
        foreach (int tagLength in algorithm.TagSizes.Values())
        {
            foreach (int ivLength in (algorithm.Kernel.IvSizes ?? algorithm.IvSizes).Values())
            {
                using CryptoKey key = new(AfAlgFixture.Bytes(random, algorithm.KeySizes.Default));
                SessionParameters parameters = SessionParameters.Aead(algorithm, key, tagLength, ivLength);
                using Session? kernel = fixture.TryOpen(parameters);
                if (kernel is null)
                {
                    continue;
                }

                using Session software = fixture.OpenSoftware(parameters);
                foreach (int associated in (int[])[0, 1, 13, 16, 300])
                {
                    for (int length = 0; length < 70; length += 1 + (associated % 5))
                    {
                        Compare(kernel, software, random, associated, length);
                    }
                }

                Compare(kernel, software, random, 5000, 60_000 % (int)Math.Min(kernel.MaxMessageLength + 1, 65535));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Aeads))]
    public void A_message_at_the_limit_is_right_and_one_byte_more_is_refused(string name)
    {
        if (!fixture.IsPresent())
        {
            return;
        }

        Random random = new(fixture.Seed);
        CryptoAlgorithm algorithm = CryptoAlgorithm.Parse(name);
        using CryptoKey key = new(AfAlgFixture.Bytes(random, algorithm.KeySizes.Default));
        SessionParameters parameters = SessionParameters.Aead(algorithm, key);
        using Session? kernel = fixture.TryOpen(parameters);
        if (kernel is null)
        {
            return;
        }

        using Session software = fixture.OpenSoftware(parameters);
        int limit = (int)kernel.MaxMessageLength;
        limit.Should().BeGreaterThanOrEqualTo(200_000);
        Compare(kernel, software, random, 0, limit);
        Compare(kernel, software, random, 1000, limit - 1000);
        Compare(kernel, software, random, limit, 0);
        Compare(kernel, software, random, limit - 1, 1);

        byte[] tag = new byte[16];
        byte[] text = new byte[limit];
        Action process = () => kernel.Process(CryptOp.Seal(new byte[kernel.IvLength], text, text, tag, new byte[1]));
        process.Should().Throw<ArgumentException>().WithMessage($"*{limit}*");
        text.Should().OnlyContain(value => value == 0, "nothing may be touched");
    }

    [Theory]
    [MemberData(nameof(Aeads))]
    public void A_changed_byte_anywhere_is_noticed_and_leaves_no_plaintext(string name)
    {
        if (!fixture.IsPresent())
        {
            return;
        }

        Random random = new(fixture.Seed);
        CryptoAlgorithm algorithm = CryptoAlgorithm.Parse(name);
        using CryptoKey key = new(AfAlgFixture.Bytes(random, algorithm.KeySizes.Default));
        using Session? session = fixture.TryOpen(SessionParameters.Aead(algorithm, key));
        if (session is null)
        {
            return;
        }

        byte[] iv = AfAlgFixture.Bytes(random, session.IvLength);
        byte[] associated = AfAlgFixture.Bytes(random, 20);
        byte[] message = AfAlgFixture.Bytes(random, 33);
        byte[] sealedMessage = new byte[message.Length + 16];
        session.Process(CryptOp.SealAttached(iv, message, sealedMessage, associated));
        byte[] plain = new byte[message.Length];
        for (int i = 0; i < sealedMessage.Length + associated.Length; i++)
        {
            byte[] changed = [.. sealedMessage];
            byte[] changedAssociated = [.. associated];
            (i < changed.Length ? ref changed[i] : ref changedAssociated[i - changed.Length]) ^= 0x10;
            Array.Fill(plain, (byte)0xee);
            Action open = () => session.Process(CryptOp.OpenAttached(iv, changed, plain, changedAssociated));
            open.Should().Throw<AuthenticationTagMismatchException>();
            plain.Should().OnlyContain(value => value == 0);
        }

        session.Process(CryptOp.OpenAttached(iv, sealedMessage, plain, associated)).Should().Be(message.Length);
        plain.Should().Equal(message);
    }

    [Theory]
    [MemberData(nameof(Aeads))]
    public void The_tag_of_nothing_at_all_is_checked_too(string name)
    {
        if (!fixture.IsPresent())
        {
            return;
        }

        // A receive without room returns 0 and never looks at the tag.
        CryptoAlgorithm algorithm = CryptoAlgorithm.Parse(name);
        using CryptoKey key = new(new byte[algorithm.KeySizes.Default]);
        using Session? session = fixture.TryOpen(SessionParameters.Aead(algorithm, key));
        if (session is null)
        {
            return;
        }

        byte[] iv = new byte[session.IvLength];
        byte[] tag = new byte[16];
        session.Process(CryptOp.Seal(iv, [], [], tag)).Should().Be(0);
        session.Process(CryptOp.Open(iv, [], tag, [])).Should().Be(0);
        tag[15] ^= 1;
        Action open = () => session.Process(CryptOp.Open(iv, [], tag, []));
        open.Should().Throw<AuthenticationTagMismatchException>();
    }

    [Fact]
    public void A_nonce_that_the_kernel_does_not_take_is_refused_with_the_sizes()
    {
        if (!fixture.IsPresent())
        {
            return;
        }

        using CryptoKey key = new(new byte[16]);
        Action open = () =>
            fixture.Device.CreateSession(SessionParameters.Aead(CryptoAlgorithm.AesGcm, key, ivLength: 16), DriverPolicy.Pinned("af_alg"));
        open.Should().Throw<CryptoDevException>().WithMessage("*an IV of 12 bytes*not of 16*");
    }

    private void Compare(Session kernel, Session software, Random random, int associatedLength, int length)
    {
        string because = $"{kernel} with {associatedLength} + {length} bytes, seed {fixture.Seed}";
        byte[] iv = AfAlgFixture.Bytes(random, kernel.IvLength);
        byte[] associated = AfAlgFixture.Bytes(random, associatedLength);
        byte[] message = AfAlgFixture.Bytes(random, length);
        byte[] expected = new byte[length + software.TagLength];
        byte[] actual = new byte[length + kernel.TagLength];
        software.Process(CryptOp.SealAttached(iv, message, expected, associated)).Should().Be(expected.Length, because);
        kernel.Process(CryptOp.SealAttached(iv, message, actual, associated)).Should().Be(actual.Length, because);
        actual.AsSpan().SequenceEqual(expected).Should().BeTrue(because);

        kernel.Process(CryptOp.OpenAttached(iv, actual, actual.AsSpan(0, length), associated)).Should().Be(length, because);
        actual.AsSpan(0, length).SequenceEqual(message).Should().BeTrue(because);
    }
}

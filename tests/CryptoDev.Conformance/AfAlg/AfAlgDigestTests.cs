using System.Security.Cryptography;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Conformance.AfAlg;

public sealed class AfAlgDigestTests(AfAlgFixture fixture) : IClassFixture<AfAlgFixture>
{
    public static TheoryNames Digests => [.. AfAlgFixture.Algorithms(AlgorithmKind.Digest), .. AfAlgFixture.Algorithms(AlgorithmKind.Mac)];

    [Theory]
    [MemberData(nameof(Digests))]
    public void Every_length_gives_the_bytes_of_the_software_rung(string name)
    {
        if (!fixture.IsPresent())
        {
            return;
        }

        Random random = new(fixture.Seed);
        using CryptoKey? key = Key(name, random);
        SessionParameters parameters = Parameters(name, key);
        using Session? kernel = fixture.TryOpen(parameters);
        if (kernel is null)
        {
            return;
        }

        using Session software = fixture.OpenSoftware(parameters);
        foreach (
            int length in Enumerable
                .Range(0, 300)
                .Concat([4095, 4096, 70_000, 208_000, 3 << 20])
                .Where(length => length + 40 <= kernel.MaxMessageLength)
        )
        {
            byte[] iv = AfAlgFixture.Bytes(random, kernel.IvLength);
            byte[] message = AfAlgFixture.Bytes(random, length);
            byte[] associated = AfAlgFixture.Bytes(random, length % 3 == 0 ? 0 : 40);
            byte[] expected = new byte[software.TagLength];
            byte[] actual = new byte[kernel.TagLength];
            CryptOp Op(byte[] tag) =>
                new()
                {
                    Source = message,
                    AssociatedData = associated,
                    Iv = iv,
                    Tag = tag,
                };
            software.Process(Op(expected));
            kernel.Process(Op(actual));
            actual.Should().Equal(expected, $"{kernel} with {associated.Length} + {length} bytes, seed {fixture.Seed}");
        }
    }

    [Theory]
    [MemberData(nameof(Digests))]
    public void A_running_state_is_cloned_peeked_and_ended(string name)
    {
        if (!fixture.IsPresent())
        {
            return;
        }

        Random random = new(fixture.Seed);
        using CryptoKey? key = Key(name, random);
        using Session? session = fixture.TryOpen(Parameters(name, key));
        if (session is null)
        {
            return;
        }

        if (session.IvLength > 0)
        {
            FluentActions.Invoking(session.BeginDigest).Should().Throw<InvalidOperationException>();
            return;
        }

        byte[] message = AfAlgFixture.Bytes(random, 1000);
        using DigestOperation empty = session.BeginDigest();
        using DigestOperation running = empty.Clone();
        Peek(running).Should().Equal(Whole(session, []), "nothing has passed");
        running.Update([]);
        running.Update(message.AsSpan(0, 333));
        using DigestOperation copy = running.Clone();
        Peek(running).Should().Equal(Whole(session, message[..333]));
        running.Update(message.AsSpan(333));
        copy.Update(message.AsSpan(0, 100));
        byte[] digest = new byte[session.TagLength];
        running.Final(digest);
        digest.Should().Equal(Whole(session, message));
        copy.Final(digest);
        digest.Should().Equal(Whole(session, [.. message[..333], .. message[..100]]));
        empty.Final(digest);
        digest.Should().Equal(Whole(session, []), "the copies went on without it");
        Whole(session, message).Should().Equal(Whole(session, message), "descriptors come back to the pool clean");
    }

    [Fact]
    public void A_shortened_tag_leaves_nothing_behind_in_the_descriptor()
    {
        if (!fixture.IsPresent())
        {
            return;
        }

        using CryptoKey key = new("key"u8);
        using Session session = fixture.TryOpen(SessionParameters.KeyedDigest(CryptoAlgorithm.HmacSha256, key, tagLength: 10))!;
        byte[] expected = HMACSHA256.HashData("key"u8, "abc"u8)[..10];
        byte[] tag = new byte[10];
        for (int i = 0; i < 3; i++)
        {
            session.Process(CryptOp.Digest("abc"u8, tag)).Should().Be(10);
            tag.Should().Equal(expected);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5000)]
    [InlineData(16384)]
    public void HMAC_keys_of_any_length_are_taken(int length)
    {
        if (!fixture.IsPresent())
        {
            return;
        }

        byte[] bytes = new byte[length];
        Array.Fill(bytes, (byte)0x5a);
        using CryptoKey key = CryptoKey.Copy(bytes);
        using Session session = fixture.TryOpen(SessionParameters.KeyedDigest(CryptoAlgorithm.HmacSha256, key))!;
        Whole(session, [1, 2, 3]).Should().Equal(HMACSHA256.HashData(bytes, (byte[])[1, 2, 3]));
    }

    private static byte[] Whole(Session session, byte[] message)
    {
        byte[] digest = new byte[session.TagLength];
        session.Process(CryptOp.Digest(message, digest));
        return digest;
    }

    private static byte[] Peek(DigestOperation operation)
    {
        byte[] digest = new byte[operation.DigestLength];
        operation.Peek(digest);
        return digest;
    }

    private static CryptoKey? Key(string name, Random random)
    {
        CryptoAlgorithm algorithm = CryptoAlgorithm.Parse(name);
        return algorithm.KeySizes.Maximum == 0 ? null : CryptoKey.Copy(AfAlgFixture.Bytes(random, algorithm.KeySizes.Default));
    }

    private static SessionParameters Parameters(string name, CryptoKey? key)
    {
        CryptoAlgorithm algorithm = CryptoAlgorithm.Parse(name);
        return algorithm.Kind == AlgorithmKind.Digest ? SessionParameters.Digest(algorithm) : SessionParameters.KeyedDigest(algorithm, key);
    }
}

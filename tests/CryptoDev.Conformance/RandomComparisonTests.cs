using CryptoDev.Conformance.Support;
using CryptoDev.Framework;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Conformance;

/// <summary>
/// Random messages, keys, lengths and alignments, every driver against the software driver, and that against the platform.
/// </summary>
public sealed class RandomComparisonTests
{
    private static int LongestMessage => Targets.IsEmulated ? 1 << 17 : 1 << 20;

    private static int Rounds =>
        Targets.Long ? 400
        : Targets.IsEmulated ? 2
        : 25;

    /// <summary>
    /// Every algorithm two drivers serve: the pairs chain through the software driver, so all agree when each agrees with it.
    /// </summary>
    public static TheoryData<string, string> Pairs
    {
        get
        {
            TheoryData<string, string> pairs = [];
            foreach (
                (string driver, CryptoAlgorithm algorithm) in Targets.All.Where(target =>
                    target.Algorithm.Kind != AlgorithmKind.Compression
                )
            )
            {
                if (driver != Targets.Software ? algorithm.Libcrypto.Kind != LibcryptoKind.Missing : PlatformHas(algorithm))
                {
                    pairs.Add(driver, algorithm.Name);
                }
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Two_implementations_agree_on_random_messages(string driver, string name)
    {
        Seeded random = new();
        CryptoAlgorithm algorithm = CryptoAlgorithm.Parse(name);
        for (int round = 0; round < Rounds; round++)
        {
            using Subject subject = Subject.Open(driver, name, random, random.Pick(Sizes.Keys(driver, algorithm)));
            using Subject? reference = driver == Targets.Software ? null : subject.On(Targets.Software);
            for (int i = 0; i < 4; i++)
            {
                Agree(subject, reference, MessageSizes.Next(subject, LongestMessage, random), random, $"round {round}.{i}");
            }
        }
    }

    /// <summary>The ends of what the random messages are made of, which chance meets once in a while.</summary>
    [Theory]
    [MemberData(nameof(Pairs))]
    public void Two_implementations_agree_on_the_longest_random_message(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        using Subject? reference = driver == Targets.Software ? null : subject.On(Targets.Software);
        Agree(subject, reference, MessageSizes.Next(subject, LongestMessage, new GreatestSeeded()), random, "the longest");
    }

    private static void Agree(Subject subject, Subject? reference, MessageSizes sizes, Seeded random, string which)
    {
        CryptoAlgorithm algorithm = subject.Algorithm;
        byte[] iv = subject.Iv(random);
        byte[] aad = random.Bytes(sizes.AssociatedData);
        byte[] message = random.Bytes(sizes.Text);
        string what = $"{subject}, {sizes.Text} bytes, {aad.Length} of associated data, {which}, seed {random.Seed}";
        byte[] expected = reference?.Seal(message, iv, aad) ?? PlatformOracle.Compute(algorithm, subject.Key, iv, aad, message)!;
        Aligned(subject, CryptDirection.Encrypt, random, message, iv, aad, expected, what);
        if (algorithm.Kind is AlgorithmKind.Cipher or AlgorithmKind.Aead)
        {
            Aligned(subject, CryptDirection.Decrypt, random, expected, iv, aad, message, $"{what}, back");
        }
    }

    /// <summary>Source, destination, IV and associated data each at a random offset.</summary>
    private static void Aligned(
        Subject subject,
        CryptDirection direction,
        Seeded random,
        byte[] input,
        byte[] iv,
        byte[] aad,
        byte[] expected,
        string what
    )
    {
        const int Most = 67;
        (byte[] from, int at) = Place(input);
        (byte[] ivFrom, int ivAt) = Place(iv);
        (byte[] aadFrom, int aadAt) = Place(aad);
        int to = random.Next(0, Most);
        byte[] output = new byte[expected.Length + Most];
        int written = subject.Session.Process(
            new CryptOp
            {
                Direction = direction,
                Source = from.AsSpan(at, input.Length),
                Destination = output.AsSpan(to, expected.Length),
                Iv = ivFrom.AsSpan(ivAt, iv.Length),
                AssociatedData = aadFrom.AsSpan(aadAt, aad.Length),
            }
        );
        written.Should().Be(expected.Length, what);
        Check.Same(expected, output.AsSpan(to, expected.Length), $"{what}, offsets {at} to {to}");
        Check.Zero(output.AsSpan(0, to), $"{what}: wrote in front");
        Check.Zero(output.AsSpan(to + expected.Length), $"{what}: wrote behind");

        (byte[] Buffer, int Offset) Place(byte[] bytes)
        {
            int offset = random.Next(0, Most);
            return ([.. new byte[offset], .. bytes], offset);
        }
    }

    private static bool PlatformHas(CryptoAlgorithm algorithm) =>
        PlatformOracle.Compute(
            algorithm,
            [.. Enumerable.Range(1, algorithm.KeySizes.Default).Select(i => (byte)i)],
            new byte[algorithm.IvSizes.Default],
            [],
            []
        )
            is not null;
}

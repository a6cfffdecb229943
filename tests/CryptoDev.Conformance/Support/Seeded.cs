using System.Globalization;

namespace CryptoDev.Conformance.Support;

/// <summary>Random input that can be had again: the seed stands in every failure message and CRYPTODEV_SEED sets it.</summary>
internal class Seeded(int seed)
{
    private readonly Random _random = new(seed);

    public Seeded()
        : this(Fresh()) { }

    public int Seed { get; } = seed;

    public byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }

    public int Next(int minimum, int maximum) => _random.Next(minimum, maximum + 1);

    /// <summary>A length whose logarithm is evenly spread, so that small ones are as likely as their share of the scale.</summary>
    public virtual int Length(int maximum) =>
        maximum == 0 ? 0 : (int)Math.Min(maximum, Math.Exp(_random.NextDouble() * Math.Log(maximum + 1.0)) - 1 + _random.NextDouble());

    public T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];

    private static int Fresh() =>
        Environment.GetEnvironmentVariable("CRYPTODEV_SEED") is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue);
}

/// <summary>Draws the greatest length there is, every time: the end of a range, met without chance.</summary>
internal sealed class GreatestSeeded : Seeded
{
    public override int Length(int maximum) => maximum;
}

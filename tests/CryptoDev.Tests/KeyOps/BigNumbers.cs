using System.Globalization;
using System.Numerics;

namespace CryptoDev.Tests.KeyOps;

/// <summary>What BigInteger does not have, and operands at random with a liking for the edges.</summary>
internal sealed class BigNumbers
{
    private static readonly int[] s_edges =
    [
        0,
        1,
        2,
        3,
        7,
        8,
        9,
        31,
        32,
        33,
        63,
        64,
        65,
        127,
        128,
        129,
        255,
        256,
        257,
        511,
        512,
        513,
        1024,
        2048,
    ];

    private readonly Random _random;

    public BigNumbers()
    {
        string? given = Environment.GetEnvironmentVariable("CRYPTODEV_SEED");
        Seed = string.IsNullOrEmpty(given) ? Random.Shared.Next() : int.Parse(given, CultureInfo.InvariantCulture);
        _random = new Random(Seed);
    }

    public int Seed { get; }

    public static BigInteger From(ReadOnlySpan<byte> bigEndian) => new(bigEndian, isUnsigned: true, isBigEndian: true);

    public static byte[] Bytes(BigInteger number) => number.IsZero ? [] : number.ToByteArray(isUnsigned: true, isBigEndian: true);

    /// <summary>The inverse, or null; modulo 1 it is 0.</summary>
    public static BigInteger? Inverse(BigInteger a, BigInteger modulus)
    {
        (BigInteger previous, BigInteger rest) = (modulus, a % modulus);
        (BigInteger before, BigInteger coefficient) = (BigInteger.Zero, BigInteger.One);
        while (!rest.IsZero)
        {
            BigInteger quotient = previous / rest;
            (previous, rest) = (rest, previous - (quotient * rest));
            (before, coefficient) = (coefficient, before - (quotient * coefficient));
        }

        return modulus.IsOne ? BigInteger.Zero
            : previous.IsOne ? ((before % modulus) + modulus) % modulus
            : null;
    }

    public static bool IsPrime(BigInteger number)
    {
        if (number < 4 || number.IsEven)
        {
            return number == 2 || number == 3;
        }

        int twos = (int)BigInteger.TrailingZeroCount(number - 1);
        foreach (int witness in new[] { 2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37 })
        {
            if (number == witness)
            {
                return true;
            }

            BigInteger power = BigInteger.ModPow(witness, (number - 1) >> twos, number);
            bool passes = power.IsOne || power == number - 1;
            for (int i = 1; i < twos && !passes; i++)
            {
                power = power * power % number;
                passes = power == number - 1;
            }

            if (!passes)
            {
                return false;
            }
        }

        return true;
    }

    public int Next(int limit) => _random.Next(limit);

    public int EdgeBits(int most)
    {
        int bits = _random.Next(3) == 0 ? _random.Next(most + 1) : s_edges[_random.Next(s_edges.Length)];
        return Math.Min(bits, most);
    }

    /// <summary>A number of exactly that many bits: random, all ones, or a single one.</summary>
    public BigInteger OfBits(int bits)
    {
        if (bits == 0)
        {
            return BigInteger.Zero;
        }

        BigInteger top = BigInteger.One << (bits - 1);
        return _random.Next(8) switch
        {
            0 => top,
            1 => (top << 1) - 1,
            _ => top + Below(top),
        };
    }

    public BigInteger Below(BigInteger limit)
    {
        byte[] bytes = new byte[limit.GetByteCount() + 8];
        _random.NextBytes(bytes);
        return new BigInteger(bytes, isUnsigned: true) % limit;
    }

    public BigInteger Prime(int bits)
    {
        while (true)
        {
            BigInteger candidate = (BigInteger.One << (bits - 1)) + Below(BigInteger.One << (bits - 1));
            if (IsPrime(candidate))
            {
                return candidate;
            }
        }
    }

    /// <summary>A modulus: 1, even, a power of two, prime, or anything; never 0.</summary>
    public BigInteger Modulus(int most)
    {
        BigInteger number = OfBits(Math.Max(EdgeBits(most), 1));
        return _random.Next(8) switch
        {
            0 => BigInteger.One,
            1 => BigInteger.One << (int)(number.GetBitLength() - 1),
            2 => number.IsOne ? 2 : number & ~BigInteger.One,
            3 => Prime(2 + _random.Next(Math.Min(most, 160) - 1)),
            4 => (BigInteger.One << Math.Min(most - 1, 127)) - 1,
            _ => number,
        };
    }

    /// <summary>The bytes of a number behind up to three zeros.</summary>
    public byte[] Padded(BigInteger number) => [.. new byte[_random.Next(4)], .. Bytes(number)];
}

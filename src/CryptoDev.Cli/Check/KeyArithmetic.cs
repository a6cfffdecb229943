using System.Numerics;

namespace CryptoDev.Cli.Check;

/// <summary>The expected result of each key operation, computed with .NET's BigInteger. Shares no code with any driver.</summary>
internal static class KeyArithmetic
{
    /// <summary>The result of an operation that gives one number. Null if there is none.</summary>
    public static BigInteger? Result(KeyOperation operation, IReadOnlyList<BigInteger> v) =>
        operation switch
        {
            KeyOperation.ModExp => BigInteger.ModPow(v[0], v[1], v[2]),
            KeyOperation.ModExpCrt => Crt(v),
            KeyOperation.DhComputeKey => BigInteger.ModPow(v[1], v[0], v[2]),
            KeyOperation.ModAdd => (v[0] + v[1]) % v[2],
            KeyOperation.ModAddInv => Positive(-v[0], v[1]),
            KeyOperation.ModSub => Positive(v[0] - v[1], v[2]),
            KeyOperation.ModMult => v[0] * v[1] % v[2],
            KeyOperation.ModMultInv => Inverse(v[0], v[1]),
            _ => v[0] % v[1],
        };

    /// <summary>a^-1 mod modulus by Euclid's algorithm. Null if there is none.</summary>
    public static BigInteger? Inverse(BigInteger a, BigInteger modulus)
    {
        (BigInteger r, BigInteger next) = (modulus, a % modulus);
        (BigInteger t, BigInteger nextT) = (BigInteger.Zero, BigInteger.One);
        while (!next.IsZero)
        {
            BigInteger quotient = r / next;
            (r, next) = (next, r - (quotient * next));
            (t, nextT) = (nextT, t - (quotient * nextT));
        }

        return r.IsOne ? Positive(t, modulus) : null;
    }

    /// <summary>Whether (r, s) is a valid signature of the digest's number (FIPS 186-4, 4.7).</summary>
    public static bool Verifies(DsaGroup group, BigInteger publicKey, BigInteger digest, BigInteger r, BigInteger s)
    {
        if (r <= 0 || r >= group.Q || s <= 0 || s >= group.Q || Inverse(s, group.Q) is not { } w)
        {
            return false;
        }

        BigInteger left = BigInteger.ModPow(group.G, digest * w % group.Q, group.P);
        BigInteger right = BigInteger.ModPow(publicKey, r * w % group.Q, group.P);
        return left * right % group.P % group.Q == r;
    }

    public static BigInteger Positive(BigInteger number, BigInteger modulus)
    {
        BigInteger remainder = number % modulus;
        return remainder.Sign < 0 ? remainder + modulus : remainder;
    }

    private static BigInteger Crt(IReadOnlyList<BigInteger> v)
    {
        (BigInteger p, BigInteger q, BigInteger message) = (v[0], v[1], v[2]);
        BigInteger first = BigInteger.ModPow(message, v[3], p);
        BigInteger second = BigInteger.ModPow(message, v[4], q);
        return (second + (q * Positive((first - second) * v[5], p))) % (p * q);
    }
}

/// <summary>The parameters of DSA.</summary>
internal sealed record DsaGroup(BigInteger P, BigInteger Q, BigInteger G)
{
    public static DsaGroup Nist { get; } =
        new(Number(KeyKnownAnswerTable.Dsa2048P), Number(KeyKnownAnswerTable.Dsa2048Q), Number(KeyKnownAnswerTable.Dsa2048G));

    /// <summary>The leftmost bits of the digest, as many as q has (FIPS 186-4, 4.6).</summary>
    public BigInteger NumberOf(ReadOnlySpan<byte> digest)
    {
        int surplus = (digest.Length * 8) - (int)Q.GetBitLength();
        BigInteger number = new(digest, isUnsigned: true, isBigEndian: true);
        return surplus > 0 ? number >> surplus : number;
    }

    private static BigInteger Number(string hex) => new(Convert.FromHexString(hex), isUnsigned: true, isBigEndian: true);
}

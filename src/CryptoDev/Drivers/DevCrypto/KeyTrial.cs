using System.Numerics;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>
/// Operations on numbers that are no secret, with their known results. The numbers are long enough for hardware that takes no short ones.
/// </summary>
internal static class KeyTrial
{
    // Mersenne primes, because their bits can be computed and need no table.
    private static readonly BigInteger s_prime = (BigInteger.One << 521) - 1;
    private static readonly BigInteger s_p = (BigInteger.One << 607) - 1;
    private static readonly BigInteger s_q = (BigInteger.One << 521) - 1;
    private static readonly BigInteger s_a = BigInteger.Pow(3, 300);
    private static readonly BigInteger s_b = BigInteger.Pow(5, 200);
    private static readonly BigInteger s_exponent = 65537;

    public static KeyOp Create(KeyOperation operation) =>
        operation switch
        {
            KeyOperation.ModExp => KeyOp.ModExp(Bytes(s_a), Bytes(s_exponent), Bytes(s_prime)),
            KeyOperation.ModExpCrt => KeyOp.ModExpCrt(
                Bytes(s_p),
                Bytes(s_q),
                Bytes(s_a),
                Bytes(s_exponent),
                Bytes(s_exponent),
                Bytes(BigInteger.ModPow(s_q, s_p - 2, s_p))
            ),

            // A small group from a textbook: 4 has order 11 modulo 23.
            KeyOperation.DsaSign => KeyOp.DsaSign([0x50], [23], [11], [4], [3], DsaNonce.Random),
            KeyOperation.DsaVerify => KeyOp.DsaVerify([0x50], [23], [11], [4], [18], [5], [10]),
            KeyOperation.DhComputeKey => KeyOp.DhComputeKey(Bytes(s_exponent), Bytes(s_a), Bytes(s_prime)),
            KeyOperation.ModAdd => KeyOp.ModAdd(Bytes(s_a), Bytes(s_b), Bytes(s_prime)),
            KeyOperation.ModAddInv => KeyOp.ModAddInv(Bytes(s_a), Bytes(s_prime)),
            KeyOperation.ModSub => KeyOp.ModSub(Bytes(s_a), Bytes(s_b), Bytes(s_prime)),
            KeyOperation.ModMult => KeyOp.ModMult(Bytes(s_a), Bytes(s_b), Bytes(s_prime)),
            KeyOperation.ModMultInv => KeyOp.ModMultInv(Bytes(s_a), Bytes(s_prime)),
            _ => KeyOp.Mod(Bytes(s_a), Bytes(s_prime)),
        };

    /// <summary>
    /// Whether the result is the known one. <paramref name="reversed"/>: reads the result most significant byte first. A signature has no
    /// known result, because it differs every time.
    /// </summary>
    public static bool IsRight(KeyOp trial, bool reversed) =>
        trial.OutputCount != 1
        || new BigInteger(trial.OutputBytes(0), isUnsigned: true, isBigEndian: reversed) == Expected(trial.Operation);

    private static BigInteger Expected(KeyOperation operation) =>
        operation switch
        {
            KeyOperation.ModExp or KeyOperation.DhComputeKey => BigInteger.ModPow(s_a, s_exponent, s_prime),
            KeyOperation.ModExpCrt => Crt(),
            KeyOperation.ModAdd => (s_a + s_b) % s_prime,
            KeyOperation.ModAddInv => s_prime - (s_a % s_prime),
            KeyOperation.ModSub => (((s_a - s_b) % s_prime) + s_prime) % s_prime,
            KeyOperation.ModMult => s_a * s_b % s_prime,
            KeyOperation.ModMultInv => BigInteger.ModPow(s_a, s_prime - 2, s_prime),
            _ => s_a % s_prime,
        };

    /// <summary>Garner's formula on the two residues.</summary>
    private static BigInteger Crt()
    {
        BigInteger inP = BigInteger.ModPow(s_a, s_exponent, s_p);
        BigInteger inQ = BigInteger.ModPow(s_a, s_exponent, s_q);
        BigInteger difference = (((inP - inQ) * BigInteger.ModPow(s_q, s_p - 2, s_p) % s_p) + s_p) % s_p;
        return inQ + (difference * s_q);
    }

    private static byte[] Bytes(BigInteger number) => number.ToByteArray(isUnsigned: true, isBigEndian: true);
}

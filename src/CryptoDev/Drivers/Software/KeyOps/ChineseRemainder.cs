using CryptoDev.Framework;
using CryptoDev.Native;
using static CryptoDev.Drivers.Software.KeyOps.SoftwareKeyOperations;

namespace CryptoDev.Drivers.Software.KeyOps;

/// <summary>
/// RSA's private operation. A faulty half of the CRT would reveal the factors of the modulus to the reader of the result, so every result
/// is checked. Where the operands have a public exponent, it is used for the check, and the calculation is blinded too. Otherwise the
/// operation runs twice.
/// </summary>
internal static class ChineseRemainder
{
    private const int BlindingTries = 64;
    private const int LongestPublicBits = 64;

    public static int Compute(KeyOp op, BigNumWorkspace work)
    {
        BigNumHandle p = Load(op, work, 0);
        BigNumHandle q = Load(op, work, 1);
        BigNumHandle dp = Load(op, work, 3);
        BigNumHandle dq = Load(op, work, 4);
        BigNumHandle qInverse = Load(op, work, 5);
        BigNumHandle n = work.Multiply(p, q);
        BigNumHandle message = work.Mod(Load(op, work, 2), n);
        if (KeyOutcome.PublicExponent(work, p, q, dp, dq) is not { } e)
        {
            return ComputeTwice(op, work, message, p, q, dp, dq, qInverse);
        }

        MontgomeryContextHandle modN = work.Montgomery(n);
        BigNumHandle result = Blinding(work, n) is { } blinding
            ? work.ModMultiply(
                Combine(work, work.ModMultiply(message, Publicly(work, blinding.Factor, e, n, modN), n), p, q, dp, dq, qInverse),
                blinding.Inverse,
                n
            )
            : Combine(work, message, p, q, dp, dq, qInverse);
        return Publicly(work, result, e, n, modN).IsSameAs(message) ? Write(op, result) : LibC.EINVAL;
    }

    /// <summary>
    /// value^e modulo n. An exponent of one word is a public one and needs no constant time. A longer one may have been chosen as a secret.
    /// </summary>
    private static BigNumHandle Publicly(
        BigNumWorkspace work,
        BigNumHandle value,
        BigNumHandle e,
        BigNumHandle n,
        MontgomeryContextHandle modN
    ) => e.Bits <= LongestPublicBits ? work.PublicPower(value, e, modN) : work.Power(value, e, n, modN);

    private static int ComputeTwice(
        KeyOp op,
        BigNumWorkspace work,
        BigNumHandle message,
        BigNumHandle p,
        BigNumHandle q,
        BigNumHandle dp,
        BigNumHandle dq,
        BigNumHandle qInverse
    )
    {
        BigNumHandle result = Combine(work, message, p, q, dp, dq, qInverse);
        BigNumHandle again = Combine(work, message, p, q, dp, dq, qInverse);
        return result.IsSameAs(again)
            ? Write(op, result)
            : throw new CryptoDevException(
                LibC.EIO,
                SoftwareDriver.Name,
                op.Facts.BsdName,
                "two calculations of the same result differ; do not trust this machine's processor or memory."
            );
    }

    private static BigNumHandle Combine(
        BigNumWorkspace work,
        BigNumHandle message,
        BigNumHandle p,
        BigNumHandle q,
        BigNumHandle dp,
        BigNumHandle dq,
        BigNumHandle qInverse
    )
    {
        (BigNumHandle moduloP, BigNumHandle moduloQ) = ModularPower.ComputeTwo(
            work,
            (work.Mod(message, p), dp, p),
            (work.Mod(message, q), dq, q)
        );
        BigNumHandle quotient = work.ModMultiply(work.ModSubtract(moduloP, moduloQ, p), qInverse, p);
        return work.Add(moduloQ, work.Multiply(quotient, q));
    }

    /// <summary>A random factor and its inverse. Null only where n is much too small to be a key.</summary>
    private static (BigNumHandle Factor, BigNumHandle Inverse)? Blinding(BigNumWorkspace work, BigNumHandle n)
    {
        for (int i = 0; i < BlindingTries; i++)
        {
            BigNumHandle factor = work.RandomBelow(n);
            if (work.Inverse(factor, n) is { } inverse)
            {
                return (factor, inverse);
            }
        }

        return null;
    }
}

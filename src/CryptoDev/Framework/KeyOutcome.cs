using CryptoDev.Native;

namespace CryptoDev.Framework;

/// <summary>Outcomes that the operands alone decide, so that every rung has the same outcome.</summary>
internal static class KeyOutcome
{
    /// <summary>
    /// The status of an operation that needs no driver, or 0. <c>EPERM</c>: a signature is outside its range. <c>EINVAL</c>: the parts of
    /// an RSA key come with a wrong inverse of q, and the result would reveal the factors of the modulus.
    /// </summary>
    public static int BeforeDrivers(KeyOp op) =>
        op.Facts.Verdicts.Any(rule => KeyOpValidator.IsBroken(op, rule)) ? LibC.EPERM
        : op.Operation == KeyOperation.ModExpCrt && Decide(op, HasWrongInverse) ? LibC.EINVAL
        : 0;

    /// <summary>
    /// The status of an operation that no driver could run because of its operands, or 0 for another cause. A kernel has only <c>EINVAL</c>
    /// both for an operation that it does not support and for one that has no result.
    /// </summary>
    public static int AfterDrivers(KeyOp op) => op.Operation == KeyOperation.ModMultInv && Decide(op, HasNoInverse) ? LibC.EDOM : 0;

    /// <summary>
    /// The public exponent that matches both private exponents. Null when there is none; then the operands are not the parts of one RSA
    /// key.
    /// </summary>
    public static BigNumHandle? PublicExponent(BigNumWorkspace work, BigNumHandle p, BigNumHandle q, BigNumHandle dp, BigNumHandle dq)
    {
        if (!p.IsOdd || !q.IsOdd || p.IsOne || q.IsOne)
        {
            return null;
        }

        BigNumHandle orderOfP = work.Less(p, 1);
        BigNumHandle orderOfQ = work.Less(q, 1);
        BigNumHandle? e = work.Inverse(dp, orderOfP);
        return e is not null && work.ModMultiply(e, dq, orderOfQ).IsOne ? e : null;
    }

    /// <summary>True only for parts of one RSA key. Other parts are just put into the formula, with any value as the inverse.</summary>
    private static bool HasWrongInverse(KeyOp op, BigNumWorkspace work)
    {
        BigNumHandle p = work.Load(op.Input(0));
        BigNumHandle q = work.Load(op.Input(1));
        return !work.ModMultiply(q, work.Load(op.Input(5)), p).IsOne
            && PublicExponent(work, p, q, work.Load(op.Input(3)), work.Load(op.Input(4))) is not null;
    }

    private static bool HasNoInverse(KeyOp op, BigNumWorkspace work)
    {
        BigNumHandle modulus = work.Load(op.Input(1));
        return !modulus.IsOne && work.Inverse(work.Mod(work.Load(op.Input(0)), modulus), modulus) is null;
    }

    /// <summary>Without libcrypto this answers false. The drivers that need no libcrypto then decide.</summary>
    private static bool Decide(KeyOp op, Func<KeyOp, BigNumWorkspace, bool> question)
    {
        if (LibCryptoContext.Instance.Error is not null)
        {
            return false;
        }

        try
        {
            using BigNumWorkspace work = new();
            return question(op, work);
        }
        catch (LibCryptoException failure)
        {
            throw new CryptoDevException(0, "libcrypto", op.Facts.BsdName, failure.Message, failure);
        }
    }
}

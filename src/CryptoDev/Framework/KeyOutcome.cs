using CryptoDev.Native;

namespace CryptoDev.Framework;

/// <summary>Ends that the operands themselves decide, so that every rung comes to the same.</summary>
internal static class KeyOutcome
{
    /// <summary>
    /// The status of an operation that no driver is asked about, or 0: <c>EPERM</c> for a signature outside its range, <c>EINVAL</c> for
    /// the parts of an RSA key with another inverse of q, whose result would give the factors away.
    /// </summary>
    public static int BeforeDrivers(KeyOp op) =>
        op.Facts.Verdicts.Any(rule => KeyOpValidator.IsBroken(op, rule)) ? LibC.EPERM
        : op.Operation == KeyOperation.ModExpCrt && Decide(op, HasWrongInverse) ? LibC.EINVAL
        : 0;

    /// <summary>
    /// The status of an operation that no driver could do, or 0 where that was no fault of the operands. A kernel has one number,
    /// <c>EINVAL</c>, for what it cannot do and for what cannot be done.
    /// </summary>
    public static int AfterDrivers(KeyOp op) => op.Operation == KeyOperation.ModMultInv && Decide(op, HasNoInverse) ? LibC.EDOM : 0;

    /// <summary>
    /// The number that undoes both private exponents, or null when there is none and the operands are not the parts of one RSA key.
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

    /// <summary>Parts that belong to no key are only put into the formula, whatever stands for the inverse.</summary>
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

    /// <summary>Without libcrypto nothing can be said, and the drivers that need none decide.</summary>
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

using System.Collections.Frozen;
using CryptoDev.Native;

namespace CryptoDev.Drivers.Software.KeyOps;

/// <summary>The key operations in this process. Each operation is one calculation on checked operands.</summary>
internal static class SoftwareKeyOperations
{
    private static readonly FrozenDictionary<KeyOperation, Calculation> s_calculations = new Dictionary<KeyOperation, Calculation>
    {
        [KeyOperation.ModExp] = static (op, work) =>
            Write(op, ModularPower.Compute(work, Load(op, work, 0), Load(op, work, 1), Load(op, work, 2))),
        [KeyOperation.ModExpCrt] = ChineseRemainder.Compute,
        [KeyOperation.DsaSign] = DsaSignature.Sign,
        [KeyOperation.DsaVerify] = DsaSignature.Verify,
        [KeyOperation.DhComputeKey] = static (op, work) =>
            Write(op, ModularPower.Compute(work, Load(op, work, 1), Load(op, work, 0), Load(op, work, 2))),
        [KeyOperation.ModAdd] = static (op, work) => Write(op, work.ModAdd(Load(op, work, 0), Load(op, work, 1), Load(op, work, 2))),
        [KeyOperation.ModAddInv] = static (op, work) => Write(op, work.ModSubtract(work.Word(0), Load(op, work, 0), Load(op, work, 1))),
        [KeyOperation.ModSub] = static (op, work) => Write(op, work.ModSubtract(Load(op, work, 0), Load(op, work, 1), Load(op, work, 2))),
        [KeyOperation.ModMult] = static (op, work) => Write(op, work.ModMultiply(Load(op, work, 0), Load(op, work, 1), Load(op, work, 2))),
        [KeyOperation.ModMultInv] = Invert,
        [KeyOperation.Mod] = static (op, work) => Write(op, work.Mod(Load(op, work, 0), Load(op, work, 1))),
    }.ToFrozenDictionary();

    /// <summary>Computes on numbers that the workspace clears. Returns an errno value or 0.</summary>
    private delegate int Calculation(KeyOp op, BigNumWorkspace work);

    /// <summary>Runs the operation.</summary>
    /// <exception cref="LibCryptoException">libcrypto has run out of memory or of random bits.</exception>
    public static int Run(KeyOp op)
    {
        using BigNumWorkspace work = new();
        return s_calculations[op.Operation](op, work);
    }

    /// <summary>Operand <paramref name="index"/> as a number.</summary>
    public static BigNumHandle Load(KeyOp op, BigNumWorkspace work, int index) => work.Load(op.Input(index));

    /// <summary>Writes result <paramref name="index"/>, padded to the length of its buffer.</summary>
    public static int Write(KeyOp op, BigNumHandle result, int index = 0) => result.TryWrite(op.OutputBytes(index)) ? 0 : LibC.ERANGE;

    private static int Invert(KeyOp op, BigNumWorkspace work)
    {
        BigNumHandle modulus = Load(op, work, 1);

        // Modulo 1 there is only one number, and it is its own inverse. libcrypto reports that there is none.
        BigNumHandle? inverse = modulus.IsOne ? work.Word(0) : work.Inverse(work.Mod(Load(op, work, 0), modulus), modulus);
        return inverse is null ? LibC.EDOM : Write(op, inverse);
    }
}

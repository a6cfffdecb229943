using System.Numerics;

namespace CryptoDev.Cli.Check;

/// <summary>One operation with its operands, most significant byte first, and the check of its result.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Operands">In the order of the operation.</param>
/// <param name="Fault">Returns the error in a result, or null.</param>
internal sealed record KeyCase(KeyOperation Operation, IReadOnlyList<byte[]> Operands, Func<KeyResult, string?> Fault)
{
    private const int EDOM = 33;

    public KeyOp Build(DsaNonce nonce)
    {
        IReadOnlyList<byte[]> v = Operands;
        return Operation switch
        {
            KeyOperation.ModExp => KeyOp.ModExp(v[0], v[1], v[2]),
            KeyOperation.ModExpCrt => KeyOp.ModExpCrt(v[0], v[1], v[2], v[3], v[4], v[5]),
            KeyOperation.DsaSign => KeyOp.DsaSign(v[0], v[1], v[2], v[3], v[4], nonce),
            KeyOperation.DsaVerify => KeyOp.DsaVerify(v[0], v[1], v[2], v[3], v[4], v[5], v[6]),
            KeyOperation.DhComputeKey => KeyOp.DhComputeKey(v[0], v[1], v[2]),
            KeyOperation.ModAdd => KeyOp.ModAdd(v[0], v[1], v[2]),
            KeyOperation.ModAddInv => KeyOp.ModAddInv(v[0], v[1]),
            KeyOperation.ModSub => KeyOp.ModSub(v[0], v[1], v[2]),
            KeyOperation.ModMult => KeyOp.ModMult(v[0], v[1], v[2]),
            KeyOperation.ModMultInv => KeyOp.ModMultInv(v[0], v[1]),
            _ => KeyOp.Mod(v[0], v[1]),
        };
    }

    /// <summary>A case with a known answer from a document.</summary>
    public static KeyCase Of(KeyKnownAnswer answer)
    {
        byte[][] operands = [.. answer.Operands.Select(Bytes)];
        BigInteger[] numbers = [.. operands.Select(Number)];
        return answer.Operation switch
        {
            KeyOperation.DsaVerify => Verdict(operands, isGood: true),
            KeyOperation.DsaSign => new KeyCase(
                answer.Operation,
                operands,
                result => SignatureFault(result, new DsaGroup(numbers[1], numbers[2], numbers[3]), numbers[4], operands[0])
            ),
            _ => new KeyCase(answer.Operation, operands, result => NumberFault(result, Number(Bytes(answer.Results[0])))),
        };
    }

    /// <summary>A case whose expected result is computed with BigInteger.</summary>
    public static KeyCase Of(KeyOperation operation, params IReadOnlyList<byte[]> operands)
    {
        BigInteger? expected = KeyArithmetic.Result(operation, [.. operands.Select(Number)]);
        return new KeyCase(operation, operands, result => NumberFault(result, expected));
    }

    public static KeyCase Sign(DsaGroup group, BigInteger privateKey, byte[] digest) =>
        new(
            KeyOperation.DsaSign,
            [digest, Bytes(group.P), Bytes(group.Q), Bytes(group.G), Bytes(privateKey)],
            result => SignatureFault(result, group, privateKey, digest)
        );

    public static KeyCase Verify(DsaGroup group, BigInteger publicKey, byte[] digest, BigInteger r, BigInteger s) =>
        Verdict(
            [digest, Bytes(group.P), Bytes(group.Q), Bytes(group.G), Bytes(publicKey), Bytes(r), Bytes(s)],
            KeyArithmetic.Verifies(group, publicKey, group.NumberOf(digest), r, s)
        );

    public static byte[] Bytes(BigInteger number) => number.ToByteArray(isUnsigned: true, isBigEndian: true);

    public static BigInteger Number(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Length % 2 == 0 ? hex : "0" + hex);

    private static KeyCase Verdict(byte[][] operands, bool isGood) =>
        new(
            KeyOperation.DsaVerify,
            operands,
            result =>
                result.IsValid == isGood ? null
                : isGood ? "it refused a good signature"
                : "it accepted a bad signature"
        );

    private static string? NumberFault(KeyResult result, BigInteger? expected)
    {
        if (expected is not { } number)
        {
            return result.Status == EDOM ? null : "it found a result where there is none";
        }

        return new BigInteger(result.ToArray(), isUnsigned: true, isBigEndian: true) == number ? null : "the result is wrong";
    }

    /// <summary>Accepts any signature that verifies, because a driver may choose its own nonce.</summary>
    private static string? SignatureFault(KeyResult result, DsaGroup group, BigInteger privateKey, byte[] digest)
    {
        BigInteger r = new(result.ToArray(0), isUnsigned: true, isBigEndian: true);
        BigInteger s = new(result.ToArray(1), isUnsigned: true, isBigEndian: true);
        BigInteger publicKey = BigInteger.ModPow(group.G, privateKey, group.P);
        return KeyArithmetic.Verifies(group, publicKey, group.NumberOf(digest), r, s) ? null : "the signature does not verify";
    }
}

using CryptoDev.Native;

namespace CryptoDev.Framework;

/// <summary>
/// A mistake in an operand. The managed interface throws an exception that names the operand; the raw interface returns the errno.
/// </summary>
internal sealed record KeyFault(string Operand, string Message, int Errno)
{
    public ArgumentException ToException() => new(Message, Operand);
}

/// <summary>Checks the operands once, before any driver is called.</summary>
internal static class KeyOpValidator
{
    public static KeyFault? Check(KeyOp op)
    {
        for (int i = 0; i < op.InputCount; i++)
        {
            int bits = op.SignificantBits(i);
            if (bits > KeyOp.MaxOperandBits && !op.Facts.IsJudged(i))
            {
                // The BSDs' drivers answer E2BIG for an operand that is longer than they can hold.
                return new KeyFault(
                    op.Facts.Inputs[i].Name,
                    $"{op.Facts.Inputs[i].Name} has {bits} bits; at most {KeyOp.MaxOperandBits} are allowed.",
                    LibC.E2BIG
                );
            }
        }

        foreach (KeyRule rule in op.Facts.Rules)
        {
            if (Broken(op, rule) is { } message)
            {
                string name = op.Facts.Inputs[rule.Operand].Name;
                return new KeyFault(name, $"{name} {message}.", LibC.EINVAL);
            }
        }

        return CheckRoom(op);
    }

    /// <summary>Whether the operands break a rule.</summary>
    public static bool IsBroken(KeyOp op, KeyRule rule) => Broken(op, rule) is not null;

    private static string? Broken(KeyOp op, KeyRule rule)
    {
        ReadOnlySpan<byte> operand = op.Input(rule.Operand);
        string other = rule.Other < 0 ? string.Empty : op.Facts.Inputs[rule.Other].Name;
        bool isDigest = op.Facts.Inputs[rule.Operand].IsDigest;
        return rule.Kind switch
        {
            KeyRuleKind.NotZero => isDigest
                ? operand.IsEmpty
                    ? "must have at least one byte"
                    : null
                : op.SignificantBits(rule.Operand) == 0
                    ? "must not be 0"
                    : null,
            KeyRuleKind.OddPrime => op.SignificantBits(rule.Operand) < 2 || (operand[0] & 1) == 0 ? "must be an odd prime" : null,
            KeyRuleKind.AboveOne => op.SignificantBits(rule.Operand) < 2 ? "must be at least 2" : null,
            KeyRuleKind.Below => LittleEndian.IsBelow(operand, op.Input(rule.Other)) ? null : $"must be below {other}",
            _ => LittleEndian.IsBelow(operand, op.Input(rule.Other), add: 1) ? null : $"must be at most {other} - 2",
        };
    }

    private static KeyFault? CheckRoom(KeyOp op)
    {
        // A product of numbers with a and b bits has a + b bits or one less. The lesser length is required here. A result that does not fit
        // is found when it is written.
        int bits = op.Facts.OutputsSizedBy.Sum(op.SignificantBits) - (op.Facts.OutputsSizedBy.Count - 1);
        for (int i = 0; i < op.OutputCount; i++)
        {
            int room = op.OutputBytes(i).Length;
            if (room * 8 < bits)
            {
                string name = op.Facts.Outputs[i].Name;
                return new KeyFault(name, $"{name} has room for {room * 8} bits; the modulus has {bits}.", LibC.ERANGE);
            }
        }

        return null;
    }
}

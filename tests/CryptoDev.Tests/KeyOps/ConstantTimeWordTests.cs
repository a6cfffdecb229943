using System.Numerics;
using System.Reflection;
using System.Reflection.Emit;
using CryptoDev.Drivers.Software.KeyOps;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.KeyOps;

/// <summary>
/// Words of secret numbers: the arithmetic is right, and there is nothing in it that could take another path for another value.
/// </summary>
public sealed class ConstantTimeWordTests
{
    private static readonly Dictionary<ushort, OpCode> s_codes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => (ushort)code.Value);

    private static readonly OpCode[] s_comparisons = [OpCodes.Ceq, OpCodes.Cgt, OpCodes.Cgt_Un, OpCodes.Clt, OpCodes.Clt_Un];
    private static readonly ulong[] s_edges =
    [
        0,
        1,
        2,
        15,
        0x7FFF_FFFF_FFFF_FFFF,
        0x8000_0000_0000_0000,
        0xFFFF_FFFF,
        0x1_0000_0000,
        ulong.MaxValue - 1,
        ulong.MaxValue,
    ];

    [Fact]
    public void It_is_the_arithmetic_of_large_numbers()
    {
        foreach (ulong a in s_edges)
        {
            foreach (ulong b in s_edges)
            {
                ConstantTimeWord.MaskWhereSame(a, b).Should().Be(a == b ? ulong.MaxValue : 0);
                ConstantTimeWord.Select(ulong.MaxValue, a, b).Should().Be(a);
                ConstantTimeWord.Select(0, a, b).Should().Be(b);
                for (ulong carry = 0; carry < 2; carry++)
                {
                    ulong next = carry;
                    ulong low = ConstantTimeWord.Add(a, b, ref next);
                    (((BigInteger)next << 64) + low).Should().Be((BigInteger)a + b + carry);
                    next = carry;
                    low = ConstantTimeWord.Subtract(a, b, ref next);
                    (low - ((BigInteger)next << 64)).Should().Be((BigInteger)a - b - carry);
                }

                foreach (ulong addend in s_edges)
                {
                    foreach (ulong carry in s_edges)
                    {
                        ulong next = carry;
                        ulong low = ConstantTimeWord.MultiplyAdd(a, b, addend, ref next);
                        (((BigInteger)next << 64) + low).Should().Be(((BigInteger)a * b) + addend + carry);
                    }
                }
            }
        }
    }

    [Fact]
    public void It_has_no_branch_and_no_comparison()
    {
        MethodInfo[] methods = typeof(ConstantTimeWord).GetMethods(
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.DeclaredOnly
        );
        methods.Should().HaveCount(5);
        foreach (MethodInfo method in methods)
        {
            foreach (OpCode code in Codes(method))
            {
                code.FlowControl.Should().NotBe(FlowControl.Cond_Branch, $"{method.Name} has {code.Name}");
                s_comparisons.Should().NotContain(code, method.Name);
            }
        }
    }

    private static IEnumerable<OpCode> Codes(MethodInfo method)
    {
        byte[] body = method.GetMethodBody()!.GetILAsByteArray()!;
        for (int at = 0; at < body.Length; )
        {
            bool isLong = body[at] == 0xFE;
            OpCode code = s_codes[isLong ? (ushort)(0xFE00 | body[at + 1]) : body[at]];
            yield return code;
            at +=
                (isLong ? 2 : 1)
                + code.OperandType switch
                {
                    OperandType.InlineNone => 0,
                    OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                    OperandType.InlineVar => 2,
                    OperandType.InlineI8 or OperandType.InlineR => 8,
                    _ => 4,
                };
        }
    }
}

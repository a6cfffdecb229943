namespace CryptoDev.Drivers.Software.KeyOps;

/// <summary>
/// Arithmetic on words of secret numbers, without branches and without comparisons. A compiler may turn a comparison into a branch. The
/// JIT's first tier, which runs the first operations of a process, always does.
/// </summary>
internal static class ConstantTimeWord
{
    /// <summary>a + b + carry. The carry, 0 or 1, is updated.</summary>
    public static ulong Add(ulong a, ulong b, ref ulong carry)
    {
        ulong sum = a + b + carry;
        carry = ((a & b) | ((a | b) & ~sum)) >> 63;
        return sum;
    }

    /// <summary>a - b - borrow. The borrow, 0 or 1, is updated.</summary>
    public static ulong Subtract(ulong a, ulong b, ref ulong borrow)
    {
        ulong difference = a - b - borrow;
        borrow = ((~a & b) | ((~a | b) & difference)) >> 63;
        return difference;
    }

    /// <summary>
    /// The low word of a * b + addend + carry. The high word becomes the carry. It always fits, because the sum is below 2^128.
    /// </summary>
    public static ulong MultiplyAdd(ulong a, ulong b, ulong addend, ref ulong carry)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        ulong first = 0;
        ulong second = 0;
        low = Add(Add(low, carry, ref first), addend, ref second);
        carry = high + first + second;
        return low;
    }

    /// <summary>All ones where a equals b, else 0.</summary>
    public static ulong MaskWhereSame(ulong a, ulong b)
    {
        ulong difference = a ^ b;
        return ((difference | (0 - difference)) >> 63) - 1;
    }

    /// <summary>a where the mask is all ones, b where it is 0.</summary>
    public static ulong Select(ulong mask, ulong a, ulong b) => (a & mask) | (b & ~mask);
}

using System.Numerics;

namespace CryptoDev.Framework;

/// <summary>Unsigned numbers as byte strings, least significant byte first.</summary>
internal static class LittleEndian
{
    /// <summary>The number of significant bits.</summary>
    public static int Bits(ReadOnlySpan<byte> number)
    {
        ReadOnlySpan<byte> significant = number.TrimEnd((byte)0);
        return significant.IsEmpty ? 0 : (significant.Length * 8) - BitOperations.LeadingZeroCount(significant[^1]) + 24;
    }

    /// <summary>The number of significant bits of a number with the most significant byte first and no leading zeros.</summary>
    public static int BitsOfReversed(ReadOnlySpan<byte> bigEndian) =>
        bigEndian.IsEmpty ? 0 : (bigEndian.Length * 8) - BitOperations.LeadingZeroCount(bigEndian[0]) + 24;

    /// <summary>a + add &lt; b. Every byte is read, because one of the numbers may be a private key.</summary>
    public static bool IsBelow(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, int add = 0)
    {
        int borrow = 0;
        int carry = add;
        int length = Math.Max(a.Length, b.Length);
        for (int i = 0; i < length; i++)
        {
            int left = (i < a.Length ? a[i] : 0) + carry;
            carry = left >> 8;
            borrow = (((left & 0xFF) - (i < b.Length ? b[i] : 0) - borrow) >> 8) & 1;
        }

        return borrow > carry;
    }
}

using System.Runtime.InteropServices;
using CryptoDev.Native;

namespace CryptoDev.Drivers.Software.KeyOps;

/// <summary>
/// Arithmetic modulo 2^bits on 64-bit words, least significant first. It runs the same instructions on the same memory for all values.
/// Dispose zeroes its numbers. For one thread.
/// </summary>
internal sealed class PowerOfTwoRing : IDisposable
{
    private const int WindowBits = 4;

    private readonly List<SecureMemoryHandle> _owned = [];
    private readonly int _words;
    private readonly ulong _topMask;

    public PowerOfTwoRing(int bits)
    {
        _words = (bits + 63) / 64;
        _topMask = bits % 64 == 0 ? ulong.MaxValue : (1UL << (bits % 64)) - 1;
    }

    /// <summary>A new number with the value zero.</summary>
    public Span<ulong> New() => MemoryMarshal.Cast<byte, ulong>(NewBytes(_words * 8));

    public Span<byte> NewBytes(int length)
    {
        SecureMemoryHandle memory = SecureMemoryHandle.Allocate(length);
        _owned.Add(memory);
        return memory.Bytes;
    }

    /// <summary>The low bits of a number.</summary>
    public Span<ulong> Load(BigNumHandle number)
    {
        Span<byte> bytes = NewBytes(Math.Max((number.Bits + 63) / 64, _words) * 8);
        number.TryWrite(bytes);
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        if (!BitConverter.IsLittleEndian)
        {
            System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(words, words);
        }

        words = words[.._words];
        words[^1] &= _topMask;
        return words;
    }

    public BigNumHandle Store(ReadOnlySpan<ulong> number, BigNumWorkspace work)
    {
        Span<ulong> copy = New();
        number.CopyTo(copy);
        if (!BitConverter.IsLittleEndian)
        {
            System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(copy, copy);
        }

        return work.Load(MemoryMarshal.AsBytes(copy));
    }

    /// <summary>result = a + b.</summary>
    public void Add(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> result)
    {
        ulong carry = 0;
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = ConstantTimeWord.Add(a[i], b[i], ref carry);
        }

        result[^1] &= _topMask;
    }

    /// <summary>result = a - b.</summary>
    public void Subtract(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> result)
    {
        ulong borrow = 0;
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = ConstantTimeWord.Subtract(a[i], b[i], ref borrow);
        }

        result[^1] &= _topMask;
    }

    /// <summary>result = a where bit <paramref name="index"/> of <paramref name="number"/> is set, else b.</summary>
    public static void Choose(ReadOnlySpan<ulong> number, int index, ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> result)
    {
        ulong mask = 0 - ((number[index / 64] >> (index % 64)) & 1);
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = ConstantTimeWord.Select(mask, a[i], b[i]);
        }
    }

    /// <summary>result = a * b. The result must be neither a nor b.</summary>
    public void Multiply(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> result)
    {
        result.Clear();
        for (int i = 0; i < result.Length; i++)
        {
            ulong carry = 0;
            Span<ulong> row = result[i..];
            ReadOnlySpan<ulong> other = b[..row.Length];
            for (int j = 0; j < other.Length; j++)
            {
                row[j] = ConstantTimeWord.MultiplyAdd(a[i], other[j], row[j], ref carry);
            }
        }

        result[^1] &= _topMask;
    }

    /// <summary>
    /// The inverse of an odd number. Three bits are right at the start, because a * a = 1 mod 8. Each step doubles the right bits.
    /// </summary>
    public Span<ulong> Inverse(ReadOnlySpan<ulong> odd)
    {
        Span<ulong> inverse = New();
        Span<ulong> product = New();
        Span<ulong> correction = New();
        Span<ulong> two = New();
        two[0] = _words == 1 ? 2 & _topMask : 2;
        odd.CopyTo(inverse);
        for (int right = 3; right < _words * 64; right *= 2)
        {
            Multiply(odd, inverse, product);
            Subtract(two, product, correction);
            Multiply(inverse, correction, product);
            product.CopyTo(inverse);
        }

        return inverse;
    }

    /// <summary>
    /// result = value^exponent by fixed windows. The exponent is whole bytes, least significant first. Every byte costs the same time.
    /// </summary>
    public void Power(ReadOnlySpan<ulong> value, ReadOnlySpan<byte> exponent, Span<ulong> result)
    {
        const int Entries = 1 << WindowBits;
        Span<ulong> table = MemoryMarshal.Cast<byte, ulong>(NewBytes(Entries * _words * 8));
        table[0] = 1 & (_words == 1 ? _topMask : ulong.MaxValue);
        for (int i = 1; i < Entries; i++)
        {
            Multiply(table.Slice((i - 1) * _words, _words), value, table.Slice(i * _words, _words));
        }

        Span<ulong> factor = New();
        Span<ulong> product = New();
        table[.._words].CopyTo(result);
        for (int i = exponent.Length - 1; i >= 0; i--)
        {
            Step(exponent[i] >> WindowBits, table, factor, product, result);
            Step(exponent[i] & (Entries - 1), table, factor, product, result);
        }
    }

    public void Dispose() => _owned.ForEach(memory => memory.Dispose());

    private void Step(int window, ReadOnlySpan<ulong> table, Span<ulong> factor, Span<ulong> product, Span<ulong> result)
    {
        for (int i = 0; i < WindowBits; i++)
        {
            Multiply(result, result, product);
            product.CopyTo(result);
        }

        // Every entry is read, so that the cache does not reveal the selected one.
        factor.Clear();
        for (int entry = 0; entry < 1 << WindowBits; entry++)
        {
            ulong mask = ConstantTimeWord.MaskWhereSame((ulong)entry, (ulong)window);
            ReadOnlySpan<ulong> candidate = table.Slice(entry * _words, _words);
            for (int i = 0; i < factor.Length; i++)
            {
                factor[i] |= candidate[i] & mask;
            }
        }

        Multiply(result, factor, product);
        product.CopyTo(result);
    }
}

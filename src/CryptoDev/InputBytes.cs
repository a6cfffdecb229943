using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace CryptoDev;

/// <summary>
/// Bytes that a member reads: a key, an IV, a message, a tag, a number. Arrays, spans, UTF-8 literals and collection expressions become one
/// by themselves. A null array is refused, because as a span it would be an empty key or an empty message. It copies nothing.
/// </summary>
/// <remarks>
/// <c>default</c>, an empty span and an empty array are no bytes. Where a null array of the caller's means no bytes, he writes
/// <c>array ?? []</c>. BSD has no such type: there a null pointer with a length is <c>EFAULT</c> or <c>EINVAL</c>.
/// </remarks>
[CollectionBuilder(typeof(InputBytes), nameof(Create))]
public readonly ref struct InputBytes
{
    private readonly ReadOnlySpan<byte> _span;

    private InputBytes(ReadOnlySpan<byte> span) => _span = span;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Span => _span;

    /// <summary>The number of bytes.</summary>
    public int Length => _span.Length;

    /// <summary>Whether there are no bytes.</summary>
    public bool IsEmpty => _span.IsEmpty;

    /// <summary>The bytes of an array.</summary>
    /// <exception cref="ArgumentNullException">The array is null.</exception>
    public static implicit operator InputBytes(byte[] array)
    {
        if (array is null)
        {
            ThrowNull();
        }

        return new InputBytes(array);
    }

    /// <summary>The bytes of a part of an array.</summary>
    /// <exception cref="ArgumentNullException">The segment has no array.</exception>
    public static implicit operator InputBytes(ArraySegment<byte> array)
    {
        if (array.Array is null)
        {
            ThrowNull();
        }

        return new InputBytes(array);
    }

    /// <summary>The bytes of a span.</summary>
    public static implicit operator InputBytes(ReadOnlySpan<byte> span) => new(span);

    /// <summary>The bytes of a span.</summary>
    public static implicit operator InputBytes(Span<byte> span) => new(span);

    /// <summary>The bytes as a span.</summary>
    public static implicit operator ReadOnlySpan<byte>(InputBytes bytes) => bytes._span;

    /// <summary>The bytes of a collection expression.</summary>
    public static InputBytes Create(ReadOnlySpan<byte> bytes) => new(bytes);

    /// <summary>The bytes from <paramref name="start"/> on, <paramref name="length"/> of them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They are not within the bytes.</exception>
    public InputBytes Slice(int start, int length) => new(_span.Slice(start, length));

    /// <summary>Copies the bytes to <paramref name="destination"/>. The two may overlap.</summary>
    /// <exception cref="ArgumentException">The destination is shorter.</exception>
    public void CopyTo(Span<byte> destination) => _span.CopyTo(destination);

    /// <summary>Goes through the bytes in order.</summary>
    public ReadOnlySpan<byte>.Enumerator GetEnumerator() => _span.GetEnumerator();

    [DoesNotReturn]
    internal static void ThrowNull() =>
        throw new ArgumentNullException(
            "array",
            "A null array stands where bytes are read. No bytes at all are an empty array, or `default` where the argument may be left out."
        );
}

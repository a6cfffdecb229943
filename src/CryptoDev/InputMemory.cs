namespace CryptoDev;

/// <summary>
/// Memory that a <see cref="CryptRequest"/> reads: <see cref="InputBytes"/> on the heap. Arrays and memory become one by themselves. A null
/// array is refused. It copies nothing.
/// </summary>
/// <remarks><c>default</c>, empty memory and an empty array are no bytes.</remarks>
public readonly struct InputMemory
{
    private InputMemory(ReadOnlyMemory<byte> memory) => Memory = memory;

    /// <summary>The memory.</summary>
    public ReadOnlyMemory<byte> Memory { get; }

    /// <summary>The bytes of the memory.</summary>
    public ReadOnlySpan<byte> Span => Memory.Span;

    /// <summary>The number of bytes.</summary>
    public int Length => Memory.Length;

    /// <summary>Whether there are no bytes.</summary>
    public bool IsEmpty => Memory.IsEmpty;

    /// <summary>The memory of an array.</summary>
    /// <exception cref="ArgumentNullException">The array is null.</exception>
    public static implicit operator InputMemory(byte[] array)
    {
        if (array is null)
        {
            InputBytes.ThrowNull();
        }

        return new InputMemory(array);
    }

    /// <summary>The memory of a part of an array.</summary>
    /// <exception cref="ArgumentNullException">The segment has no array.</exception>
    public static implicit operator InputMemory(ArraySegment<byte> array)
    {
        if (array.Array is null)
        {
            InputBytes.ThrowNull();
        }

        return new InputMemory(array);
    }

    /// <summary>Memory that is only read.</summary>
    public static implicit operator InputMemory(ReadOnlyMemory<byte> memory) => new(memory);

    /// <summary>Memory.</summary>
    public static implicit operator InputMemory(Memory<byte> memory) => new(memory);

    /// <summary>The memory as memory that is only read.</summary>
    public static implicit operator ReadOnlyMemory<byte>(InputMemory memory) => memory.Memory;
}

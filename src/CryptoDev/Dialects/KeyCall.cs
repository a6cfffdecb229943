using System.Runtime.CompilerServices;

namespace CryptoDev.Dialects;

/// <summary>One parameter of a key operation: little-endian bytes in the caller's memory and their length in bits.</summary>
internal readonly record struct KeySlot(nint Address, uint Bits)
{
    /// <summary>Bytes that a kernel copies.</summary>
    public int Length => (int)(((long)Bits + 7) / 8);
}

/// <summary>The eight slots of a key operation.</summary>
[InlineArray(Count)]
internal struct KeySlots
{
    public const int Count = KeyOp.MaxParameters;
    private KeySlot _first;
}

/// <summary>A key operation in words that all dialects share: crypt_kop or crypt_n_kop.</summary>
internal struct KeyCall
{
    /// <summary>The dialect's number; <see cref="KeyNumberTable.Check"/> tells whether it is one.</summary>
    public uint Operation;
    public uint Status;
    public int InputCount;
    public int OutputCount;
    public KeySlots Parameters;

    /// <summary>FreeBSD's CIOCKEY2: which drivers may serve.</summary>
    public DriverChoice Driver;

    /// <summary>NetBSD many-at-once: the id of an accepted request.</summary>
    public uint RequestId;

    /// <summary>NetBSD many-at-once: the caller's cookie.</summary>
    public nint Cookie;
}

/// <summary>One key operation of a dialect: its number, and how many parameters it takes and gives.</summary>
internal sealed record KeyOperationNumber(uint Id, string Name, KeyOperation Function, int Inputs, int Outputs);

using System.Runtime.CompilerServices;

namespace CryptoDev.Dialects;

/// <summary>
/// One parameter of a key operation: the address of little-endian bytes in the caller's memory, and their length in bits.
/// </summary>
internal readonly record struct KeySlot(nint Address, uint Bits)
{
    /// <summary>The number of bytes that a kernel copies.</summary>
    public int Length => (int)(((long)Bits + 7) / 8);
}

/// <summary>The eight parameters of a key operation.</summary>
[InlineArray(Count)]
internal struct KeySlots
{
    public const int Count = KeyOp.MaxParameters;
    private KeySlot _first;
}

/// <summary>A key operation in a form that all dialects share: crypt_kop or crypt_n_kop.</summary>
internal struct KeyCall
{
    /// <summary>The number of the operation. <see cref="KeyNumberTable.Check"/> tests whether the dialect has it.</summary>
    public uint Operation;
    public uint Status;
    public int InputCount;
    public int OutputCount;
    public KeySlots Parameters;

    /// <summary>CIOCKEY2 of FreeBSD: the drivers that the caller allows.</summary>
    public DriverChoice Driver;

    /// <summary>NetBSD, calls with an array: the id of an accepted request.</summary>
    public uint RequestId;

    /// <summary>NetBSD, calls with an array: the caller's cookie.</summary>
    public nint Cookie;
}

/// <summary>One key operation of a dialect: its number, and the numbers of its operands and results.</summary>
internal sealed record KeyOperationNumber(uint Id, string Name, KeyOperation Function, int Inputs, int Outputs)
{
    /// <summary>
    /// Whether the result is bytes and no number: most significant byte first, and as many as the modulus has, whatever room the caller
    /// gives. This is the shared value of Diffie-Hellman. The one driver that has it (nsp) writes it so, and the one program that asks for
    /// it (OpenSSL's engine) uses the bytes as they come. That program asks for eight times the room that it has.
    /// </summary>
    public bool GivesBytes { get; init; }
}

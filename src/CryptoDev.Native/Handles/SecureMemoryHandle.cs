using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace CryptoDev.Native;

/// <summary>Bytes off the managed heap (the collector cannot copy them about), zeroed before they are freed.</summary>
internal sealed unsafe class SecureMemoryHandle : SafeHandle
{
    private SecureMemoryHandle(int length)
        : base(0, ownsHandle: true) => Length = length;

    public override bool IsInvalid => handle == 0;

    public int Length { get; }

    /// <summary>A block of zeros.</summary>
    public static SecureMemoryHandle Allocate(int length)
    {
        SecureMemoryHandle memory = new(length);
        memory.SetHandle((nint)NativeMemory.AllocZeroed((nuint)Math.Max(length, 1)));
        return memory;
    }

    public static SecureMemoryHandle Copy(ReadOnlySpan<byte> bytes)
    {
        SecureMemoryHandle memory = new(bytes.Length);
        memory.SetHandle((nint)NativeMemory.Alloc((nuint)Math.Max(bytes.Length, 1)));
        bytes.CopyTo(memory.Bytes);
        return memory;
    }

    /// <summary>The bytes. Valid only while the caller holds a counted reference.</summary>
    // SAFETY: the block holds Length bytes until ReleaseHandle, which a counted reference defers.
    public Span<byte> Bytes => new((void*)handle, Length);

    protected override bool ReleaseHandle()
    {
        CryptographicOperations.ZeroMemory(new Span<byte>((void*)handle, Length)); // SAFETY: last use of our own block.
        NativeMemory.Free((void*)handle);
        return true;
    }
}

using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace CryptoDev.Native;

/// <summary>
/// A long block for the bytes of one operation: pages of zeros of its own, left out of core dumps, zeroed and given back to the system when
/// it is disposed.
/// </summary>
internal sealed unsafe class WorkMemoryHandle : SafeHandle
{
    private WorkMemoryHandle(int length)
        : base(0, ownsHandle: true) => Length = length;

    public override bool IsInvalid => handle is 0 or -1;

    public int Length { get; }

    /// <summary>The bytes; the owner keeps this handle alive.</summary>
    // SAFETY: the pages hold Length bytes until ReleaseHandle, and the owner disposes this after its last use of the span.
    public Span<byte> Bytes => new((void*)handle, Length);

    /// <summary>Makes one of a length above 0.</summary>
    /// <exception cref="OutOfMemoryException">The system has not so much.</exception>
    public static WorkMemoryHandle Allocate(int length)
    {
        WorkMemoryHandle memory = new(length);
        void* address = LibC.mmap(null, (nuint)length, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS, -1, 0);
        if ((nint)address == -1)
        {
            throw new OutOfMemoryException($"The system has no {length} bytes for an operation.");
        }

        memory.SetHandle((nint)address);

        // A kernel without it dumps them.
        _ = LibC.madvise(address, (nuint)length, LibC.MADV_DONTDUMP);
        return memory;
    }

    protected override bool ReleaseHandle()
    {
        CryptographicOperations.ZeroMemory(new Span<byte>((void*)handle, Length)); // SAFETY: last use of our own pages.
        return LibC.munmap((void*)handle, (nuint)Length) == 0;
    }
}

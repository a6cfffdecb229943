using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace CryptoDev.Native;

/// <summary>
/// A long block for the data of one operation. It has zeroed pages of its own that are left out of core dumps. Dispose zeroes them and
/// returns them to the system.
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

    /// <summary>Allocates a block. The length must be above 0.</summary>
    /// <exception cref="OutOfMemoryException">The system does not have that much memory.</exception>
    public static WorkMemoryHandle Allocate(int length)
    {
        WorkMemoryHandle memory = new(length);
        void* address = LibC.mmap(null, (nuint)length, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS, -1, 0);
        if ((nint)address == -1)
        {
            throw new OutOfMemoryException($"The system has no {length} bytes for an operation.");
        }

        memory.SetHandle((nint)address);

        // A kernel without this flag includes the pages in core dumps.
        _ = LibC.madvise(address, (nuint)length, LibC.MADV_DONTDUMP);
        return memory;
    }

    protected override bool ReleaseHandle()
    {
        CryptographicOperations.ZeroMemory(new Span<byte>((void*)handle, Length)); // SAFETY: last use of our own pages.
        return LibC.munmap((void*)handle, (nuint)Length) == 0;
    }
}

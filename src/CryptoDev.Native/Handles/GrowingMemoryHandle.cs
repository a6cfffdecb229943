using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace CryptoDev.Native;

/// <summary>
/// Memory for a message whose length is not known yet. Addresses for its longest length are reserved, and memory is taken as it grows: in
/// place, so there is never a second copy. It is left out of core dumps, and zeroed before it is freed.
/// </summary>
internal sealed unsafe class GrowingMemoryHandle : SafeHandle
{
    /// <summary>Memory is asked for in steps of this, a multiple of every page size.</summary>
    private const int Step = 1 << 20;

    private readonly nuint _reserved;

    private GrowingMemoryHandle(int most)
        : base(0, ownsHandle: true)
    {
        Most = most;
        _reserved = ((nuint)most + Step) / Step * Step;
    }

    public override bool IsInvalid => handle is 0 or -1;

    /// <summary>The longest length.</summary>
    public int Most { get; }

    /// <summary>The bytes there are so far; the owner keeps this handle alive.</summary>
    // SAFETY: that many bytes are readable and writable until ReleaseHandle.
    public Span<byte> Bytes => new((void*)handle, Length);

    /// <summary>The number of bytes there are so far.</summary>
    public int Length { get; private set; }

    /// <exception cref="OutOfMemoryException">There are no addresses.</exception>
    public static GrowingMemoryHandle Reserve(int most)
    {
        GrowingMemoryHandle memory = new(most);
        void* address = LibC.mmap(null, memory._reserved, LibC.PROT_NONE, LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS, -1, 0);
        if ((nint)address == -1)
        {
            throw new OutOfMemoryException($"The system has no room for a message of {most} bytes.");
        }

        memory.SetHandle((nint)address);
        _ = LibC.madvise(address, memory._reserved, LibC.MADV_DONTDUMP);
        return memory;
    }

    /// <summary>Makes it at least that long. New bytes are zero; the others stay where they are.</summary>
    /// <exception cref="OutOfMemoryException">The system does not have that much memory.</exception>
    public void Grow(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Most);
        if (length <= Length)
        {
            return;
        }

        // SAFETY: the rounded length stays inside what was reserved.
        nuint rounded = ((nuint)length + Step - 1) / Step * Step;
        if (LibC.mprotect((void*)handle, rounded, LibC.PROT_READ | LibC.PROT_WRITE) != 0)
        {
            throw new OutOfMemoryException($"The system has no {length} bytes for a message.");
        }

        Length = (int)Math.Min(rounded, (nuint)Most);
    }

    protected override bool ReleaseHandle()
    {
        CryptographicOperations.ZeroMemory(new Span<byte>((void*)handle, Length)); // SAFETY: last use of our own pages.
        return LibC.munmap((void*)handle, _reserved) == 0;
    }
}

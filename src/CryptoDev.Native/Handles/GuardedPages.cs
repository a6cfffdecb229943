using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>
/// Whole pages between two inaccessible guard pages. They are locked in memory if the limit allows it, and left out of core dumps and
/// forked children. A forked child that uses a key gets a fault. Otherwise it would compute with whatever state its parent had at the fork.
/// </summary>
internal sealed unsafe class GuardedPages
{
    /// <summary>More than any key and all operands of any key operation together.</summary>
    private const int LongestLocked = 128 << 10;

    private static int s_lockFailure;

    private readonly byte* _region;

    /// <param name="length">The least number of bytes. It is rounded up to whole pages.</param>
    /// <exception cref="OutOfMemoryException">There is no memory or no address space.</exception>
    public GuardedPages(long length)
    {
        int page = Environment.SystemPageSize;
        Length = (length + page - 1) / page * page;
        if (!OperatingSystem.IsLinux())
        {
            // The constants of these calls are Linux's. On other systems the memory is only zeroed and off the managed heap.
            _region = (byte*)NativeMemory.AllocZeroed((nuint)Length);
            Start = (nint)_region;
            return;
        }

        // SAFETY: addresses and lengths are of the region that the first call gave, and stay inside it.
        void* region = LibC.mmap(null, (nuint)(Length + (2 * page)), LibC.PROT_NONE, LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS, -1, 0);
        if ((nint)region == -1)
        {
            throw new OutOfMemoryException();
        }

        _region = (byte*)region;
        Start = (nint)(_region + page);
        if (LibC.mprotect((void*)Start, (nuint)Length, LibC.PROT_READ | LibC.PROT_WRITE) != 0)
        {
            Unmap();
            throw new OutOfMemoryException();
        }

        // A longer block is a message and not a key. Locking it would use up the limit that keys need.
        if (length <= LongestLocked && LibC.mlock((void*)Start, (nuint)Length) != 0)
        {
            Volatile.Write(ref s_lockFailure, Errno.Last().Number);
        }

        // These calls are only advice. The memory is usable even if a kernel does not know them.
        _ = LibC.madvise((void*)Start, (nuint)Length, LibC.MADV_DONTDUMP);
        _ = LibC.madvise((void*)Start, (nuint)Length, LibC.MADV_DONTFORK);
    }

    /// <summary>The errno value with which the kernel last refused to lock pages. 0 if it never refused.</summary>
    public static int LockFailure => Volatile.Read(ref s_lockFailure);

    /// <summary>The first byte after the guard page.</summary>
    public nint Start { get; }

    /// <summary>The number of bytes up to the guard page at the end.</summary>
    public long Length { get; }

    /// <summary>Unmaps the pages. The user must have zeroed them, and nothing may access them afterwards.</summary>
    public void Unmap()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = LibC.munmap(_region, (nuint)(Length + (2 * Environment.SystemPageSize)));
        }
        else
        {
            NativeMemory.Free(_region);
        }
    }
}

using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>
/// Whole pages between two that nobody may touch. Locked in memory where the limit allows, left out of core dumps and of children: a child
/// of a fork that used a key would compute with whatever its parent left, and so meets a fault instead.
/// </summary>
internal sealed unsafe class GuardedPages
{
    /// <summary>Longer than any key and all operands of any key operation together.</summary>
    private const int LongestLocked = 128 << 10;

    private static int s_lockFailure;

    private readonly byte* _region;

    /// <param name="length">Bytes, at least; rounded up to pages.</param>
    /// <exception cref="OutOfMemoryException">There is no memory or no address space.</exception>
    public GuardedPages(long length)
    {
        int page = Environment.SystemPageSize;
        Length = (length + page - 1) / page * page;
        if (!OperatingSystem.IsLinux())
        {
            // The numbers of these calls are Linux's: elsewhere the memory is off the managed heap and zeroed, no more.
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

        // What is longer is a message and no key, and would take the limit from the keys.
        if (length <= LongestLocked && LibC.mlock((void*)Start, (nuint)Length) != 0)
        {
            Volatile.Write(ref s_lockFailure, Errno.Last().Number);
        }

        // Advice: a kernel that does not know it gives the memory all the same.
        _ = LibC.madvise((void*)Start, (nuint)Length, LibC.MADV_DONTDUMP);
        _ = LibC.madvise((void*)Start, (nuint)Length, LibC.MADV_DONTFORK);
    }

    /// <summary>The errno value with which the kernel last refused to lock pages; 0 where it never did.</summary>
    public static int LockFailure => Volatile.Read(ref s_lockFailure);

    /// <summary>The first byte, behind the guard page.</summary>
    public nint Start { get; }

    /// <summary>Bytes up to the guard page behind them.</summary>
    public long Length { get; }

    /// <summary>Gives the pages back, which whoever used them has zeroed; nothing may touch them again.</summary>
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

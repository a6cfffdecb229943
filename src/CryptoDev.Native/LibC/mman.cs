using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>sys/mman.h: memory off the managed heap whose pages can be kept out of core dumps.</summary>
internal static unsafe partial class LibC
{
    public const int PROT_NONE = 0;
    public const int PROT_READ = 1;
    public const int PROT_WRITE = 2;
    public const int MAP_SHARED = 1;
    public const int MAP_PRIVATE = 2;
    public const int MAP_ANONYMOUS = 0x20;
    public const int MADV_DONTFORK = 10;
    public const int MADV_DONTDUMP = 16;
    public const int MADV_WIPEONFORK = 18;

    [LibraryImport("libc")]
    public static partial void* mmap(void* address, nuint length, int protection, int flags, int fd, long offset);

    [LibraryImport("libc")]
    public static partial int munmap(void* address, nuint length);

    [LibraryImport("libc")]
    public static partial int mprotect(void* address, nuint length, int protection);

    [LibraryImport("libc")]
    public static partial int mlock(void* address, nuint length);

    [LibraryImport("libc")]
    public static partial int madvise(void* address, nuint length, int advice);
}

using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>
/// unistd.h, fcntl.h and sys/stat.h: files by the bytes of their names. A name of a file need not be UTF-8, so it is a zero-terminated
/// string of bytes here. The others are in at.cs.
/// </summary>
internal static unsafe partial class LibC
{
    public const int AT_FDCWD = -100;
    public const ushort S_IFLNK = 0xa000;
    public const ulong STATX_ATTR_MOUNT_ROOT = 0x2000;

    /// <summary>Variadic in C, as <see cref="open"/>.</summary>
    [LibraryImport("libc")]
    public static partial int openat(int folder, byte* name, int flags, uint mode);

    [LibraryImport("libc")]
    public static partial int unlinkat(int folder, byte* name, int flags);

    [LibraryImport("libc")]
    public static partial int renameat(int oldFolder, byte* oldName, int newFolder, byte* newName);

    [LibraryImport("libc")]
    public static partial int statx(int folder, byte* name, int flags, uint mask, statx* result);

    [LibraryImport("libc")]
    public static partial nint readlinkat(int folder, byte* name, byte* target, nuint length);

    [LibraryImport("libc")]
    public static partial int fchown(int fd, uint owner, uint group);

    [LibraryImport("libc")]
    public static partial int fchmod(int fd, uint mode);

    [LibraryImport("libc")]
    public static partial int fsync(int fd);
}

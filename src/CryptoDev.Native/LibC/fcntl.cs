using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>
/// fcntl.h. It has only flags whose number is the same on x64, arm64 and riscv64 (O_DIRECTORY, O_NOFOLLOW and O_DIRECT differ).
/// </summary>
internal static unsafe partial class LibC
{
    public const int O_RDONLY = 0;
    public const int O_WRONLY = 1;
    public const int O_RDWR = 2;
    public const int O_CREAT = 0x40;
    public const int O_EXCL = 0x80;
    public const int O_TRUNC = 0x200;
    public const int O_NONBLOCK = 0x800;
    public const int O_CLOEXEC = 0x80000;

    public const int F_GETFD = 1;
    public const int F_SETFD = 2;
    public const int F_GETFL = 3;
    public const int F_SETFL = 4;
    public const int F_DUPFD_CLOEXEC = 1030;
    public const int FD_CLOEXEC = 1;

    /// <summary>
    /// Variadic in C. On the three architectures, compilers pass these arguments as for a function with fixed parameters.
    /// </summary>
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int open(string path, int flags, uint mode);

    /// <summary>Variadic in C, as <see cref="open"/>.</summary>
    [LibraryImport("libc")]
    public static partial int fcntl(int fd, int command, nint argument);
}

using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>unistd.h.</summary>
internal static unsafe partial class LibC
{
    [LibraryImport("libc")]
    public static partial int close(int fd);

    [LibraryImport("libc")]
    public static partial nint read(int fd, void* buffer, nuint length);

    [LibraryImport("libc")]
    public static partial nint write(int fd, void* buffer, nuint length);

    [LibraryImport("libc")]
    public static partial int pipe2(int* ends, int flags);

    [LibraryImport("libc")]
    public static partial int getpid();

    [LibraryImport("libc")]
    public static partial uint geteuid();

    /// <summary>Changes the priority of the calling thread on Linux, and of the process on other systems.</summary>
    [LibraryImport("libc")]
    public static partial int nice(int increment);

    /// <summary>Ends the process at once. No exit handler runs, so nothing can delay it.</summary>
    [LibraryImport("libc")]
    public static partial void _exit(int status);
}

using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>sys/uio.h.</summary>
internal static unsafe partial class LibC
{
    [LibraryImport("libc")]
    public static partial nint writev(int fd, iovec* vectors, int count);

    [LibraryImport("libc")]
    public static partial nint process_vm_readv(int pid, iovec* local, nuint localCount, iovec* remote, nuint remoteCount, nuint flags);

    [LibraryImport("libc")]
    public static partial nint process_vm_writev(int pid, iovec* local, nuint localCount, iovec* remote, nuint remoteCount, nuint flags);
}

/// <summary>One piece of memory.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct iovec
{
    public void* iov_base;
    public nuint iov_len;
}

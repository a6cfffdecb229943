using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>
/// poll.h. It cannot tell when an AF_ALG operation is done: an idle descriptor reports readable and writable, and a hash descriptor never
/// reports anything.
/// </summary>
internal static unsafe partial class LibC
{
    public const short POLLIN = 0x1;
    public const short POLLPRI = 0x2;
    public const short POLLOUT = 0x4;
    public const short POLLERR = 0x8;
    public const short POLLHUP = 0x10;
    public const short POLLNVAL = 0x20;
    public const short POLLRDNORM = 0x40;
    public const short POLLWRNORM = 0x100;

    [LibraryImport("libc")]
    public static partial int poll(pollfd* descriptors, nuint count, int timeoutMilliseconds);
}

/// <summary>One descriptor to wait for.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct pollfd
{
    public int fd;
    public short events;
    public short revents;
}

using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>
/// sys/socket.h. Frequent calls take a raw descriptor and pointers. Read errno with <c>Marshal.GetLastSystemError()</c> directly after the
/// call.
/// </summary>
internal static unsafe partial class LibC
{
    public const int AF_UNIX = 1;
    public const int AF_NETLINK = 16;
    public const int AF_ALG = 38;

    public const int SOCK_STREAM = 1;
    public const int SOCK_RAW = 3;
    public const int SOCK_SEQPACKET = 5;
    public const int SOCK_NONBLOCK = 0x800;
    public const int SOCK_CLOEXEC = 0x80000;

    public const int SOL_SOCKET = 1;
    public const int SOL_NETLINK = 270;
    public const int SOL_ALG = 279;

    public const int SO_SNDBUF = 7;
    public const int SO_RCVBUF = 8;
    public const int SO_RCVTIMEO = 20;
    public const int SO_SNDBUFFORCE = 32;
    public const int SO_RCVBUFFORCE = 33;

    public const int MSG_CTRUNC = 0x8;
    public const int MSG_TRUNC = 0x20;
    public const int MSG_DONTWAIT = 0x40;
    public const int MSG_NOSIGNAL = 0x4000;
    public const int MSG_MORE = 0x8000;

    [LibraryImport("libc")]
    public static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc")]
    public static partial int bind(int fd, void* address, uint length);

    [LibraryImport("libc")]
    public static partial int accept4(int fd, void* address, uint* length, int flags);

    [LibraryImport("libc")]
    public static partial int setsockopt(int fd, int level, int name, void* value, uint length);

    [LibraryImport("libc")]
    public static partial int getsockopt(int fd, int level, int name, void* value, uint* length);

    [LibraryImport("libc")]
    public static partial nint sendmsg(int fd, msghdr* message, int flags);

    [LibraryImport("libc")]
    public static partial nint recvmsg(int fd, msghdr* message, int flags);

    [LibraryImport("libc")]
    public static partial nint send(int fd, void* buffer, nuint length, int flags);

    [LibraryImport("libc")]
    public static partial nint recv(int fd, void* buffer, nuint length, int flags);
}

/// <summary>
/// One message, scattered or gathered. musl splits msg_iovlen and msg_controllen into a number and padding, which gives the same bytes on
/// little-endian machines.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct msghdr
{
    public void* msg_name;
    public uint msg_namelen;
    public iovec* msg_iov;
    public nuint msg_iovlen;
    public void* msg_control;
    public nuint msg_controllen;
    public int msg_flags;
}

/// <summary>The header of one control record. The data follows at byte 16, and each record is padded to a multiple of 8.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct cmsghdr
{
    public nuint cmsg_len;
    public int cmsg_level;
    public int cmsg_type;
}

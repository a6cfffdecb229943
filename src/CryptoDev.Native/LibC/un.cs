using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>sys/un.h, sys/eventfd.h and those parts of sys/socket.h, sys/mman.h and fcntl.h that a server of local clients needs.</summary>
internal static unsafe partial class LibC
{
    public const int SCM_RIGHTS = 1;
    public const int SO_PEERCRED = 17;
    public const int SO_RCVLOWAT = 18;
    public const int SO_PEERGROUPS = 59;
    public const int SO_PASSRIGHTS = 83;
    public const int SHUT_RD = 0;
    public const int SHUT_RDWR = 2;
    public const int MSG_PEEK = 2;
    public const int MSG_CMSG_CLOEXEC = 0x40000000;

    public const uint MFD_CLOEXEC = 1;
    public const uint MFD_ALLOW_SEALING = 2;
    public const int F_ADD_SEALS = 1033;
    public const int F_SEAL_SEAL = 1;
    public const int F_SEAL_SHRINK = 2;
    public const int F_SEAL_GROW = 4;

    public const int EFD_CLOEXEC = 0x80000;
    public const int EFD_NONBLOCK = 0x800;

    [LibraryImport("libc")]
    public static partial int listen(int fd, int backlog);

    [LibraryImport("libc")]
    public static partial int connect(int fd, void* address, uint length);

    [LibraryImport("libc")]
    public static partial int socketpair(int domain, int type, int protocol, int* ends);

    [LibraryImport("libc")]
    public static partial int shutdown(int fd, int how);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int memfd_create(string name, uint flags);

    [LibraryImport("libc")]
    public static partial int fallocate(int fd, int mode, long offset, long length);

    [LibraryImport("libc")]
    public static partial int eventfd(uint value, int flags);
}

/// <summary>The address of a local socket.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct sockaddr_un
{
    public ushort sun_family;
    public sun_path_array sun_path;

    /// <summary><c>char[108]</c>.</summary>
    [InlineArray(108)]
    internal struct sun_path_array
    {
        private byte _first;
    }
}

/// <summary>The credentials of the peer at the time when it connected.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ucred
{
    public int pid;
    public uint uid;
    public uint gid;
}

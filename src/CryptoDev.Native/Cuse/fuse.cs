using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>
/// The part of linux/fuse.h that a character device in user space needs. All numbers are in the byte order of the machine.
/// </summary>
internal static class Fuse
{
    public const uint FUSE_KERNEL_VERSION = 7;

    public const uint FUSE_OPEN = 14;
    public const uint FUSE_READ = 15;
    public const uint FUSE_WRITE = 16;
    public const uint FUSE_RELEASE = 18;
    public const uint FUSE_INTERRUPT = 36;
    public const uint FUSE_DESTROY = 38;
    public const uint FUSE_IOCTL = 39;
    public const uint FUSE_POLL = 40;
    public const uint CUSE_INIT = 4096;

    public const int FUSE_NOTIFY_POLL = 1;

    public const uint CUSE_UNRESTRICTED_IOCTL = 1;
    public const int CUSE_INIT_INFO_MAX = 4096;

    public const uint FOPEN_DIRECT_IO = 1;
    public const uint FOPEN_NONSEEKABLE = 4;

    public const uint FUSE_IOCTL_UNRESTRICTED = 2;
    public const uint FUSE_IOCTL_RETRY = 4;
    public const uint FUSE_IOCTL_32BIT = 8;
    public const int FUSE_IOCTL_MAX_IOV = 256;

    public const uint FUSE_POLL_SCHEDULE_NOTIFY = 1;

    public const int FUSE_MIN_READ_BUFFER = 8192;
}

/// <summary>
/// The header of every request. <c>pid</c> is a thread id in the server's pid namespace, or 0 for a caller outside of it.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct fuse_in_header
{
    public uint len;
    public uint opcode;
    public ulong unique;
    public ulong nodeid;
    public uint uid;
    public uint gid;
    public uint pid;
    public ushort total_extlen;
    public ushort padding;
}

/// <summary>The header of every answer. <c>error</c> is a negated errno, or the code of a notification if <c>unique</c> is 0.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct fuse_out_header
{
    public uint len;
    public int error;
    public ulong unique;
}

/// <summary>The kernel's offer at the start.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct cuse_init_in
{
    public uint major;
    public uint minor;
    public uint unused;
    public uint flags;
}

/// <summary>The server's answer to the offer. The device's name follows it as text.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct cuse_init_out
{
    public uint major;
    public uint minor;
    public uint unused;
    public uint flags;
    public uint max_read;
    public uint max_write;
    public uint dev_major;
    public uint dev_minor;
    public fixed uint spare[10];
}

/// <summary>The number of an open file. The server chooses it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct fuse_open_out
{
    public ulong fh;
    public uint open_flags;
    public uint padding;
}

/// <summary>The last close of an open file.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct fuse_release_in
{
    public ulong fh;
    public uint flags;
    public uint release_flags;
    public ulong lock_owner;
}

/// <summary>The caller of the given request has a signal pending.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct fuse_interrupt_in
{
    public ulong unique;
}

/// <summary>One ioctl. If a retry asked for input, the input follows.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct fuse_ioctl_in
{
    public ulong fh;
    public uint flags;
    public uint cmd;
    public ulong arg;
    public uint in_size;
    public uint out_size;
}

/// <summary>A piece of the caller's memory, for a retry.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct fuse_ioctl_iovec
{
    public ulong @base;
    public ulong len;
}

/// <summary>The answer to an ioctl. The pieces of a retry, or the output, follow it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct fuse_ioctl_out
{
    public int result;
    public uint flags;
    public uint in_iovs;
    public uint out_iovs;
}

/// <summary>A poll. <c>kh</c> is the kernel's handle of the waiting poll.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct fuse_poll_in
{
    public ulong fh;
    public ulong kh;
    public uint flags;
    public uint events;
}

/// <summary>The answer to a poll.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct fuse_poll_out
{
    public uint revents;
    public uint padding;
}

/// <summary>Wakes the threads that wait in poll.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct fuse_notify_poll_wakeup_out
{
    public ulong kh;
}

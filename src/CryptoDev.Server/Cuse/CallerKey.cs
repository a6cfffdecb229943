using CryptoDev.Native;

namespace CryptoDev.Server.Cuse;

/// <summary>
/// Identifies the caller of a request. A thread runs one ioctl at a time, so the thread id is enough. For a caller in another pid namespace
/// the kernel sends thread id 0. Such callers are told apart by the file, the request number and the argument.
/// </summary>
internal readonly record struct CallerKey(uint Thread, ulong File, uint Request, ulong Argument)
{
    public static CallerKey Of(in fuse_in_header header, in fuse_ioctl_in ioctl) =>
        header.pid != 0 ? new CallerKey(header.pid, 0, 0, 0) : new CallerKey(0, ioctl.fh, ioctl.cmd, ioctl.arg);
}

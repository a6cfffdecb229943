using CryptoDev.Native;

namespace CryptoDev.Server.Cuse;

/// <summary>
/// Which caller a request is from. A thread is in one ioctl at a time, so its id is enough; of callers in another pid namespace the kernel
/// gives none (0), and there the file, the request and its argument must do.
/// </summary>
internal readonly record struct CallerKey(uint Thread, ulong File, uint Request, ulong Argument)
{
    public static CallerKey Of(in fuse_in_header header, in fuse_ioctl_in ioctl) =>
        header.pid != 0 ? new CallerKey(header.pid, 0, 0, 0) : new CallerKey(0, ioctl.fh, ioctl.cmd, ioctl.arg);
}

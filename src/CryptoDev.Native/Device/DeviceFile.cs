namespace CryptoDev.Native;

/// <summary>A device of this machine.</summary>
internal sealed unsafe class DeviceFile : DeviceChannel
{
    private DeviceFile(int descriptor) => SetHandle(descriptor);

    /// <summary>
    /// Opens it for reading and writing, and close-on-exec from the start: a child that runs another program must not use this process's
    /// sessions.
    /// </summary>
    public static DeviceFile? Open(string path, out Errno error)
    {
        int descriptor = LibC.open(path, LibC.O_RDWR | LibC.O_CLOEXEC, 0);
        error = descriptor < 0 ? Errno.Last() : default;
        return descriptor < 0 ? null : new DeviceFile(descriptor);
    }

    public override int Ioctl(uint request, void* argument)
    {
        int result = Uninterrupted.Ioctl((int)handle, request, argument);
        return result >= 0 ? result : -Errno.Last().Number;
    }

    public override int Poll(short events, int timeoutMilliseconds)
    {
        pollfd wanted = new() { fd = (int)handle, events = events };
        int result = Uninterrupted.Poll(&wanted, 1, timeoutMilliseconds);
        return result < 0 ? -Errno.Last().Number
            : result == 0 ? 0
            : wanted.revents;
    }

    /// <summary>CRIOGET has no close-on-exec flag, so for a moment the new descriptor does not have it.</summary>
    public override DeviceChannel? Adopt(int descriptor)
    {
        if (descriptor < 0)
        {
            return null;
        }

        DeviceFile file = new(descriptor);
        if (LibC.fcntl(descriptor, LibC.F_SETFD, LibC.FD_CLOEXEC) == 0)
        {
            return file;
        }

        file.Dispose();
        return null;
    }

    protected override bool ReleaseHandle() => LibC.close((int)handle) == 0;
}

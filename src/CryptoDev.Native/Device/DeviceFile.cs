namespace CryptoDev.Native;

/// <summary>A device of this machine.</summary>
internal sealed unsafe class DeviceFile : DeviceChannel
{
    private DeviceFile(int descriptor) => SetHandle(descriptor);

    /// <summary>
    /// Opens it for both ways, close-on-exec from birth: a child that runs another program must not drive this process's sessions.
    /// </summary>
    public static DeviceFile? Open(string path, out Errno error)
    {
        int descriptor = LibC.open(path, LibC.O_RDWR | LibC.O_CLOEXEC, 0);
        error = descriptor < 0 ? Errno.Last() : default;
        return descriptor < 0 ? null : new DeviceFile(descriptor);
    }

    public override int Ioctl(uint request, void* argument)
    {
        while (true)
        {
            int result = LibC.ioctl((int)handle, request, argument);
            if (result >= 0)
            {
                return result;
            }

            // The kernels' own devices wait where no signal reaches them, and a served device answers EINTR only when it did nothing: so
            // repeating is safe, for hash updates too.
            int error = Errno.Last().Number;
            if (error != LibC.EINTR)
            {
                return -error;
            }
        }
    }

    public override int Poll(short events, int timeoutMilliseconds)
    {
        pollfd wanted = new() { fd = (int)handle, events = events };
        long end = timeoutMilliseconds < 0 ? long.MaxValue : Environment.TickCount64 + timeoutMilliseconds;
        while (true)
        {
            int result = LibC.poll(&wanted, 1, timeoutMilliseconds);
            if (result >= 0)
            {
                return result == 0 ? 0 : wanted.revents;
            }

            int error = Errno.Last().Number;
            if (error != LibC.EINTR)
            {
                return -error;
            }

            // What is left of the time, or signals that keep coming would make it last for ever.
            timeoutMilliseconds = timeoutMilliseconds < 0 ? timeoutMilliseconds : (int)Math.Max(0, end - Environment.TickCount64);
        }
    }

    /// <summary>CRIOGET knows no close-on-exec, so for a moment the new descriptor is without it.</summary>
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

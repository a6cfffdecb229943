using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>
/// The server's end of one device of /dev/cuse. Any number of threads may read requests and write answers at once. Results are a count or a
/// negated error number.
/// </summary>
/// <remarks>Closing it removes the device node, but only when no thread is in a read any more: a read holds the file.</remarks>
internal sealed unsafe class CuseChannel : IDisposable
{
    internal const string DevicePath = "/dev/cuse";

    /// <summary>The most bytes that the kernel moves per direction of a retry: 32 pages of 4 KiB. CUSE cannot raise this limit.</summary>
    internal const int MaxTransfer = 32 * 4096;

    /// <summary>
    /// Large enough for any request. If a request does not fit into the reader's buffer, the kernel answers it with EIO itself.
    /// </summary>
    public static readonly int BufferLength = sizeof(fuse_in_header) + sizeof(fuse_ioctl_in) + MaxTransfer;

    // The retry vectors have one layout for all callers since this minor version.
    private const uint OldestMinor = 16;
    private const uint OurMinor = 38;
    private const uint SmallestWrite = 4096;

    private readonly SafeFileDescriptorHandle _file;
    private readonly int _fd;

    /// <summary>Uses a descriptor that speaks the protocol: /dev/cuse, or a substitute in a test.</summary>
    public CuseChannel(SafeFileDescriptorHandle file)
    {
        _file = file;
        _fd = file.Descriptor;
    }

    /// <summary>Opens /dev/cuse. Null and the reason if that fails.</summary>
    public static CuseChannel? Open(out Errno error)
    {
        SafeFileDescriptorHandle? file = SafeFileDescriptorHandle.OpenFile(DevicePath, LibC.O_RDWR, out error);
        return file is null ? null : new CuseChannel(file);
    }

    /// <summary>Names the device. ENODEV: the kernel cut the connection. It does this when another server already has that name.</summary>
    public Errno Initialize(string deviceName)
    {
        byte[] buffer = new byte[Fuse.FUSE_MIN_READ_BUFFER];
        int read = Read(buffer);
        if (read < 0)
        {
            return new Errno(-read);
        }

        if (
            !CuseCodec.TryReadInit(buffer.AsSpan(0, read), out ulong unique, out cuse_init_in offer)
            || offer.major != Fuse.FUSE_KERNEL_VERSION
            || offer.minor < OldestMinor
            || (offer.flags & Fuse.CUSE_UNRESTRICTED_IOCTL) == 0
        )
        {
            return new Errno(LibC.EPROTO);
        }

        cuse_init_out answer = new()
        {
            major = Fuse.FUSE_KERNEL_VERSION,
            minor = Math.Min(OurMinor, offer.minor),
            flags = Fuse.CUSE_UNRESTRICTED_IOCTL,
            max_read = SmallestWrite,
            max_write = SmallestWrite,
        };
        int written = Answer(unique, 0, Bytes(in answer), CuseCodec.DeviceInfo(deviceName));
        if (written < 0)
        {
            return new Errno(-written);
        }

        // The kernel makes the device, or cuts the connection, before the write above returns.
        pollfd state = new() { fd = _fd, events = LibC.POLLIN };
        return LibC.poll(&state, 1, 0) == 1 && (state.revents & LibC.POLLERR) != 0 ? new Errno(LibC.ENODEV) : default;
    }

    /// <summary>Waits for one request.</summary>
    public int Read(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            nint count = LibC.read(_fd, start, (nuint)buffer.Length);
            return count < 0 ? -Marshal.GetLastSystemError() : (int)count;
        }
    }

    /// <summary>Answers one request: an error, or up to two pieces one after the other.</summary>
    public int Answer(ulong unique, int error, ReadOnlySpan<byte> first = default, ReadOnlySpan<byte> second = default)
    {
        fuse_out_header header = new()
        {
            len = (uint)(sizeof(fuse_out_header) + first.Length + second.Length),
            error = error,
            unique = unique,
        };
        fixed (
            byte* firstStart = first,
                secondStart = second
        )
        {
            iovec* pieces = stackalloc iovec[3];
            pieces[0] = new iovec { iov_base = &header, iov_len = (nuint)sizeof(fuse_out_header) };
            pieces[1] = new iovec { iov_base = firstStart, iov_len = (nuint)first.Length };
            pieces[2] = new iovec { iov_base = secondStart, iov_len = (nuint)second.Length };
            int used =
                second.Length > 0 ? 3
                : first.Length > 0 ? 2
                : 1;
            nint count = LibC.writev(_fd, pieces, used);
            return count < 0 ? -Marshal.GetLastSystemError() : (int)count;
        }
    }

    /// <summary>Wakes the threads that wait in poll.</summary>
    public int NotifyPoll(ulong kernelHandle)
    {
        fuse_notify_poll_wakeup_out wakeup = new() { kh = kernelHandle };
        return Answer(0, Fuse.FUSE_NOTIFY_POLL, Bytes(in wakeup));
    }

    public void Dispose() => _file.Dispose();

    private static ReadOnlySpan<byte> Bytes<T>(in T value)
        where T : unmanaged => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value));
}

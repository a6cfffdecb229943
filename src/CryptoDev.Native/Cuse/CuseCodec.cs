using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace CryptoDev.Native;

/// <summary>Parses the requests of /dev/cuse and writes the contents of answers. Uses no device.</summary>
internal static class CuseCodec
{
    /// <summary>Splits a request into its header and its body. False if the lengths do not agree.</summary>
    public static bool TryRead(ReadOnlySpan<byte> request, out fuse_in_header header, out ReadOnlySpan<byte> body)
    {
        body = default;
        if (!MemoryMarshal.TryRead(request, out header) || header.len != request.Length)
        {
            return false;
        }

        body = request[Unsafe.SizeOf<fuse_in_header>()..];
        return true;
    }

    /// <summary>Reads the very first request.</summary>
    public static bool TryReadInit(ReadOnlySpan<byte> request, out ulong unique, out cuse_init_in offer)
    {
        offer = default;
        bool good =
            TryRead(request, out fuse_in_header header, out ReadOnlySpan<byte> body)
            && header.opcode == Fuse.CUSE_INIT
            && MemoryMarshal.TryRead(body, out offer);
        unique = header.unique;
        return good;
    }

    /// <summary>Reads an ioctl and the input that came with it.</summary>
    public static bool TryReadIoctl(ReadOnlySpan<byte> body, out fuse_ioctl_in ioctl, out ReadOnlySpan<byte> input)
    {
        input = default;
        if (!MemoryMarshal.TryRead(body, out ioctl) || body.Length != Unsafe.SizeOf<fuse_ioctl_in>() + (long)ioctl.in_size)
        {
            return false;
        }

        input = body[Unsafe.SizeOf<fuse_ioctl_in>()..];
        return true;
    }

    /// <summary>The text that names the device to the kernel. Each entry ends with NUL.</summary>
    public static byte[] DeviceInfo(string deviceName) => Encoding.ASCII.GetBytes($"DEVNAME={deviceName}\0");

    /// <summary>
    /// Writes the answer that makes the kernel send the request again, with the input from <paramref name="input"/> and with space for
    /// <paramref name="output"/>. Returns the number of bytes written.
    /// </summary>
    public static int WriteRetry(Span<byte> destination, ReadOnlySpan<fuse_ioctl_iovec> input, ReadOnlySpan<fuse_ioctl_iovec> output)
    {
        fuse_ioctl_out head = new()
        {
            flags = Fuse.FUSE_IOCTL_RETRY,
            in_iovs = (uint)input.Length,
            out_iovs = (uint)output.Length,
        };
        MemoryMarshal.Write(destination, in head);
        int at = Unsafe.SizeOf<fuse_ioctl_out>();
        MemoryMarshal.AsBytes(input).CopyTo(destination[at..]);
        at += MemoryMarshal.AsBytes(input).Length;
        MemoryMarshal.AsBytes(output).CopyTo(destination[at..]);
        return at + MemoryMarshal.AsBytes(output).Length;
    }
}

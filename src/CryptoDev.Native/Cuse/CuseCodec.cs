using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace CryptoDev.Native;

/// <summary>Reads the requests of /dev/cuse and writes what answers carry. Knows no device.</summary>
internal static class CuseCodec
{
    /// <summary>Splits a request into its head and what follows; false where the lengths do not agree.</summary>
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

    /// <summary>The first request of all.</summary>
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

    /// <summary>An ioctl and the input that came with it.</summary>
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

    /// <summary>The words that name the device to the kernel: each ends with NUL.</summary>
    public static byte[] DeviceInfo(string deviceName) => Encoding.ASCII.GetBytes($"DEVNAME={deviceName}\0");

    /// <summary>
    /// The answer that asks for the request again, with input from <paramref name="input"/> and room for <paramref name="output"/>; returns
    /// the bytes written.
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

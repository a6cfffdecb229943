using System.Diagnostics;

namespace CryptoDev.Native;

/// <summary>
/// Processes one message on a transform of its own. This is for ciphers whose running state is in the kernel's transform (ecb(arc4)). On a
/// shared transform, a second operation continues the stream of the first, even from another descriptor.
/// </summary>
internal static unsafe class AlgMessage
{
    /// <summary>
    /// Opens, processes and closes within this call, so that nothing needs to be allocated or owned. A message is cut into pieces of
    /// <paramref name="pieceLength"/>, and the transform's state continues from one piece to the next. Returns the bytes written or a
    /// negated error number.
    /// </summary>
    public static int Cipher(
        string type,
        string name,
        ReadOnlySpan<byte> key,
        int keySerial,
        uint operation,
        ReadOnlySpan<byte> source,
        Span<byte> destination,
        int pieceLength
    )
    {
        Debug.Assert(destination.Length == source.Length && pieceLength > 0);
        int transform = LibC.socket(LibC.AF_ALG, LibC.SOCK_SEQPACKET | LibC.SOCK_CLOEXEC, 0);
        if (transform < 0)
        {
            return -Errno.Last().Number;
        }

        try
        {
            Errno error = AlgAddress.Bind(transform, type, name);
            if (!error.IsError)
            {
                error = SetKey(transform, key, keySerial);
            }

            if (error.IsError)
            {
                return -error.Number;
            }

            int fd = LibC.accept4(transform, null, null, LibC.SOCK_CLOEXEC);
            if (fd < 0)
            {
                return -Errno.Last().Number;
            }

            try
            {
                return Run(fd, operation, source, destination, pieceLength);
            }
            finally
            {
                _ = LibC.close(fd);
            }
        }
        finally
        {
            _ = LibC.close(transform);
        }
    }

    private static Errno SetKey(int transform, ReadOnlySpan<byte> key, int keySerial)
    {
        int result;
        if (keySerial != 0)
        {
            result = LibC.setsockopt(transform, LibC.SOL_ALG, LinuxAlg.ALG_SET_KEY_BY_KEY_SERIAL, &keySerial, sizeof(int));
        }
        else
        {
            fixed (byte* bytes = &key.Start())
            {
                result = LibC.setsockopt(transform, LibC.SOL_ALG, LinuxAlg.ALG_SET_KEY, bytes, (uint)key.Length);
            }
        }

        return result < 0 ? Errno.Last() : default;
    }

    private static int Run(int fd, uint operation, ReadOnlySpan<byte> source, Span<byte> destination, int pieceLength)
    {
        int controlLength = AlgControlMessageWriter.GetLength(0, withAssociatedData: false);
        ulong* control = stackalloc ulong[controlLength / sizeof(ulong)];
        AlgControlMessageWriter writer = new((byte*)control, 0, withAssociatedData: false);
        writer.Write(operation, default);

        iovec vector = default;
        msghdr message = new()
        {
            msg_iov = &vector,
            msg_iovlen = 1,
            msg_control = control,
            msg_controllen = (nuint)controlLength,
        };
        fixed (
            byte* input = &source.Start(),
                output = &destination.Start()
        )
        {
            int length;
            for (int offset = 0; offset < source.Length; offset += length)
            {
                length = Math.Min(pieceLength, source.Length - offset);
                vector.iov_base = input + offset;
                vector.iov_len = (nuint)length;
                nint count = LibC.sendmsg(fd, &message, LibC.MSG_DONTWAIT);
                if (count == length)
                {
                    count = LibC.recv(fd, output + offset, (nuint)length, LibC.MSG_DONTWAIT);
                }

                if (count != length)
                {
                    return count < 0 ? -Errno.Last().Number : -LibC.EMSGSIZE;
                }
            }
        }

        return source.Length;
    }
}

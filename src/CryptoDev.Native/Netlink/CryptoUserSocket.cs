namespace CryptoDev.Native;

/// <summary>Asks NETLINK_CRYPTO for its list: the only place where the kernel tells an algorithm's flags. Needs no privilege.</summary>
internal static unsafe class CryptoUserSocket
{
    private const int MaxAttempts = 4;
    private const int ReceiveTimeoutSeconds = 2;
    private const uint Sequence = 1;

    // A block is as large as the kernel guesses for the whole list, at most 65535 bytes (crypto_user, 6.1): with templates in use it comes
    // close.
    private const int BlockSize = 128 * 1024;

    /// <summary>
    /// All registered algorithms, or <see langword="null"/> and the reason: no crypto_user in the kernel, a sandbox without the family.
    /// </summary>
    public static IReadOnlyList<CryptoUserRecord>? Dump(out Errno error)
    {
        error = default;
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            // A fresh socket each time: the rest of an interrupted dump would still be queued on the old one.
            using SafeFileDescriptorHandle? socket = SafeFileDescriptorHandle.OpenSocket(
                LibC.AF_NETLINK,
                LibC.SOCK_RAW,
                Netlink.NETLINK_CRYPTO,
                out error
            );
            if (socket is null || !SetReceiveTimeout(socket.Descriptor, out error) || !SendRequest(socket.Descriptor, out error))
            {
                return null;
            }

            List<CryptoUserRecord> records = [];
            switch (Receive(socket.Descriptor, records, out error))
            {
                case CryptoUserCodec.BlockEnd.Done:
                    return records;
                case CryptoUserCodec.BlockEnd.Error:
                    return null;
                case CryptoUserCodec.BlockEnd.Malformed:
                    error = new Errno(LibC.EPROTO);
                    return null;
            }
        }

        error = new Errno(LibC.EAGAIN);
        return null;
    }

    /// <summary>A kernel answers at once; the bound is for a sandbox that swallows the request.</summary>
    private static bool SetReceiveTimeout(int fd, out Errno error)
    {
        timeval timeout = new() { tv_sec = ReceiveTimeoutSeconds };
        error = LibC.setsockopt(fd, LibC.SOL_SOCKET, LibC.SO_RCVTIMEO, &timeout, (uint)sizeof(timeval)) == 0 ? default : Errno.Last();
        return !error.IsError;
    }

    private static bool SendRequest(int fd, out Errno error)
    {
        byte[] request = CryptoUserCodec.EncodeDumpRequest(Sequence);
        fixed (byte* bytes = request)
        {
            error = Uninterrupted.Send(fd, bytes, (nuint)request.Length, 0) >= 0 ? default : Errno.Last();
        }

        return !error.IsError;
    }

    private static CryptoUserCodec.BlockEnd Receive(int fd, List<CryptoUserRecord> records, out Errno error)
    {
        byte[] buffer = new byte[BlockSize];
        while (true)
        {
            nint count;
            fixed (byte* bytes = buffer)
            {
                // MSG_TRUNC makes recv return the block's true length, so that a cut one is seen.
                count = Uninterrupted.Receive(fd, bytes, BlockSize, LibC.MSG_TRUNC);
                error = count < 0 ? Errno.Last() : default;
            }

            if (count < 0)
            {
                return CryptoUserCodec.BlockEnd.Error;
            }

            if (count == 0 || count > BlockSize)
            {
                return CryptoUserCodec.BlockEnd.Malformed;
            }

            CryptoUserCodec.BlockEnd end = CryptoUserCodec.Decode(buffer.AsSpan(0, (int)count), Sequence, records, out error);
            if (end != CryptoUserCodec.BlockEnd.More)
            {
                return end;
            }
        }
    }
}

namespace CryptoDev.Native;

/// <summary>
/// Asks NETLINK_CRYPTO for its list of algorithms. Only this interface gives an algorithm's flags. It needs no privilege.
/// </summary>
internal static unsafe class CryptoUserSocket
{
    private const int MaxAttempts = 4;
    private const int ReceiveTimeoutSeconds = 2;
    private const uint Sequence = 1;

    // The kernel makes a block as large as its estimate for the whole list, at most 65535 bytes (crypto_user, 6.1). With many template
    // instances the block comes close to that limit.
    private const int BlockSize = 128 * 1024;

    /// <summary>
    /// All registered algorithms. <see langword="null"/> and the reason if there is no crypto_user in the kernel, or a sandbox blocks the
    /// address family.
    /// </summary>
    public static IReadOnlyList<CryptoUserRecord>? Dump(out Errno error)
    {
        error = default;
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            // Use a new socket each time: the rest of an interrupted dump would still be queued on the old one.
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

    /// <summary>A kernel answers at once. The timeout is for a sandbox that drops the request.</summary>
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
                // With MSG_TRUNC, recv returns the true length of the block, so that a truncated block is noticed.
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

namespace CryptoDev.Native;

/// <summary>
/// The parent socket of AF_ALG: one transform with its key and tag length. It is set up in the kernel's order (bind, key, tag length,
/// accept). After the first accept the kernel answers EBUSY to any change, so there is one parent per key. Its operation sockets keep the
/// transform alive after the parent is closed.
/// </summary>
internal sealed unsafe class AlgTransformSocket : IDisposable
{
    private readonly SafeFileDescriptorHandle _socket;

    private AlgTransformSocket(SafeFileDescriptorHandle socket)
    {
        _socket = socket;
    }

    /// <summary>
    /// Opens an unbound socket. <see langword="null"/> and the reason if the kernel or a sandbox does not have this address family.
    /// </summary>
    public static AlgTransformSocket? Open(out Errno error)
    {
        SafeFileDescriptorHandle? socket = SafeFileDescriptorHandle.OpenSocket(LibC.AF_ALG, LibC.SOCK_SEQPACKET, 0, out error);
        return socket is null ? null : new AlgTransformSocket(socket);
    }

    /// <summary>Binds a type (hash, skcipher, aead, rng) and an algorithm or kernel driver.</summary>
    public Errno Bind(string type, string name) => AlgAddress.Bind(_socket.Descriptor, type, name);

    /// <summary>Sets the key. An empty key is allowed (HMAC, seeding a DRBG).</summary>
    public Errno SetKey(ReadOnlySpan<byte> key)
    {
        fixed (byte* bytes = &key.Start())
        {
            return Result(LibC.setsockopt(_socket.Descriptor, LibC.SOL_ALG, LinuxAlg.ALG_SET_KEY, bytes, (uint)key.Length));
        }
    }

    /// <summary>Sets the key that the kernel holds under a serial number. ENOPROTOOPT before Linux 6.2.</summary>
    public Errno SetKeyBySerial(int serial) =>
        Result(LibC.setsockopt(_socket.Descriptor, LibC.SOL_ALG, LinuxAlg.ALG_SET_KEY_BY_KEY_SERIAL, &serial, sizeof(int)));

    /// <summary>
    /// Sets an AEAD's tag length. This option takes it in the length argument. The kernel does not read the bytes, but a filter of the
    /// system may, so there are as many.
    /// </summary>
    public Errno SetTagLength(int bytes)
    {
        byte* unread = stackalloc byte[Math.Max(bytes, 1)];
        return Result(LibC.setsockopt(_socket.Descriptor, LibC.SOL_ALG, LinuxAlg.ALG_SET_AEAD_AUTHSIZE, unread, (uint)bytes));
    }

    /// <summary>Accepts an operation descriptor. <see langword="null"/> and the reason if that fails.</summary>
    public SafeFileDescriptorHandle? Accept(out Errno error)
    {
        // Take a counted reference: another thread may close the session at the same time, and the number could then belong to another
        // file.
        bool counted = false;
        try
        {
            _socket.DangerousAddRef(ref counted);
            return SafeFileDescriptorHandle.Accept(_socket.Descriptor, out error);
        }
        finally
        {
            if (counted)
            {
                _socket.DangerousRelease();
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private static Errno Result(int value) => value < 0 ? Errno.Last() : default;
}

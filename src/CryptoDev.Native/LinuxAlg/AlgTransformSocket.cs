using System.Text;

namespace CryptoDev.Native;

/// <summary>
/// The parent socket of AF_ALG: one transform with its key and tag length. It is set up in the kernel's order (bind, key, tag length, accept); after the
/// first accept the kernel answers EBUSY to any change, so there is one parent per key. Its operation sockets keep it alive when it is closed.
/// </summary>
internal sealed unsafe class AlgTransformSocket : IDisposable
{
    /// <summary>The socket layer caps an address at 128 bytes: 24 of head, the name, and its NUL.</summary>
    public static int MaxNameLength { get; } = 128 - NameOffset - 1;

    private const int NameOffset = 24;
    private const int TypeLength = 14;

    private readonly SafeFileDescriptorHandle _socket;

    private AlgTransformSocket(SafeFileDescriptorHandle socket)
    {
        _socket = socket;
    }

    /// <summary>Opens an unbound socket; <see langword="null"/> and the reason where the kernel or a sandbox has no such family.</summary>
    public static AlgTransformSocket? Open(out Errno error)
    {
        SafeFileDescriptorHandle? socket = SafeFileDescriptorHandle.OpenSocket(LibC.AF_ALG, LibC.SOCK_SEQPACKET, 0, out error);
        return socket is null ? null : new AlgTransformSocket(socket);
    }

    /// <summary>Binds a type (hash, skcipher, aead, rng) and an algorithm or kernel driver.</summary>
    public Errno Bind(string type, string name)
    {
        if (name.Length is 0 || name.Length > MaxNameLength || type.Length >= TypeLength || !Ascii.IsValid(name) || name.Contains('\0'))
            return new Errno(LibC.EINVAL);

        byte* buffer = stackalloc byte[NameOffset + MaxNameLength + 1];
        sockaddr_alg* address = (sockaddr_alg*)buffer;
        new Span<byte>(buffer, NameOffset + MaxNameLength + 1).Clear();
        address->salg_family = LibC.AF_ALG;
        Encoding.ASCII.GetBytes(type, new Span<byte>(address->salg_type, TypeLength));
        Encoding.ASCII.GetBytes(name, new Span<byte>(address->salg_name, MaxNameLength));

        // The kernel overwrites the last byte passed with NUL: a length that does not count one costs the name its last letter.
        uint length = (uint)(NameOffset + name.Length + 1);
        return Result(LibC.bind(_socket.Descriptor, address, length));
    }

    /// <summary>Sets the key; an empty one is a key too (HMAC, seeding a DRBG).</summary>
    public Errno SetKey(ReadOnlySpan<byte> key)
    {
        fixed (byte* bytes = key)
            return Result(LibC.setsockopt(_socket.Descriptor, LibC.SOL_ALG, LinuxAlg.ALG_SET_KEY, bytes, (uint)key.Length));
    }

    /// <summary>Sets the key that the kernel holds under a serial number; ENOPROTOOPT before Linux 6.2.</summary>
    public Errno SetKeyBySerial(int serial) =>
        Result(LibC.setsockopt(_socket.Descriptor, LibC.SOL_ALG, LinuxAlg.ALG_SET_KEY_BY_KEY_SERIAL, &serial, sizeof(int)));

    /// <summary>Sets an AEAD's tag length, which this option takes in the place of a length.</summary>
    public Errno SetTagLength(int bytes) =>
        Result(LibC.setsockopt(_socket.Descriptor, LibC.SOL_ALG, LinuxAlg.ALG_SET_AEAD_AUTHSIZE, null, (uint)bytes));

    /// <summary>Accepts a descriptor to work on; <see langword="null"/> and the reason when there is none.</summary>
    public SafeFileDescriptorHandle? Accept(out Errno error) => SafeFileDescriptorHandle.Accept(_socket.Descriptor, out error);

    public void Dispose() => _socket.Dispose();

    private static Errno Result(int value) => value < 0 ? Errno.Last() : default;
}

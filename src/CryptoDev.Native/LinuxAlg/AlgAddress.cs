using System.Text;

namespace CryptoDev.Native;

/// <summary>Builds every sockaddr_alg from a type and a name.</summary>
internal static unsafe class AlgAddress
{
    /// <summary>The longest name. The socket layer limits an address to 128 bytes: a header of 24 bytes, the name, and its NUL.</summary>
    internal static int NameLimit => SizeLimit - NameOffset - 1;

    private const int SizeLimit = 128;
    private const int NameOffset = 24;
    private const int TypeLength = 14;

    /// <summary>Binds a socket. A name that does not fit into an address gives EINVAL, as the kernel would answer.</summary>
    public static Errno Bind(int fd, string type, string name)
    {
        if (name.Length == 0 || name.Length > NameLimit || type.Length >= TypeLength || !Ascii.IsValid(name) || name.Contains('\0'))
        {
            return new Errno(LibC.EINVAL);
        }

        byte* buffer = stackalloc byte[SizeLimit];
        new Span<byte>(buffer, SizeLimit).Clear();
        sockaddr_alg* address = (sockaddr_alg*)buffer;
        address->salg_family = LibC.AF_ALG;
        Encoding.ASCII.GetBytes(type, new Span<byte>(address->salg_type, TypeLength));
        Encoding.ASCII.GetBytes(name, new Span<byte>(address->salg_name, NameLimit));

        // The kernel overwrites the last byte of the address with NUL. If the length does not include a NUL, the name loses its last
        // letter.
        uint length = (uint)(NameOffset + name.Length + 1);
        return LibC.bind(fd, address, length) < 0 ? Errno.Last() : default;
    }
}

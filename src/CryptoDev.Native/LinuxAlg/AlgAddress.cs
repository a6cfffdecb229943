using System.Text;

namespace CryptoDev.Native;

/// <summary>The one place where a type and a name become a sockaddr_alg.</summary>
internal static unsafe class AlgAddress
{
    /// <summary>The socket layer caps an address at 128 bytes: 24 of head, the name, and its NUL.</summary>
    internal static int NameLimit => SizeLimit - NameOffset - 1;

    private const int SizeLimit = 128;
    private const int NameOffset = 24;
    private const int TypeLength = 14;

    /// <summary>Binds a socket; a name that no address can carry is EINVAL, as the kernel would say.</summary>
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

        // The kernel overwrites the last byte passed with NUL: a length that does not count one costs the name its last letter.
        uint length = (uint)(NameOffset + name.Length + 1);
        return LibC.bind(fd, address, length) < 0 ? Errno.Last() : default;
    }
}

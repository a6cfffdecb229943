using CryptoDev.Cli.Input;
using CryptoDev.Cli.Names;
using CryptoDev.Native;

namespace CryptoDev.Cli.Output;

/// <summary>Where an output goes: the name behind all symbolic links, and the file that has it now, if there is one.</summary>
internal sealed class OutputPlace
{
    /// <summary>As many links as the kernel follows.</summary>
    private const int MostLinks = 40;

    private static readonly byte[] s_here = [(byte)'.', 0];

    private OutputPlace(string path, byte[] wholeName, statx? existing)
    {
        Path = path;
        WholeName = wholeName;
        Existing = existing;
        int slash = wholeName.AsSpan().LastIndexOf((byte)'/');
        Folder = slash < 0 ? s_here : [.. wholeName[..(slash + 1)], 0];
        Name = wholeName[(slash + 1)..];
    }

    /// <summary>The path as it was given, for messages.</summary>
    public string Path { get; }

    /// <summary>The bytes of the path to the file itself, with a zero byte at the end.</summary>
    public byte[] WholeName { get; }

    public byte[] Folder { get; }

    /// <summary>The name in the folder.</summary>
    public byte[] Name { get; }

    public statx? Existing { get; }

    /// <summary>A device, a FIFO or a socket, which cannot be replaced.</summary>
    public bool IsWrittenDirectly => Existing is { } file && (file.stx_mode & LibC.S_IFMT) != LibC.S_IFREG;

    /// <summary>Follows symbolic links. Renaming over a link would replace the link.</summary>
    public static OutputPlace Find(string path)
    {
        byte[] name = ByteText.ToName(path);
        for (int links = 0; links <= MostLinks; links++)
        {
            if (!ByteFile.TryStatus(null, name, follow: false, out statx status, out Errno error))
            {
                return error.Number == LibC.ENOENT && name.Length > 1
                    ? new OutputPlace(path, name, null)
                    : throw InputFile.Failed(path, error);
            }

            switch (status.stx_mode & LibC.S_IFMT)
            {
                case LibC.S_IFDIR:
                    throw InputFile.Failed(path, new Errno(LibC.EISDIR));
                case LibC.S_IFLNK:
                    // The links of /proc are no names: /dev/stdout leads to a pipe, or to a file by another way than its name.
                    if (IsMagic(name, out statx behind))
                    {
                        return new OutputPlace(path, name, behind);
                    }

                    byte[] target = ByteFile.ReadLink(name, out error) ?? throw InputFile.Failed(path, error);
                    int slash = name.AsSpan().LastIndexOf((byte)'/');
                    name = target is [(byte)'/', ..] ? [.. target, 0] : [.. name[..(slash + 1)], .. target, 0];
                    break;
                default:
                    return new OutputPlace(path, name, status);
            }
        }

        throw InputFile.Failed(path, new Errno(LibC.ELOOP));
    }

    /// <summary>Whether what is behind the link is no regular file, so that it is opened through the link.</summary>
    private static bool IsMagic(byte[] name, out statx behind) =>
        ByteFile.TryStatus(null, name, follow: true, out behind, out _)
        && (behind.stx_mode & LibC.S_IFMT) is not (LibC.S_IFREG or LibC.S_IFDIR);
}

using CryptoDev.Ioctl;

namespace CryptoDev.Server.Socket;

/// <summary>How a socket is served.</summary>
public sealed record SocketFrontEndOptions
{
    /// <summary>Where clients look unless <c>CRYPTODEV_SOCKET</c> tells them.</summary>
    public const string StandardPath = "/run/cryptodev.sock";

    /// <summary>Where the socket stands.</summary>
    public string Path { get; init; } = StandardPath;

    /// <summary>Permission bits; those who may write may connect, and the credentials of who connects are held against them.</summary>
    public int Mode { get; init; } = Convert.ToInt32("600", 8);

    /// <summary>The socket's group, by name or number; null leaves the server's.</summary>
    public string? Group { get; init; }

    /// <summary>What clients are told about the structs; the emulator's dialect.</summary>
    public DialectInfo Dialect { get; init; } = DialectInfo.CryptodevLinux;

    /// <summary>Open files of one user; beyond it opening is <c>EMFILE</c>.</summary>
    public int FilesPerUser { get; init; } = 1024;

    /// <summary>Channels, a thread each, of one open file; those that want more wait.</summary>
    public int ChannelsPerFile { get; init; } = 128;

    /// <summary>Channels of all clients; beyond it opening is <c>ENFILE</c>. A sixteenth is kept for root and the server's user.</summary>
    public int Channels { get; init; } = 2048;

    /// <summary>Channels of one user; beyond it opening is <c>ENFILE</c>. Fewer than all, so that others find some.</summary>
    public int ChannelsPerUser { get; init; } = 1024;

    /// <summary>
    /// Bytes of shared memory, and of results that wait to be sent, of all channels; never more than a quarter of what the process may
    /// have. Beyond it large messages are copied in pieces, and an ioctl whose results find no room is <c>ENOMEM</c>.
    /// </summary>
    public long SharedBytes { get; init; } = 1L << 30;

    /// <summary>The same for one user.</summary>
    public long SharedBytesPerUser { get; init; } = 1L << 29;
}

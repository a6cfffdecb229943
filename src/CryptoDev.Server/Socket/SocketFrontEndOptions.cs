using CryptoDev.Ioctl;

namespace CryptoDev.Server.Socket;

/// <summary>The options of a socket.</summary>
public sealed record SocketFrontEndOptions
{
    /// <summary>The path that clients use unless <c>CRYPTODEV_SOCKET</c> is set.</summary>
    public const string StandardPath = "/run/cryptodev.sock";

    /// <summary>The path of the socket.</summary>
    public string Path { get; init; } = StandardPath;

    /// <summary>
    /// Permission bits. Clients need write permission to connect. The server also checks the credentials of each client against them.
    /// </summary>
    public int Mode { get; init; } = Convert.ToInt32("600", 8);

    /// <summary>The socket's group, by name or number. Null: the server's group.</summary>
    public string? Group { get; init; }

    /// <summary>The dialect of the struct layouts that are sent to clients. It must be the emulator's dialect.</summary>
    public DialectInfo Dialect { get; init; } = DialectInfo.CryptodevLinux;

    /// <summary>Open files per user. Beyond this limit, opening fails with <c>EMFILE</c>.</summary>
    public int FilesPerUser { get; init; } = 1024;

    /// <summary>Channels per open file, with one thread each. Callers beyond this limit wait.</summary>
    public int ChannelsPerFile { get; init; } = 128;

    /// <summary>
    /// Channels of all clients. Beyond this limit, opening fails with <c>ENFILE</c>. A sixteenth is reserved for root and the server's
    /// user.
    /// </summary>
    public int Channels { get; init; } = 2048;

    /// <summary>
    /// Channels per user. Beyond this limit, opening fails with <c>ENFILE</c>. It is lower than the total, so that other users can still
    /// open some.
    /// </summary>
    public int ChannelsPerUser { get; init; } = 1024;

    /// <summary>
    /// Bytes of shared memory, and of results that wait to be sent, of all channels. The limit is never more than a quarter of the memory
    /// that the process may have. Beyond it large messages are copied in pieces, and an ioctl whose results do not fit fails with
    /// <c>ENOMEM</c>.
    /// </summary>
    public long SharedBytes { get; init; } = 1L << 30;

    /// <summary>The same limit for one user.</summary>
    public long SharedBytesPerUser { get; init; } = 1L << 29;
}

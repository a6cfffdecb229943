using CryptoDev.Native;

namespace CryptoDev.Server.Socket;

/// <summary>The server's end of a connection: a control socket, or one that has not said hello yet.</summary>
internal sealed class Connection(SafeFileDescriptorHandle socket, ucred peer)
{
    public SafeFileDescriptorHandle Socket { get; } = socket;

    public uint User { get; } = peer.uid;

    public int Process { get; } = peer.pid;

    /// <summary>The time by which it must have sent its hello.</summary>
    public long Deadline { get; init; }

    /// <summary>It may not connect. The server tells it so when it sends its hello.</summary>
    public bool IsRefused { get; init; }

    /// <summary>Null until the first message.</summary>
    public ServedFile? File { get; set; }
}

using System.Runtime.InteropServices;
using CryptoDev.Native;

namespace CryptoDev.Tests.Server;

/// <summary>Clients that ask and never read: the server's sends to them find no room.</summary>
internal sealed class StalledReaders : IDisposable
{
    private const int Most = 8;

    private readonly Queue<SafeFileDescriptorHandle> _open = new();

    /// <summary>One more; the oldest goes away unread when there are many.</summary>
    public void Add(SocketClient server, Random random)
    {
        SafeFileDescriptorHandle control = server.Connect();
        SafeFileDescriptorHandle channel = SocketClient.AddChannel(control, ShimProtocol.CDS_OPEN, out int result);
        Keep(control);
        Keep(channel);
        if (result != 0)
        {
            return;
        }

        bool asksForChannels = random.Next(2) == 0;
        byte[] question = asksForChannels ? SocketClient.Hello(ShimProtocol.CDS_CHANNEL) : Question(random);
        Ask(asksForChannels ? control : channel, question, random.Next(600));
    }

    /// <summary>All go away.</summary>
    public void Clear()
    {
        while (_open.TryDequeue(out SafeFileDescriptorHandle? socket))
        {
            socket.Dispose();
        }
    }

    public void Dispose() => Clear();

    /// <summary>Sends the same again and again, as long as there is room.</summary>
    public static int Ask(SafeFileDescriptorHandle socket, byte[] question, int count)
    {
        int asked = 0;
        while (asked < count && LocalSocket.TrySend(socket.Descriptor, question))
        {
            asked++;
        }

        return asked;
    }

    /// <summary>An answer of a kilobyte, two descriptors, or the shortest one.</summary>
    public static byte[] Question(Random random)
    {
        uint[] types = [ShimProtocol.CDS_DESCRIBE, ShimProtocol.CDS_READINESS, ShimProtocol.CDS_PING];
        cds_answer question = new() { type = types[random.Next(types.Length)], value = 8 };
        return MemoryMarshal.AsBytes(new ReadOnlySpan<cds_answer>(in question)).ToArray();
    }

    private void Keep(SafeFileDescriptorHandle socket)
    {
        _open.Enqueue(socket);
        if (_open.Count > 2 * Most)
        {
            _open.Dequeue().Dispose();
        }
    }
}

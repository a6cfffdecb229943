using System.Runtime.InteropServices;
using CryptoDev.Native;
using CryptoDev.Tests.Support;

namespace CryptoDev.Tests.Server;

/// <summary>Descriptors that no client has to send: of all kinds, many at once, and some whose last close takes its time.</summary>
internal static unsafe partial class HostileDescriptors
{
    private const int AF_INET = 2;
    private const int SO_LINGER = 13;
    private const int SCHED_FIFO = 1;

    /// <summary>Sends some of them with a message that is right, or with anything.</summary>
    public static void Send(SafeFileDescriptorHandle socket, SafeFileDescriptorHandle other, Random random)
    {
        List<SafeFileDescriptorHandle> made = [];
        List<int> sent = [];
        for (int count = random.Next(1, 12); count > 0; count--)
        {
            if (random.Next(6) == 0)
            {
                sent.Add(random.Next(2) == 0 ? socket.Descriptor : other.Descriptor);
                continue;
            }

            made.Add(Make(random.Next(5)));
            sent.Add(made[^1].Descriptor);
        }

        byte[] message =
            random.Next(3) == 0 ? [1] : SocketClient.Hello(random.Next(2) == 0 ? ShimProtocol.CDS_OPEN : ShimProtocol.CDS_CHANNEL);
        for (int times = random.Next(1, 4); times > 0; times--)
        {
            LocalSocket.TrySend(socket.Descriptor, message, CollectionsMarshal.AsSpan(sent));
        }

        made.ForEach(descriptor => descriptor.Dispose());
    }

    /// <summary>A netlink socket, which cannot be shut down.</summary>
    public static SafeFileDescriptorHandle Netlink() => Make(0);

    /// <summary>
    /// Sends a socket that lingers for an hour over a connection, so that the last close of it is the server's. Where the server was faster
    /// than the close here, another is sent. The socket that is given ends the wait when it is closed.
    /// </summary>
    public static SafeFileDescriptorHandle SendLingering(Func<SafeFileDescriptorHandle> connect, byte[] message)
    {
        for (int attempt = 0; attempt < 100; attempt++)
        {
            (SafeFileDescriptorHandle lingering, SafeFileDescriptorHandle peer) = Lingering(3600);
            bool sent = false;
            Task sender = OwnThreads.Start(() =>
            {
                // Otherwise the server may run between these calls, on a busy machine every time, and close the connection before anything
                // was sent, or before the close here. Where the priority is not allowed, some attempt succeeds.
                int priority = 1;
                _ = sched_setscheduler(0, SCHED_FIFO, &priority);
                SafeFileDescriptorHandle connection = connect();
                sent = LocalSocket.TrySend(connection.Descriptor, message, lingering.Descriptor);
                lingering.Dispose();
            });
            if (sender.Wait(2000) && sent)
            {
                return peer;
            }

            peer.Dispose();
            sender.Wait();
        }

        throw new InvalidOperationException("the server's close was never the last one");
    }

    /// <summary>A TCP socket with bytes on their way that nobody takes: its last close waits so long. The second keeps it so.</summary>
    private static (SafeFileDescriptorHandle Lingering, SafeFileDescriptorHandle Peer) Lingering(int seconds)
    {
        using SafeFileDescriptorHandle listener = Tcp();
        int room = 4096;
        _ = LibC.setsockopt(listener.Descriptor, LibC.SOL_SOCKET, LibC.SO_RCVBUF, &room, sizeof(int));
        byte* address = stackalloc byte[16];
        new Span<byte>(address, 16).Clear();
        address[0] = AF_INET;
        address[4] = 127;
        address[7] = 1;
        uint length = 16;
        Check(LibC.bind(listener.Descriptor, address, length));
        Check(LibC.listen(listener.Descriptor, 1));
        Check(getsockname(listener.Descriptor, address, &length));
        SafeFileDescriptorHandle lingering = Tcp();
        Check(LibC.connect(lingering.Descriptor, address, length));
        SafeFileDescriptorHandle peer = SafeFileDescriptorHandle.Accept(listener.Descriptor, out _)!;
        byte[] bytes = new byte[65536];
        fixed (byte* first = bytes)
        {
            while (LibC.send(lingering.Descriptor, first, (nuint)bytes.Length, LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL) > 0)
            {
                // Until no more goes.
            }
        }

        int* linger = stackalloc int[2] { 1, seconds };
        Check(LibC.setsockopt(lingering.Descriptor, LibC.SOL_SOCKET, SO_LINGER, linger, 2 * sizeof(int)));
        return (lingering, peer);
    }

    private static SafeFileDescriptorHandle Make(int kind) =>
        kind switch
        {
            0 => SafeFileDescriptorHandle.OpenSocket(LibC.AF_NETLINK, LibC.SOCK_RAW, 0, out _)!,
            1 => SafeFileDescriptorHandle.OpenFile("/dev/null", LibC.O_RDWR, out _)!,
            2 => new SafeFileDescriptorHandle(LibC.eventfd(1, LibC.EFD_CLOEXEC)),
            3 => new SafeFileDescriptorHandle(LibC.memfd_create("hostile", LibC.MFD_CLOEXEC)),
            _ => Tcp(),
        };

    private static SafeFileDescriptorHandle Tcp() => SafeFileDescriptorHandle.OpenSocket(AF_INET, LibC.SOCK_STREAM, 0, out _)!;

    private static void Check(int result)
    {
        if (result != 0)
        {
            throw new InvalidOperationException(Errno.Last().ToString());
        }
    }

    /// <summary>Of the calling thread, where the process is 0.</summary>
    [LibraryImport("libc")]
    private static partial int sched_setscheduler(int process, int policy, int* priority);

    [LibraryImport("libc")]
    private static partial int getsockname(int fd, void* address, uint* length);
}

using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using CryptoDev.Ioctl;
using CryptoDev.Native;

namespace CryptoDev.Server.Socket;

/// <summary>
/// The thread that accepts connections, answers their hello messages and notices when they end. It holds the server's end of every
/// descriptor that programs hold. When the last copy of a descriptor is closed, in any process, the server's end reads end of file. Nothing
/// on this thread waits for a client: sends do not block, a message with descriptors from a client is never received, and other threads
/// close the connections.
/// </summary>
internal sealed class Acceptor
{
    // Connections that one user may have beyond his limit of files. They let the server tell a user that he has reached the limit. Without
    // them his next connection would get no answer.
    private const int WaitingToBeTold = 64;
    private const int NoDescriptorsPause = 50;

    private readonly SocketFrontEnd _server;
    private readonly DevCryptoEmulator _emulator;
    private readonly SocketFrontEndOptions _options;
    private readonly SocketCounters _counters;
    private readonly ConnectionCloser _closer;
    private readonly List<Connection> _connections = [];
    private readonly ConcurrentQueue<Connection> _adopted = new();
    private readonly ConcurrentDictionary<EmulatedFile, ServedFile> _files = new();
    private pollfd[] _entries = new pollfd[64];
    private SocketPath? _path;
    private EventDescriptor? _wake;
    private Thread? _thread;
    private uint? _group;
    private bool _pauses;
    private volatile bool _stopped;

    public Acceptor(SocketFrontEnd server, DevCryptoEmulator emulator, SocketFrontEndOptions options, SocketCounters counters)
    {
        _server = server;
        _emulator = emulator;
        _options = options;
        _counters = counters;
        _closer = new ConnectionCloser(server.Threads);
    }

    /// <summary>How many connections one user may have, including those that wait for the answer that the limit is reached.</summary>
    public static int MostConnections(SocketFrontEndOptions options) => options.FilesPerUser + WaitingToBeTold;

    /// <summary>The number of open files now.</summary>
    public int Files => _files.Count;

    public void Start()
    {
        _group = _options.Group is null ? null : NodePermissions.GroupNumber(_options.Group);
        _wake =
            EventDescriptor.Create()
            ?? throw new FrontEndException(FrontEndFailure.InputOutput, "no descriptor is free (EMFILE); allow more (ulimit -n).");
        _path = SocketPath.Listen(_options.Path, _options.Mode, _group);

        // Where the kernel delivers them all the same, they are never received, and other threads close the connections.
        _ = _server.RefusesDescriptors && LocalSocket.RefuseDescriptors(_path.Listener.Descriptor);
        _thread = new Thread(Run) { IsBackground = true, Name = "cryptodev acceptor" };
        _closer.Start();
        _thread.Start();
    }

    /// <summary>Stops accepting connections and frees the path.</summary>
    public void Stop()
    {
        _stopped = true;
        if (_thread is not null)
        {
            _wake!.Raise();
            _thread.Join();
            _path!.Remove();
        }

        _path?.Dispose();
    }

    /// <summary>Ends all connections, after the channels have ended. Waits for slow ones until the deadline.</summary>
    public void CloseFiles(Deadline deadline)
    {
        TakeAdopted();
        foreach (Connection connection in _connections)
        {
            Drop(connection);
        }

        _connections.Clear();
        _closer.Join(deadline);
        _closer.End();
        _wake?.Dispose();
    }

    /// <summary>Watches a descriptor that an ioctl created. False: the limit is reached. Callable from any thread.</summary>
    public bool TryAdopt(SafeFileDescriptorHandle socket, ServedFile parent, EmulatedFile file)
    {
        if (_stopped || !TryCount(parent.Owner))
        {
            return false;
        }

        ServedFile served = ReferenceEquals(file, parent.File)
            ? parent
            : _files.GetOrAdd(file, key => new ServedFile(key, parent.Owner, _options.ChannelsPerFile, _server.Users));
        served.AddDescriptor();
        _adopted.Enqueue(new Connection(socket, new ucred { uid = parent.Owner }) { File = served });
        _wake!.Raise();
        return true;
    }

    private void Run()
    {
        try
        {
            while (!_stopped)
            {
                ServeOnce();
            }
        }
        catch (Exception error)
        {
            _server.Lost(
                new FrontEndException(FrontEndFailure.InputOutput, $"{_options.Path} is served no longer: {error.Message}", error)
            );
        }
    }

    private void ServeOnce()
    {
        TakeAdopted();
        Span<pollfd> entries = Entries(out int milliseconds);
        bool any = LocalSocket.Wait(entries, milliseconds);
        if (_stopped)
        {
            return;
        }

        long now = Environment.TickCount64;

        // Go from the end, so that removed entries do not move those still to be visited.
        for (int index = entries.Length - 1; index >= 2; index--)
        {
            Connection connection = _connections[index - 2];
            if (any && entries[index].revents != 0 ? !ReadHello(connection) : IsLate(connection, now))
            {
                Drop(connection);
                _connections.RemoveAt(index - 2);
            }
        }

        if (any && entries[0].revents != 0)
        {
            _wake!.Lower();
        }

        _pauses = false;
        if (any && entries[1].revents != 0)
        {
            Accept();
        }
    }

    // All descriptors to poll, and the timeout. A connection that has not sent its hello has a deadline.
    private Span<pollfd> Entries(out int milliseconds)
    {
        int count = _connections.Count + 2;
        if (_entries.Length < count)
        {
            _entries = new pollfd[2 * count];
        }

        long first = long.MaxValue;
        _entries[0] = new pollfd { fd = _wake!.Descriptor, events = LibC.POLLIN };
        _entries[1] = new pollfd { fd = _pauses ? -1 : _path!.Listener.Descriptor, events = LibC.POLLIN };
        for (int index = 2; index < count; index++)
        {
            Connection connection = _connections[index - 2];
            _entries[index] = new pollfd { fd = connection.Socket.Descriptor, events = LibC.POLLIN };
            first = connection.File is null ? Math.Min(first, connection.Deadline) : first;
        }

        milliseconds = first == long.MaxValue ? -1 : (int)Math.Clamp(first - Environment.TickCount64 + 1, 0, int.MaxValue);
        if (_pauses)
        {
            milliseconds = milliseconds < 0 ? NoDescriptorsPause : Math.Min(milliseconds, NoDescriptorsPause);
        }

        return _entries.AsSpan(0, count);
    }

    private bool IsLate(Connection connection, long now)
    {
        if (connection.File is not null || now < connection.Deadline)
        {
            return false;
        }

        _counters.TimedOut();
        return true;
    }

    private void Accept()
    {
        SafeFileDescriptorHandle? socket = SafeFileDescriptorHandle.Accept(_path!.Listener.Descriptor, out Errno error);
        if (socket is null)
        {
            // No descriptors are left. The client waits in the kernel's queue until some are freed.
            _pauses = error.Number is LibC.EMFILE or LibC.ENFILE or LibC.ENOMEM or LibC.ENOBUFS;
            return;
        }

        ucred peer = LocalSocket.Peer(socket.Descriptor);
        if (!TryCount(peer.uid))
        {
            _counters.Refused();
            _server.Log($"process {peer.pid} of user {peer.uid} was refused: that user has too many connections");
            CloseUncounted(socket, peer.uid);
            return;
        }

        bool isRefused = !MayConnect(socket.Descriptor, peer);
        if (isRefused)
        {
            _counters.Refused();
            _server.Log($"process {peer.pid} of user {peer.uid} was refused: mode {Convert.ToString(_options.Mode, 8)} does not let it in");
        }
        else
        {
            _counters.Connected();
        }

        _connections.Add(
            new Connection(socket, peer)
            {
                IsRefused = isRefused,
                Deadline = Environment.TickCount64 + (long)_server.HelloPatience.TotalMilliseconds,
            }
        );
    }

    // The mode of the path says the same. But it does not stop a process that already has the folder open or was connected before.
    private bool MayConnect(int socket, ucred peer)
    {
        const int OthersWrite = 2;
        const int GroupWrites = 16;
        return peer.uid == 0
            || peer.uid == LibC.geteuid()
            || (_options.Mode & OthersWrite) != 0
            || ((_options.Mode & GroupWrites) != 0 && _group is { } group && (peer.gid == group || LocalSocket.PeerIsIn(socket, group)));
    }

    // False: the peer has gone, or is not a client.
    private bool ReadHello(Connection connection)
    {
        // One byte more than the longest message, so that a longer one shows.
        Span<byte> bytes = stackalloc byte[SysctlExchange.LongestMessage + 1];
        int length = LocalSocket.TryReceive(connection.Socket.Descriptor, bytes, out bool hasDescriptors, out Errno error);
        if (length <= 0 && !hasDescriptors)
        {
            return length < 0 && error.Number is LibC.EAGAIN;
        }

        cds_hello hello = length >= Marshal.SizeOf<cds_hello>() ? MemoryMarshal.Read<cds_hello>(bytes) : default;
        if (hello is { magic: ShimProtocol.CDS_MAGIC, version: not ShimProtocol.CDS_VERSION })
        {
            _counters.Refused();
            _server.Log(
                $"process {connection.Process} of user {connection.User} was refused: its shim speaks protocol {hello.version} and this "
                    + $"server {ShimProtocol.CDS_VERSION}; use the shim that came with the server"
            );
            _ = Welcome(connection, LibC.EPROTO, null);
            return false;
        }

        bool isHello = !hasDescriptors && hello is { magic: ShimProtocol.CDS_MAGIC, zero: 0, reserved: 0 };
        byte wanted = connection.File is null ? ShimProtocol.CDS_OPEN : ShimProtocol.CDS_CHANNEL;
        if (isHello && hello.type == ShimProtocol.CDS_SYSCTL && connection.File is null)
        {
            if (!SysctlExchange.Serve(connection, bytes[..length], _emulator, _server.Log))
            {
                _counters.Broken();
            }

            return false;
        }

        if (!isHello || hello.type != wanted || length != Marshal.SizeOf<cds_hello>())
        {
            _counters.Broken();
            return false;
        }

        return Answer(connection);
    }

    private bool Answer(Connection connection)
    {
        int refusal = connection.File is null ? Open(connection) : 0;
        SafeFileDescriptorHandle? theirs = null;
        if (refusal == 0)
        {
            refusal = _server.AddChannel(connection.File!, out theirs);
        }

        // A refused channel leaves the file open, unless the file is new. A peer that asks and does not read the answer is not a client.
        using (theirs)
        {
            return Welcome(connection, refusal, theirs) && connection.File is not null;
        }
    }

    private static bool Welcome(Connection connection, int error, SafeFileDescriptorHandle? channel)
    {
        cds_reply reply = new()
        {
            type = ShimProtocol.CDS_WELCOME,
            result = -error,
            address = ShimProtocol.CDS_VERSION,
        };
        ReadOnlySpan<int> descriptors = channel is null ? [] : [channel.Descriptor];
        return LocalSocket.TrySend(connection.Socket.Descriptor, MemoryMarshal.AsBytes(new ReadOnlySpan<cds_reply>(in reply)), descriptors);
    }

    private int Open(Connection connection)
    {
        if (connection.IsRefused)
        {
            return LibC.EACCES;
        }

        if (_server.Users.Taken(connection.User, UserResource.Connections) > _options.FilesPerUser)
        {
            return LibC.EMFILE;
        }

        int error = _emulator.Open(connection.User, out EmulatedFile? file);
        if (error != 0)
        {
            return error;
        }

        connection.File = new ServedFile(file!, connection.User, _options.ChannelsPerFile, _server.Users);
        connection.File.AddDescriptor();
        _files.TryAdd(file!, connection.File);
        return 0;
    }

    private void TakeAdopted()
    {
        while (_adopted.TryDequeue(out Connection? adopted))
        {
            _connections.Add(adopted);
        }
    }

    private bool TryCount(uint user)
    {
        if (!_server.Users.TryTake(user, UserResource.Connections, 1))
        {
            return false;
        }

        if (_server.Users.TryTake(user, UserResource.Descriptors, 1))
        {
            return true;
        }

        _server.Users.GiveBack(user, UserResource.Connections, 1);
        return false;
    }

    // Ends the connection for the client now. It counts for the user until it is closed.
    private void Drop(Connection connection)
    {
        _ = LibC.shutdown(connection.Socket.Descriptor, LibC.SHUT_RDWR);
        _closer.Add(
            connection.User,
            () =>
            {
                try
                {
                    if (connection.File is { } file && file.RemoveDescriptor())
                    {
                        _files.TryRemove(file.File, out _);
                    }
                }
                catch (Exception error)
                {
                    // A bug here must not affect the other clients.
                    _server.Log($"the end of file {connection.File?.File.Id}: {error.GetType().Name}: {error.Message}");
                }

                connection.Socket.Dispose();
                _server.Users.GiveBack(connection.User, UserResource.Descriptors, 1);
                _server.Users.GiveBack(connection.User, UserResource.Connections, 1);
            }
        );
    }

    private void CloseUncounted(SafeFileDescriptorHandle socket, uint user)
    {
        if (LocalSocket.TryEmpty(socket.Descriptor))
        {
            socket.Dispose();
        }
        else
        {
            _closer.Add(user, socket.Dispose);
        }
    }
}

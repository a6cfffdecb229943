using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using CryptoDev.Ioctl;
using CryptoDev.Native;

namespace CryptoDev.Server.Socket;

/// <summary>
/// The thread that lets clients in and sees them go. It holds the server's end of every descriptor that programs hold: when the last copy
/// of one is closed, by whomever, its
/// end reads as ended.
/// </summary>
internal sealed class Doorkeeper
{
    // Who has as many connections as he may have files is told so when he opens one more; this many may wait to be told.
    private const int Beyond = 64;

    private readonly SocketFrontEnd _server;
    private readonly DevCryptoEmulator _emulator;
    private readonly SocketFrontEndOptions _options;
    private readonly SocketCounters _counters;
    private readonly DialectMap _map64;
    private readonly DialectMap _map32;
    private readonly List<Control> _controls = [];
    private readonly ConcurrentQueue<Control> _adopted = new();
    private readonly Dictionary<uint, int> _connectionsOfUser = [];
    private readonly ConcurrentDictionary<EmulatedFile, ServedFile> _files = new();
    private SafeFileDescriptorHandle? _listener;
    private EventDescriptor? _bell;
    private Thread? _thread;
    private uint _group = uint.MaxValue;
    private volatile bool _stopped;

    public Doorkeeper(SocketFrontEnd server, DevCryptoEmulator emulator, SocketFrontEndOptions options, SocketCounters counters)
    {
        _server = server;
        _emulator = emulator;
        _options = options;
        _counters = counters;
        _map64 = new DialectMap(options.Dialect, WordSize.LP64);
        _map32 = new DialectMap(options.Dialect, WordSize.ILP32);
    }

    /// <summary>Open files now.</summary>
    public int Files => _files.Count;

    public void Start()
    {
        _listener = SocketPath.Listen(_options.Path);
        _bell =
            EventDescriptor.Create()
            ?? throw new FrontEndException(FrontEndFailure.InputOutput, "no descriptor is free (EMFILE); allow more (ulimit -n).");
        NodePermissions.Apply(_options.Path, _options.Mode, _options.Group);
        _group = _options.Group is null ? uint.MaxValue : NodePermissions.GroupNumber(_options.Group);
        _thread = new Thread(Run) { IsBackground = true, Name = "cryptodev socket" };
        _thread.Start();
    }

    /// <summary>Nobody is let in any more; the path is free.</summary>
    public void Stop()
    {
        if (_thread is null)
        {
            _listener?.Dispose();
            _bell?.Dispose();
            return;
        }

        _stopped = true;
        _bell!.Raise();
        _thread.Join();
        SocketPath.Remove(_options.Path);
        _listener!.Dispose();
    }

    /// <summary>After the channels: what programs still hold is lost to them.</summary>
    public void CloseFiles()
    {
        while (_adopted.TryDequeue(out Control? adopted))
        {
            _controls.Add(adopted);
        }

        foreach (Control control in _controls)
        {
            Drop(control);
        }

        _controls.Clear();
        _bell?.Dispose();
    }

    public bool Adopt(SafeFileDescriptorHandle socket, ServedFile parent, EmulatedFile file)
    {
        if (_stopped)
        {
            return false;
        }

        ServedFile served = ReferenceEquals(file, parent.File)
            ? parent
            : _files.GetOrAdd(file, key => new ServedFile(key, parent.Owner, _options.ChannelsPerFile));
        served.AddDescriptor();
        _adopted.Enqueue(new Control(socket, parent.Owner) { File = served });
        _bell!.Raise();
        return true;
    }

    private void Run()
    {
        try
        {
            while (!_stopped)
            {
                Turn();
            }
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            _server.Lost(
                new FrontEndException(FrontEndFailure.InputOutput, $"{_options.Path} is served no longer: {error.Message}", error)
            );
        }
    }

    private void Turn()
    {
        while (_adopted.TryDequeue(out Control? adopted))
        {
            Watch(adopted);
        }

        pollfd[] entries = new pollfd[_controls.Count + 2];
        entries[0] = new pollfd { fd = _bell!.Descriptor, events = LibC.POLLIN };
        entries[1] = new pollfd { fd = _listener!.Descriptor, events = LibC.POLLIN };
        for (int index = 0; index < _controls.Count; index++)
        {
            entries[index + 2] = new pollfd { fd = _controls[index].Socket.Descriptor, events = LibC.POLLIN };
        }

        if (!LocalSocket.Wait(entries) || _stopped)
        {
            return;
        }

        if (entries[0].revents != 0)
        {
            _bell.Lower();
        }

        // From the end, so that those that go do not move those that come.
        for (int index = entries.Length - 1; index >= 2; index--)
        {
            if (entries[index].revents != 0 && !Hear(_controls[index - 2]))
            {
                Drop(_controls[index - 2]);
                _controls.RemoveAt(index - 2);
            }
        }

        if (entries[1].revents != 0)
        {
            Accept();
        }
    }

    private void Accept()
    {
        SafeFileDescriptorHandle? socket = SafeFileDescriptorHandle.Accept(_listener!.Descriptor, out Errno error);
        if (socket is null)
        {
            // Out of descriptors: the client waits in the queue until some are given back.
            if (error.Number is LibC.EMFILE or LibC.ENFILE)
            {
                Thread.Sleep(10);
            }

            return;
        }

        ucred peer = LocalSocket.Peer(socket.Descriptor);
        if (_connectionsOfUser.GetValueOrDefault(peer.uid) >= _options.FilesPerUser + Beyond)
        {
            _counters.Refused();
            _server.Log($"process {peer.pid} of user {peer.uid} was refused: that user has too many connections");
            socket.Dispose();
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

        Watch(new Control(socket, peer.uid) { IsRefused = isRefused });
    }

    private void Watch(Control control)
    {
        _connectionsOfUser[control.User] = _connectionsOfUser.GetValueOrDefault(control.User) + 1;
        _controls.Add(control);
    }

    // The path's mode says the same, but not between its making and chmod, and not to who holds the folder open.
    private bool MayConnect(int socket, ucred peer)
    {
        const int OthersWrite = 2;
        const int GroupWrites = 16;
        return peer.uid == 0
            || peer.uid == LibC.geteuid()
            || (_options.Mode & OthersWrite) != 0
            || (
                (_options.Mode & GroupWrites) != 0
                && _group != uint.MaxValue
                && (peer.gid == _group || LocalSocket.PeerIsIn(socket, _group))
            );
    }

    // False: it has gone, or is no client.
    private bool Hear(Control control)
    {
        Span<cds_hello> hello = stackalloc cds_hello[1];
        Span<byte> bytes = MemoryMarshal.AsBytes(hello);
        int length = LocalSocket.Receive(control.Socket.Descriptor, bytes, out SafeFileDescriptorHandle? descriptor, out Errno error);
        if (length < 0)
        {
            return error.Number is LibC.EAGAIN;
        }

        if (length == 0)
        {
            descriptor?.Dispose();
            return false;
        }

        if (
            length != bytes.Length
            || descriptor is null
            || !IsKnown(hello[0])
            || hello[0].type != (control.File is null ? ShimProtocol.CDS_OPEN : ShimProtocol.CDS_CHANNEL)
        )
        {
            descriptor?.Dispose();
            _counters.Broken();
            return false;
        }

        WordSize wordSize = hello[0].word_size == 8 ? WordSize.LP64 : WordSize.ILP32;
        int refusal = control.File is null ? Open(control) : 0;
        if (refusal == 0)
        {
            refusal = _server.AddChannel(control.File!, descriptor, wordSize, wordSize == WordSize.LP64 ? _map64 : _map32);
        }

        if (refusal != 0)
        {
            _ = SocketChannel.Welcome(descriptor.Descriptor, refusal, null);
            descriptor.Dispose();
        }

        // A refused channel leaves the file as it is, unless there is no file.
        return control.File is not null;
    }

    private static bool IsKnown(in cds_hello hello) =>
        hello is { magic: ShimProtocol.CDS_MAGIC, version: ShimProtocol.CDS_VERSION, reserved: 0, word_size: 4 or 8 };

    private int Open(Control control)
    {
        if (control.IsRefused)
        {
            return LibC.EACCES;
        }

        if (_connectionsOfUser.GetValueOrDefault(control.User) > _options.FilesPerUser)
        {
            return LibC.EMFILE;
        }

        int error = _emulator.Open(control.User, out EmulatedFile? file);
        if (error != 0)
        {
            return error;
        }

        control.File = new ServedFile(file!, control.User, _options.ChannelsPerFile);
        control.File.AddDescriptor();
        _files.TryAdd(file!, control.File);
        return 0;
    }

    private void Drop(Control control)
    {
        control.Socket.Dispose();
        if (_connectionsOfUser.TryGetValue(control.User, out int connections))
        {
            _connectionsOfUser[control.User] = connections - 1;
        }

        if (control.File is { } file && file.RemoveDescriptor())
        {
            _files.TryRemove(file.File, out _);
        }
    }

    private sealed class Control(SafeFileDescriptorHandle socket, uint user)
    {
        public SafeFileDescriptorHandle Socket { get; } = socket;

        public uint User { get; } = user;

        /// <summary>It may not connect, and is told so when it asks.</summary>
        public bool IsRefused { get; init; }

        /// <summary>Null until the first message.</summary>
        public ServedFile? File { get; set; }
    }
}

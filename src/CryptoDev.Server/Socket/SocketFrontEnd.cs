using System.Collections.Concurrent;
using CryptoDev.Ioctl;
using CryptoDev.Native;

namespace CryptoDev.Server.Socket;

/// <summary>Serves an emulator over a local socket, for programs with the shim (docs/shim.md).</summary>
public sealed class SocketFrontEnd : IFrontEnd
{
    // The part of the time for the end that is kept for threads to notice that their channels were cut.
    private static readonly TimeSpan s_noticing = TimeSpan.FromSeconds(1);

    // Descriptors that do not belong to clients: those of the runtime and of the drivers.
    private const int OwnDescriptors = 128;

    private readonly SocketFrontEndOptions _options;
    private readonly Action<string>? _log;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<SocketChannel, bool> _channels = new();
    private readonly SocketCounters _counters = new();
    private readonly Acceptor _acceptor;
    private readonly DialectMaps _maps;
    private readonly Lock _gate = new();
    private bool _disposed;

    /// <summary>Makes a front end. Opens nothing.</summary>
    /// <param name="emulator">Runs the ioctls. Must outlive this front end.</param>
    /// <param name="options">The path, the permissions and the limits.</param>
    /// <param name="log">Gets the log lines of the front end. The emulator's line per ioctl is not among them. Null: no log.</param>
    public SocketFrontEnd(DevCryptoEmulator emulator, SocketFrontEndOptions options, Action<string>? log)
    {
        ArgumentNullException.ThrowIfNull(emulator);
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _log = log;
        Stopping = _stopping.Token;
        Buffers = new MessageBuffers();
        Threads = new ThreadCache(thread => StartThread(thread));
        _maps = new DialectMaps(options.Dialect);
        Users = new UserCounts(LibC.geteuid(), Bounds(options));
        _acceptor = new Acceptor(this, emulator, options, _counters);
    }

    /// <inheritdoc/>
    public string Name => $"socket {_options.Path}";

    /// <inheritdoc/>
    public Task Completion => _completion.Task;

    /// <inheritdoc/>
    public IReadOnlyList<FrontEndCounter> Counters =>
        _counters.Snapshot(
            _acceptor.Files,
            _channels.Count,
            _channels.Keys.Sum(channel => channel.Calls),
            _channels.Keys.Sum(channel => channel.Needs)
        );

    /// <summary>Cancelled when the end begins. It wakes the waiting calls.</summary>
    internal CancellationToken Stopping { get; }

    /// <summary>The message buffers of the channels.</summary>
    internal MessageBuffers Buffers { get; }

    /// <summary>The threads that serve the channels.</summary>
    internal ThreadCache Threads { get; }

    /// <summary>The counts of each user's resources.</summary>
    internal UserCounts Users { get; }

    /// <summary>How long a client may take from the connection to its hello.</summary>
    internal TimeSpan HelloPatience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether the kernel is asked to refuse descriptors that clients send. A test can leave it out: the server then works as on a kernel
    /// older than Linux 6.16, which delivers them.
    /// </summary>
    internal bool RefusesDescriptors { get; init; } = true;

    /// <summary>Starts a thread. A test can replace it with one that fails.</summary>
    internal Action<Thread> StartThread { get; init; } = static thread => thread.Start();

    /// <inheritdoc/>
    public void Start() => _acceptor.Start();

    /// <inheritdoc/>
    public void Dispose() => Stop(Deadline.After(Deadline.StandardPatience));

    /// <inheritdoc/>
    public void Stop(Deadline deadline)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        _acceptor.Stop();
        _stopping.Cancel();
        SocketChannel[] channels = [.. _channels.Keys];
        Array.ForEach(channels, channel => channel.TakeNoMore());
        TimeSpan noticing = TimeSpan.FromTicks(Math.Min(s_noticing.Ticks, deadline.Left.Ticks / 5));
        Deadline cut = Deadline.After(deadline.Left - noticing);
        if (!channels.All(channel => channel.Join(cut.Left)))
        {
            // A client that has not received its answer by now does not get it. Computations that still run end with the process.
            Array.ForEach(channels, channel => channel.Cut());
            _ = channels.All(channel => channel.Join(deadline.Left));
        }

        _acceptor.CloseFiles(deadline);
        Threads.End();
        _stopping.Dispose();
        _completion.TrySetResult();
    }

    internal void Log(string line) => _log?.Invoke(line);

    /// <summary>Starts a channel to a file and gives the client's end. Returns an errno if that fails.</summary>
    internal int AddChannel(ServedFile file, out SafeFileDescriptorHandle? theirs)
    {
        theirs = null;
        if (!Users.TryTake(file.Owner, UserResource.Channels, 1))
        {
            return LibC.ENFILE;
        }

        if (!Users.TryTake(file.Owner, UserResource.Descriptors, SocketChannel.Descriptors))
        {
            Users.GiveBack(file.Owner, UserResource.Channels, 1);
            return LibC.EMFILE;
        }

        int error = LibC.EMFILE;
        if (LocalSocket.TryPair(out SafeFileDescriptorHandle? ours, out theirs))
        {
            _ = RefusesDescriptors && LocalSocket.RefuseDescriptors(ours.Descriptor);
        }

        if (ours is not null && StartChannel(file, ours, out error))
        {
            _counters.ChannelOpened();
            return 0;
        }

        ours?.Dispose();
        theirs?.Dispose();
        theirs = null;
        GiveBackChannel(file);
        return error;
    }

    private bool StartChannel(ServedFile file, SafeFileDescriptorHandle ours, out int error)
    {
        SocketChannel channel;
        try
        {
            channel = new SocketChannel(this, file, ours, _maps);
        }
        catch (OutOfMemoryException)
        {
            error = LibC.ENOMEM;
            return false;
        }

        error = LibC.EMFILE;
        if (file.TryAdd(channel))
        {
            _channels.TryAdd(channel, true);
            if (channel.TryStart())
            {
                return true;
            }

            error = LibC.ENFILE;
            file.Remove(channel);
            _channels.TryRemove(channel, out _);
        }

        channel.ReturnBuffers();
        return false;
    }

    private void GiveBackChannel(ServedFile file)
    {
        Users.GiveBack(file.Owner, UserResource.Descriptors, SocketChannel.Descriptors);
        Users.GiveBack(file.Owner, UserResource.Channels, 1);
    }

    internal void Ended(SocketChannel channel, ServedFile file)
    {
        _channels.TryRemove(channel, out _);
        _counters.Add(channel.Calls, channel.Needs);
        GiveBackChannel(file);
    }

    internal void Broken(ServedFile file)
    {
        _counters.Broken();
        Log($"file {file.File.Id}: a client sent what no client sends, or went away in the middle; its channel is closed");
    }

    /// <summary>Watches a descriptor that CRIOGET created, for a new file or for a duplicated one. False: the limit is reached.</summary>
    internal bool TryAdopt(SafeFileDescriptorHandle socket, ServedFile parent, EmulatedFile file) =>
        _acceptor.TryAdopt(socket, parent, file);

    internal void Lost(FrontEndException error) => _completion.TrySetException(error);

    private static Dictionary<UserResource, UserBound> Bounds(SocketFrontEndOptions options)
    {
        long descriptors = Math.Max(LibC.getdtablesize() - OwnDescriptors, OwnDescriptors);
        long memory = Math.Min(options.SharedBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);
        return new Dictionary<UserResource, UserBound>
        {
            [UserResource.Connections] = new(Acceptor.MostConnections(options), long.MaxValue),
            [UserResource.Channels] = new(options.ChannelsPerUser, options.Channels),
            [UserResource.Descriptors] = new(descriptors / 2, descriptors),
            [UserResource.Memory] = new(Math.Min(options.SharedBytesPerUser, memory / 2), memory),
        };
    }
}

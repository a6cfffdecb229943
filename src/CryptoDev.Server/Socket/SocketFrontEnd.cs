using System.Collections.Concurrent;
using CryptoDev.Ioctl;
using CryptoDev.Native;

namespace CryptoDev.Server.Socket;

/// <summary>Serves an emulator over a local socket, for programs with the shim (docs/shim.md).</summary>
public sealed class SocketFrontEnd : IFrontEnd
{
    // How long threads take to notice that their channels were cut.
    private static readonly TimeSpan s_noticing = TimeSpan.FromSeconds(1);

    private readonly SocketFrontEndOptions _options;
    private readonly Action<string>? _log;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<SocketChannel, bool> _channels = new();
    private readonly SocketCounters _counters = new();
    private readonly Doorkeeper _doorkeeper;
    private readonly Lock _gate = new();
    private long _shared;
    private bool _disposed;

    /// <summary>Makes it; opens nothing.</summary>
    /// <param name="emulator">What answers; outlives this.</param>
    /// <param name="options">Where, for whom, and how much.</param>
    /// <param name="log">
    /// Gets a line for what a front end has to say beside the emulator's own line per ioctl; null where nobody listens.
    /// </param>
    public SocketFrontEnd(DevCryptoEmulator emulator, SocketFrontEndOptions options, Action<string>? log)
    {
        ArgumentNullException.ThrowIfNull(emulator);
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _log = log;
        Stopping = _stopping.Token;
        Buffers = new MessageBuffers();
        Threads = new ChannelThreads(thread => StartThread(thread));
        _doorkeeper = new Doorkeeper(this, emulator, options, _counters);
    }

    /// <inheritdoc/>
    public string Name => $"socket {_options.Path}";

    /// <inheritdoc/>
    public Task Completion => _completion.Task;

    /// <inheritdoc/>
    public IReadOnlyList<FrontEndCounter> Counters =>
        _counters.Snapshot(
            _doorkeeper.Files,
            _channels.Count,
            _channels.Keys.Sum(channel => channel.Calls),
            _channels.Keys.Sum(channel => channel.Needs)
        );

    /// <summary>Set when the end begins: calls that wait are woken.</summary>
    internal CancellationToken Stopping { get; }

    /// <summary>What channels receive into and answer from.</summary>
    internal MessageBuffers Buffers { get; }

    /// <summary>Who serves the channels.</summary>
    internal ChannelThreads Threads { get; }

    /// <summary>How a thread is started; a test has none to start.</summary>
    internal Action<Thread> StartThread { get; init; } = static thread => thread.Start();

    /// <inheritdoc/>
    public void Start() => _doorkeeper.Start();

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

        _doorkeeper.Stop();
        _stopping.Cancel();
        SocketChannel[] channels = [.. _channels.Keys];
        Array.ForEach(channels, channel => channel.TakeNoMore());
        if (!channels.All(channel => channel.Join(deadline.Left)))
        {
            // Who does not take his answer now never will.
            Array.ForEach(channels, channel => channel.Cut());
            Deadline noticed = Deadline.After(s_noticing);
            Array.ForEach(channels, channel => channel.Join(noticed.Left));
        }

        Threads.End();
        _doorkeeper.CloseFiles();
        _stopping.Dispose();
        _completion.TrySetResult();
    }

    internal void Log(string line) => _log?.Invoke(line);

    /// <summary>Starts a channel to a file; an errno where there are too many.</summary>
    internal int AddChannel(ServedFile file, SafeFileDescriptorHandle socket, WordSize wordSize, DialectMap map)
    {
        if (_channels.Count >= _options.Channels)
        {
            return LibC.ENFILE;
        }

        SocketChannel channel = new(this, file, socket, wordSize, map);
        if (!file.TryAdd(channel))
        {
            channel.GiveBack();
            return LibC.EMFILE;
        }

        _channels.TryAdd(channel, true);
        if (!channel.TryStart())
        {
            file.Remove(channel);
            _channels.TryRemove(channel, out _);
            channel.GiveBack();
            return LibC.ENFILE;
        }

        _counters.ChannelOpened();
        return 0;
    }

    internal void Ended(SocketChannel channel)
    {
        _channels.TryRemove(channel, out _);
        _counters.Add(channel.Calls, channel.Needs);
    }

    internal void Broken(ServedFile file)
    {
        _counters.Broken();
        Log($"file {file.File.Id}: a client sent what no client sends, or went away in the middle; its channel is closed");
    }

    /// <summary>Watches over a descriptor that CRIOGET made: for a new file, or for one that is duplicated.</summary>
    internal bool Adopt(SafeFileDescriptorHandle socket, ServedFile parent, EmulatedFile file) => _doorkeeper.Adopt(socket, parent, file);

    internal bool TryTakeShared(long bytes)
    {
        if (Interlocked.Add(ref _shared, bytes) <= _options.SharedBytes)
        {
            return true;
        }

        GiveBackShared(bytes);
        return false;
    }

    internal void GiveBackShared(long bytes) => Interlocked.Add(ref _shared, -bytes);

    internal void Lost(FrontEndException error) => _completion.TrySetException(error);
}

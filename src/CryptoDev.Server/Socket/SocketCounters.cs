namespace CryptoDev.Server.Socket;

/// <summary>The counters of the front end.</summary>
internal sealed class SocketCounters
{
    private long _connections;
    private long _refused;
    private long _channels;
    private long _calls;
    private long _needs;
    private long _broken;
    private long _timedOut;

    public void Connected() => Interlocked.Increment(ref _connections);

    public void Refused() => Interlocked.Increment(ref _refused);

    public void ChannelOpened() => Interlocked.Increment(ref _channels);

    /// <summary>Counts a client that broke the protocol.</summary>
    public void Broken() => Interlocked.Increment(ref _broken);

    /// <summary>Counts a client that connected and did not send its hello in time.</summary>
    public void TimedOut() => Interlocked.Increment(ref _timedOut);

    /// <summary>
    /// Adds the counts of an ended channel. Each channel counts by itself, because a shared counter per ioctl would be slow.
    /// </summary>
    public void Add(long calls, long needs)
    {
        Interlocked.Add(ref _calls, calls);
        Interlocked.Add(ref _needs, needs);
    }

    public IReadOnlyList<FrontEndCounter> Snapshot(int files, int channels, long calls, long needs) =>
        [
            new("files-open", files),
            new("channels-open", channels),
            new("connections", Interlocked.Read(ref _connections)),
            new("connections-refused", Interlocked.Read(ref _refused)),
            new("connections-timed-out", Interlocked.Read(ref _timedOut)),
            new("channels", Interlocked.Read(ref _channels)),
            new("ioctls", Interlocked.Read(ref _calls) + calls),
            new("pieces-asked-for", Interlocked.Read(ref _needs) + needs),
            new("clients-broken", Interlocked.Read(ref _broken)),
        ];
}

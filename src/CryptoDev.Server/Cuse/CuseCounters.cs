namespace CryptoDev.Server.Cuse;

/// <summary>The counters of a device. All fields are written with <see cref="Interlocked"/>.</summary>
internal sealed class CuseCounters
{
    public long RequestsRead;
    public long Ioctls;
    public long Opens;
    public long Releases;
    public long Polls;
    public long PollWakeups;
    public long Interrupts;
    public long RetryRounds;
    public long CallersLost;
    public long OutputsTooLarge;

    /// <summary>The counters as the front end shows them, with the numbers that are known only now.</summary>
    public IReadOnlyList<FrontEndCounter> Snapshot(int openFiles, int running, int threads) =>
        [
            new("requests-read", Volatile.Read(ref RequestsRead)),
            new("ioctls", Volatile.Read(ref Ioctls)),
            new("retry-rounds", Volatile.Read(ref RetryRounds)),
            new("opens", Volatile.Read(ref Opens)),
            new("releases", Volatile.Read(ref Releases)),
            new("polls", Volatile.Read(ref Polls)),
            new("poll-wakeups", Volatile.Read(ref PollWakeups)),
            new("interrupts", Volatile.Read(ref Interrupts)),
            new("callers-lost", Volatile.Read(ref CallersLost)),
            new("outputs-too-large", Volatile.Read(ref OutputsTooLarge)),
            new("open-files", openFiles),
            new("running", running),
            new("threads", threads),
        ];
}

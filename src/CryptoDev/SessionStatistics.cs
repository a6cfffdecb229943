namespace CryptoDev;

/// <summary>Counters of the finished operations of a session. A snapshot, exact when no operation is running.</summary>
public readonly struct SessionStatistics
{
    internal SessionStatistics(long operations, long bytes, long failures)
    {
        Operations = operations;
        Bytes = bytes;
        Failures = failures;
    }

    /// <summary>The number of messages that were processed.</summary>
    public long Operations { get; }

    /// <summary>The number of source bytes that were processed.</summary>
    public long Bytes { get; }

    /// <summary>The number of messages that failed. Wrong tags count.</summary>
    public long Failures { get; }

    /// <summary>The three counters.</summary>
    public override string ToString() => $"{Operations} operations, {Bytes} bytes, {Failures} failures";

    /// <summary>Adds two sets of counters.</summary>
    public static SessionStatistics operator +(SessionStatistics left, SessionStatistics right) =>
        new(left.Operations + right.Operations, left.Bytes + right.Bytes, left.Failures + right.Failures);
}

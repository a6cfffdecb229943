namespace CryptoDev;

/// <summary>Counters of a session's finished work; a snapshot, exact when nothing is under way.</summary>
public readonly struct SessionStatistics
{
    internal SessionStatistics(long operations, long bytes, long failures)
    {
        Operations = operations;
        Bytes = bytes;
        Failures = failures;
    }

    /// <summary>Messages processed.</summary>
    public long Operations { get; }

    /// <summary>Bytes of source processed.</summary>
    public long Bytes { get; }

    /// <summary>Messages that failed, wrong tags included.</summary>
    public long Failures { get; }

    /// <summary>The three counters.</summary>
    public override string ToString() => $"{Operations} operations, {Bytes} bytes, {Failures} failures";

    /// <summary>Adds two.</summary>
    public static SessionStatistics operator +(SessionStatistics left, SessionStatistics right) =>
        new(left.Operations + right.Operations, left.Bytes + right.Bytes, left.Failures + right.Failures);
}

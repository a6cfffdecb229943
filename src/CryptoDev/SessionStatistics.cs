namespace CryptoDev;

/// <summary>Counters of a session's finished work; a snapshot, exact when nothing is under way.</summary>
/// <param name="Operations">Messages processed.</param>
/// <param name="Bytes">Bytes of source processed.</param>
/// <param name="Failures">Messages that failed, wrong tags included.</param>
public readonly record struct SessionStatistics(long Operations, long Bytes, long Failures)
{
    /// <summary>Adds two.</summary>
    public static SessionStatistics operator +(SessionStatistics left, SessionStatistics right) =>
        new(left.Operations + right.Operations, left.Bytes + right.Bytes, left.Failures + right.Failures);
}

using System.Diagnostics;

namespace CryptoDev.Server;

/// <summary>A moment of the machine's monotonic clock. Several waits can share one deadline.</summary>
public readonly struct Deadline
{
    private readonly long _ticks;

    private Deadline(long ticks) => _ticks = ticks;

    /// <summary>The standard time that a server may take to end: five seconds.</summary>
    public static TimeSpan StandardPatience { get; } = TimeSpan.FromSeconds(5);

    /// <summary>The time that is left. Zero once the deadline has passed.</summary>
    public TimeSpan Left
    {
        get
        {
            long left = _ticks - Stopwatch.GetTimestamp();
            return left > 0 ? Stopwatch.GetElapsedTime(0, left) : TimeSpan.Zero;
        }
    }

    /// <summary>The moment that is the given time from now.</summary>
    public static Deadline After(TimeSpan time) => new(Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency));
}

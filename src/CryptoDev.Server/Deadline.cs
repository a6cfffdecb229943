using System.Diagnostics;

namespace CryptoDev.Server;

/// <summary>A moment by the machine's steady clock: one for all who must be done by then.</summary>
public readonly struct Deadline
{
    private readonly long _ticks;

    private Deadline(long ticks) => _ticks = ticks;

    /// <summary>How long the end of a server may take where nobody says: five seconds.</summary>
    public static TimeSpan StandardPatience { get; } = TimeSpan.FromSeconds(5);

    /// <summary>What is left until then; zero once it has passed.</summary>
    public TimeSpan Left
    {
        get
        {
            long left = _ticks - Stopwatch.GetTimestamp();
            return left > 0 ? Stopwatch.GetElapsedTime(0, left) : TimeSpan.Zero;
        }
    }

    /// <summary>The moment that comes after a time from now.</summary>
    public static Deadline After(TimeSpan time) => new(Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency));
}

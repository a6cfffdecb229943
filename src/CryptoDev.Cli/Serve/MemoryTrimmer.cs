using CryptoDev.Ioctl;

namespace CryptoDev.Cli.Serve;

/// <summary>
/// After a peak, returns memory to the system that the collector would keep for the next peak. It regularly compares the memory of this
/// process with what clients use, and does nothing if the difference does not grow.
/// </summary>
internal sealed class MemoryTrimmer : IDisposable
{
    private const long LeastPeak = 64 << 20;

    // The memory of a session, request or file that is not counted in bytes.
    private const int BytesOfEach = 4 << 10;
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(2);

    private readonly Timer _timer;
    private readonly Lock _gate = new();
    private readonly Func<EmulatorStatistics> _statistics;
    private readonly Func<long> _resident;
    private readonly Action _trim;
    private long _least = long.MaxValue;
    private long _filesThen = long.MaxValue;

    public MemoryTrimmer(Func<EmulatorStatistics> statistics, Func<long>? resident = null, Action? trim = null)
    {
        _statistics = statistics;
        _resident = resident ?? (static () => Environment.WorkingSet);
        _trim = trim ?? (static () => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true));
        _timer = new Timer(static self => ((MemoryTrimmer)self!).Look(), this, s_look, s_look);
    }

    /// <summary>Checks once.</summary>
    public void Look()
    {
        lock (_gate)
        {
            EmulatorStatistics now = _statistics();
            long held = now.BytesInFlight + ((now.OpenSessions + now.RequestsInFlight + now.OpenFiles) * BytesOfEach);
            long rest = _resident() - held;
            if (rest < LeastPeak || rest - LeastPeak < _least)
            {
                _least = Math.Min(_least, rest);
                _filesThen = long.MaxValue;
                return;
            }

            // Memory that cannot be returned now is tried again when files have been closed.
            if (now.OpenFiles < _filesThen)
            {
                _trim();
                _filesThen = now.OpenFiles;
                if (_filesThen == 0)
                {
                    _least = _resident() - held;
                }
            }
        }
    }

    public void Dispose() => _timer.Dispose();
}

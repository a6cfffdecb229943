using CryptoDev.Ioctl;

namespace CryptoDev.Cli.Serve;

/// <summary>
/// After a peak gives memory back that the collector would keep for a next one. Looks at what clients hold once in a while, and does
/// nothing while there is no peak.
/// </summary>
internal sealed class PeakTrim : IDisposable
{
    private const long LeastPeak = 32 << 20;
    private const int Part = 4;

    // What a session holds that is not counted in bytes.
    private const int BytesOfSession = 4 << 10;
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(2);

    private readonly Timer _timer;
    private readonly Func<EmulatorStatistics> _statistics;
    private readonly Action _trim;
    private long _peak;

    public PeakTrim(Func<EmulatorStatistics> statistics, Action? trim = null)
    {
        _statistics = statistics;
        _trim = trim ?? (static () => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true));
        _timer = new Timer(static self => ((PeakTrim)self!).Look(), this, s_look, s_look);
    }

    /// <summary>Looks once.</summary>
    public void Look()
    {
        EmulatorStatistics now = _statistics();
        long held = now.BytesInFlight + ((now.OpenSessions + now.RequestsInFlight + now.OpenFiles) * BytesOfSession);
        if (held > _peak)
        {
            _peak = held;
        }
        else if (_peak >= LeastPeak && held < _peak / Part)
        {
            _peak = held;
            _trim();
        }
    }

    public void Dispose() => _timer.Dispose();
}

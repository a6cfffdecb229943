namespace CryptoDev.Cli.Serve;

/// <summary>
/// Ends the process if its normal end takes too long, because a driver still computes or an output stream is full. Its thread is started at
/// the beginning, so that it needs no new resources at the end.
/// </summary>
internal sealed class ExitWatchdog
{
    // The time after the front ends' deadline, for printing the counters and for threads that have just been cut off.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);

    private readonly TimeSpan _patience;
    private readonly Action<int> _leave;
    private readonly ManualResetEventSlim _begun = new();
    private readonly ManualResetEventSlim _cancelled = new();
    private volatile int _exitCode;

    public ExitWatchdog(TimeSpan patience, Action<int> leave)
    {
        _patience = patience + s_grace;
        _leave = leave;
        new Thread(Watch) { IsBackground = true, Name = "cryptodev end" }.Start();
    }

    /// <summary>Starts the timeout. Callable from any thread, and more than once.</summary>
    public void Begin() => _begun.Set();

    /// <summary>A front end failed. The process ends with this exit code.</summary>
    public void Failed(int exitCode) => _exitCode = exitCode;

    /// <summary>Everything has ended in time.</summary>
    public void Cancel()
    {
        _cancelled.Set();
        _begun.Set();
    }

    private void Watch()
    {
        _begun.Wait();
        if (!_cancelled.Wait(_patience))
        {
            _leave(_exitCode);
        }
    }
}

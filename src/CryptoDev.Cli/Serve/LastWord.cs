namespace CryptoDev.Cli.Serve;

/// <summary>
/// Ends the process where its own end takes too long: a driver computes, or a stream is full. Its thread is there from the start, so that
/// it needs nothing when nothing is left.
/// </summary>
internal sealed class LastWord
{
    // Beyond what the front ends may take: for the counters, and for threads that have just been cut off.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);

    private readonly TimeSpan _patience;
    private readonly Action<int> _leave;
    private readonly ManualResetEventSlim _begun = new();
    private readonly ManualResetEventSlim _cancelled = new();
    private volatile int _exitCode;

    public LastWord(TimeSpan patience, Action<int> leave)
    {
        _patience = patience + s_grace;
        _leave = leave;
        new Thread(Watch) { IsBackground = true, Name = "cryptodev end" }.Start();
    }

    /// <summary>The end begins. From any thread, and more than once.</summary>
    public void Begin() => _begun.Set();

    /// <summary>It was lost by itself: the process leaves with this code.</summary>
    public void Failed(int exitCode) => _exitCode = exitCode;

    /// <summary>All has ended in time.</summary>
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

namespace CryptoDev.Server.Cuse;

/// <summary>
/// Connects the number of a worker's request with the cancellation token of its ioctl. A signal then reaches that ioctl and no later one.
/// </summary>
internal sealed class InterruptSlot
{
    private readonly Lock _gate = new();
    private CancellationTokenSource _source = new();
    private ulong _unique;

    /// <summary>Starts a request and returns its token. A new source is made only after the last one was cancelled.</summary>
    public CancellationToken Begin(ulong unique)
    {
        lock (_gate)
        {
            _unique = unique;
            if (_source.IsCancellationRequested)
            {
                _source.Dispose();
                _source = new CancellationTokenSource();
            }

            return _source.Token;
        }
    }

    /// <summary>The same ioctl continues with another request number.</summary>
    public void Move(ulong unique)
    {
        lock (_gate)
        {
            _unique = unique;
        }
    }

    public void End() => Move(0);

    /// <summary>
    /// Interrupts the request with that number. False: it is not here. Done within the lock, so that a request that starts now is not
    /// interrupted.
    /// </summary>
    public bool Interrupt(ulong unique)
    {
        lock (_gate)
        {
            if (_unique != unique || unique == 0)
            {
                return false;
            }

            _source.Cancel();
            return true;
        }
    }

    /// <summary>Interrupts the running request, if any.</summary>
    public void InterruptAny()
    {
        lock (_gate)
        {
            if (_unique != 0)
            {
                _source.Cancel();
            }
        }
    }
}

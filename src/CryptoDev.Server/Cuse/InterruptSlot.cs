namespace CryptoDev.Server.Cuse;

/// <summary>
/// Ties the number of a worker's request to the token its ioctl runs with, so that a signal reaches that ioctl and no later one.
/// </summary>
internal sealed class InterruptSlot
{
    private readonly Lock _gate = new();
    private CancellationTokenSource _source = new();
    private ulong _unique;

    /// <summary>A request begins; its token. A new source is made only after one was used up.</summary>
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

    /// <summary>The same ioctl goes on under another number.</summary>
    public void Move(ulong unique)
    {
        lock (_gate)
        {
            _unique = unique;
        }
    }

    public void End() => Move(0);

    /// <summary>
    /// Interrupts the request of that number; false when it is not here. Within the lock: a request that begins now must not be hit.
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

    /// <summary>Interrupts whatever runs.</summary>
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

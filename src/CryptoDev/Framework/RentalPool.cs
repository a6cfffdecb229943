namespace CryptoDev.Framework;

/// <summary>A context that a session rents for one operation; its counters are plain fields because one thread at a time holds it.</summary>
internal abstract class RentedContext : IDisposable
{
    public long Operations;
    public long Bytes;
    public long Failures;

    public abstract void Dispose();
}

/// <summary>
/// Contexts of one session. Renting the usual one costs a single interlocked exchange; more threads at once find or make others. Contexts that failed are
/// discarded, not returned.
/// </summary>
internal sealed class RentalPool<T> : IDisposable
    where T : RentedContext
{
    private readonly Func<T> _create;
    private readonly Lock _lock = new();
    private readonly Stack<T> _spare = new();
    private readonly List<T> _living = [];
    private SessionStatistics _departed;
    private T? _idle;
    private bool _disposed;

    public RentalPool(Func<T> create) => _create = create;

    public SessionStatistics Statistics
    {
        get
        {
            lock (_lock)
            {
                SessionStatistics sum = _departed;
                foreach (T context in _living)
                {
                    sum += CountersOf(context);
                }

                return sum;
            }
        }
    }

    /// <summary>Takes over a context that was made elsewhere, as rented.</summary>
    public T Adopt(T context)
    {
        lock (_lock)
        {
            _living.Add(context);
        }

        return context;
    }

    public T Rent() => Interlocked.Exchange(ref _idle, null) ?? RentSpare();

    public void Return(T context)
    {
        T? displaced = Interlocked.Exchange(ref _idle, context);
        if (displaced is not null || Volatile.Read(ref _disposed))
        {
            Shelve(displaced);
        }
    }

    /// <summary>Destroys a rented context, keeping its counters.</summary>
    public void Discard(T context)
    {
        lock (_lock)
        {
            Bury(context);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            Volatile.Write(ref _disposed, true);
            if (Interlocked.Exchange(ref _idle, null) is { } idle)
            {
                Bury(idle);
            }

            while (_spare.TryPop(out T? spare))
            {
                Bury(spare);
            }
        }
    }

    private static SessionStatistics CountersOf(T context) =>
        new(Volatile.Read(ref context.Operations), Volatile.Read(ref context.Bytes), Volatile.Read(ref context.Failures));

    private T RentSpare()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(Session));
            if (_spare.TryPop(out T? spare))
            {
                return spare;
            }
        }

        // Outside the lock: making one may take a system call or a key schedule.
        return Adopt(_create());
    }

    private void Shelve(T? displaced)
    {
        lock (_lock)
        {
            if (displaced is not null)
            {
                if (_disposed)
                {
                    Bury(displaced);
                }
                else
                {
                    _spare.Push(displaced);
                }
            }

            // A context that came back after Dispose had drained: nobody else will free it.
            if (_disposed && Interlocked.Exchange(ref _idle, null) is { } late)
            {
                Bury(late);
            }
        }
    }

    private void Bury(T context)
    {
        if (_living.Remove(context))
        {
            _departed += CountersOf(context);
        }

        context.Dispose();
    }
}

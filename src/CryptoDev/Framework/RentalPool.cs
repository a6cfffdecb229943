namespace CryptoDev.Framework;

/// <summary>
/// A context that a session rents for one operation; its counters are plain fields because one thread at a time holds it.
/// </summary>
internal abstract class RentedContext : IDisposable
{
    public long Operations;
    public long Bytes;
    public long Failures;

    /// <summary>
    /// Not 0 while somebody holds it. Only the pool's home context is ever free by this word; the others are free by lying on the shelf.
    /// </summary>
    internal int Rented = 1;

    public abstract void Dispose();
}

/// <summary>
/// Contexts of one session. The first one is the home context: renting it costs one interlocked exchange and returning it one plain store.
/// More threads at once
/// find or make others under a lock. Contexts that failed are discarded, not returned.
/// </summary>
internal sealed class RentalPool<T> : IDisposable
    where T : RentedContext
{
    private readonly Func<T> _create;
    private readonly Lock _lock = new();
    private readonly Stack<T> _spare = new();
    private readonly List<T> _living = [];
    private SessionStatistics _departed;
    private T? _home;
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
            _home ??= context;
        }

        return context;
    }

    public T Rent()
    {
        T? home = _home;
        return home is not null && Interlocked.Exchange(ref home.Rented, 1) == 0 ? home : RentSpare();
    }

    public void Return(T context)
    {
        if (context != _home)
        {
            Shelve(context);
            return;
        }

        // No fence between the store and the load: Dispose makes up for it with one that every thread has to pass.
        Volatile.Write(ref context.Rented, 0);
        if (Volatile.Read(ref _disposed))
        {
            CollectHome();
        }
    }

    /// <summary>Destroys a rented context, keeping its counters.</summary>
    public void Discard(T context)
    {
        lock (_lock)
        {
            if (_home == context)
            {
                _home = null;
            }

            Bury(context);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            Volatile.Write(ref _disposed, true);
            while (_spare.TryPop(out T? spare))
            {
                Bury(spare);
            }
        }

        // A thread inside Return has either made its store visible by now, and the home context is found free here, or it will see
        // _disposed.
        Interlocked.MemoryBarrierProcessWide();
        CollectHome();
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
                _home ??= spare;
                return spare;
            }
        }

        // Outside the lock: making one may take a system call or a key schedule.
        return Adopt(_create());
    }

    private void Shelve(T context)
    {
        lock (_lock)
        {
            if (_disposed)
            {
                Bury(context);
            }
            else
            {
                _spare.Push(context);
            }
        }
    }

    /// <summary>After the end: frees the home context if nobody holds it; whoever holds it comes by here when returning it.</summary>
    private void CollectHome()
    {
        lock (_lock)
        {
            if (_home is { } home && Interlocked.Exchange(ref home.Rented, 1) == 0)
            {
                Bury(home);
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

namespace CryptoDev.Drivers;

/// <summary>
/// A context that is held over several calls, for a running digest or a request in the kernel. It is returned when its work ended well.
/// Otherwise it is destroyed: on failure, on Dispose, or by the finalizer when its holder was not disposed. For one thread at a time. The
/// operation above keeps itself, and so this object, alive while <see cref="Context"/> is in use.
/// </summary>
internal sealed class LongRental<T> : IDisposable
    where T : RentedContext
{
    private readonly RentalPool<T> _pool;
    private T? _context;

    /// <summary>Rents a context.</summary>
    public LongRental(RentalPool<T> pool)
        : this(pool, pool.RentForLong()) { }

    /// <summary>Takes over a context that was made elsewhere and that the pool has adopted.</summary>
    public LongRental(RentalPool<T> pool, T adopted)
    {
        _pool = pool;
        _context = adopted;
    }

    ~LongRental() => Dispose();

    public T Context => _context ?? throw new ObjectDisposedException(typeof(Session).FullName);

    /// <summary>Counts a successful operation and returns the context.</summary>
    public void Finish(int bytes)
    {
        if (Take() is { } context)
        {
            context.Operations++;
            context.Bytes += bytes;
            _pool.Return(context);
        }
    }

    /// <summary>Returns a context without counting: it was not used, or the operation above counts what it did.</summary>
    public void Spare()
    {
        if (Take() is { } context)
        {
            _pool.Return(context);
        }
    }

    /// <summary>Counts a failure and destroys the context.</summary>
    public void Fail()
    {
        if (Take() is { } context)
        {
            context.Failures++;
            _pool.Discard(context);
        }
    }

    /// <summary>Destroys a context whose work was not finished, without counting a failure.</summary>
    public void Dispose()
    {
        if (Take() is { } context)
        {
            _pool.Discard(context);
        }
    }

    private T? Take()
    {
        GC.SuppressFinalize(this);
        return Interlocked.Exchange(ref _context, null);
    }
}

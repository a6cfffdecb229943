using System.Runtime.CompilerServices;

namespace CryptoDev.Drivers;

/// <summary>
/// A context rented for one operation, by <c>using</c>. It goes back to its pool when the operation reported how it ended. Otherwise it is
/// destroyed: an exception was thrown, or a kernel or library gave an unexpected answer, and the state of the context is unknown.
/// </summary>
internal ref struct Rental<T>
    where T : RentedContext
{
    private readonly RentalPool<T> _pool;
    private readonly T _context;
    private bool _isSound;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Rental(RentalPool<T> pool)
    {
        _pool = pool;
        _context = pool.Rent();
    }

    public readonly T Context => _context;

    /// <summary>Counts a successful operation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Finish(int bytes)
    {
        _context.Operations++;
        _context.Bytes += bytes;
        _isSound = true;
    }

    /// <summary>Counts a failure that leaves the context intact: a wrong tag, or a message that does not fit.</summary>
    public void Refuse()
    {
        _context.Failures++;
        _isSound = true;
    }

    /// <summary>Marks the context as unused, so that it is returned.</summary>
    public void Spare() => _isSound = true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Dispose()
    {
        if (_isSound)
        {
            _pool.Return(_context);
        }
        else
        {
            Fail();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void Fail()
    {
        _context.Failures++;
        _pool.Discard(_context);
    }
}

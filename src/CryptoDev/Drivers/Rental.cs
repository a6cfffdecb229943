using System.Runtime.CompilerServices;

namespace CryptoDev.Drivers;

/// <summary>
/// A context rented for one operation, by <c>using</c>. It goes back to its pool when the operation said how it ended, and is destroyed
/// when it did not: an exception came, or a kernel or library answered what nobody expects, and what state the context is in is not
/// worth reasoning about.
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

    /// <summary>Counts an operation that did what it was asked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Finish(int bytes)
    {
        _context.Operations++;
        _context.Bytes += bytes;
        _isSound = true;
    }

    /// <summary>Counts a failure that leaves the context as good as before: a wrong tag, a message that does not fit.</summary>
    public void Refuse()
    {
        _context.Failures++;
        _isSound = true;
    }

    /// <summary>Nothing was done with it.</summary>
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

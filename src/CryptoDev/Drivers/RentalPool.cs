using System.Numerics;
using System.Runtime.CompilerServices;

namespace CryptoDev.Drivers;

/// <summary>
/// Contexts of one session. A thread finds its own in a slot: renting it costs one interlocked exchange on a line that no other thread
/// writes, and returning it one plain store. A pool begins with one slot and gets more when threads meet in one. Who finds his slot
/// empty, or taken and no other free, comes by the shelf under a lock, or makes a context. What failed is discarded, not returned.
/// </summary>
/// <remarks>
/// The pool keeps what ran at once lately. Idle contexts outside the slots are as many as are out, or a few. Once a second at most, by the
/// way of an operation, what nobody used since the last look is given back. A pool on which nothing runs keeps what it has then: a
/// context for each slot and a few.
/// </remarks>
internal sealed class RentalPool<T> : IDisposable
    where T : RentedContext
{
    /// <summary>A context's operations between two looks at the clock; a power of two.</summary>
    internal const int OperationsToReview = 1024;

    internal const int MillisecondsToReview = 1000;

    // Read by every operation, and written when a slot changes hands, which is rare. What the lock guards is on the shelf, elsewhere.
    private readonly Func<T> _create;
    private readonly Func<long> _clock;
    private readonly Lock _lock = new();
    private readonly SpareShelf<T> _shelf = new();
    private readonly int _mostSlots;
    private T?[] _slots = new T?[1];
    private bool _disposed;

    /// <param name="create">Makes a context; may be called by several threads at once.</param>
    /// <param name="mostSlots">
    /// A power of two: twice the processors, so that a thread that was put aside in the middle of an operation takes no slot from those
    /// that run.
    /// </param>
    /// <param name="clock">Milliseconds.</param>
    public RentalPool(Func<T> create, int mostSlots = 0, Func<long>? clock = null)
    {
        _create = create;
        _mostSlots = mostSlots > 0 ? mostSlots : (int)BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount * 2);
        _clock = clock ?? (static () => Environment.TickCount64);
        _shelf.ReviewTime = _clock();
    }

    public SessionStatistics Statistics
    {
        get
        {
            lock (_lock)
            {
                return _shelf.Statistics;
            }
        }
    }

    /// <summary>How often anybody wrote what threads share.</summary>
    internal long SharedVisits
    {
        get
        {
            lock (_lock)
            {
                return _shelf.Visits;
            }
        }
    }

    /// <summary>A context for one operation, which is not the caller's any more when it is returned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Rent()
    {
        T?[] slots = _slots;

        // Where there is one slot, the thread need not be asked who it is.
        T? own = slots.Length == 1 ? slots[0] : slots[ThreadSeat.Number & (slots.Length - 1)];
        return own is not null && Interlocked.Exchange(ref own.Rented, 1) == 0 ? own : RentElsewhere(ref ThreadSeat.Number);
    }

    /// <summary>The same for the thread that has <paramref name="seat"/>.</summary>
    internal T Rent(ref int seat)
    {
        T?[] slots = _slots;
        T? own = slots[seat & (slots.Length - 1)];
        return own is not null && Interlocked.Exchange(ref own.Rented, 1) == 0 ? own : RentElsewhere(ref seat);
    }

    /// <summary>A context for as long as the caller likes. It leaves its slot, because slots are for short operations.</summary>
    public T RentForLong()
    {
        lock (_lock)
        {
            Visit();
            if (_shelf.Take() is { } spare)
            {
                return spare;
            }

            T? own = _slots[ThreadSeat.Number & (_slots.Length - 1)];
            if (own is not null && Interlocked.Exchange(ref own.Rented, 1) == 0)
            {
                LeaveSlot(own);
                return own;
            }
        }

        return Adopt(_create());
    }

    /// <summary>Takes over a context that was made elsewhere, as rented.</summary>
    public T Adopt(T context)
    {
        lock (_lock)
        {
            _shelf.Add(context);
        }

        return context;
    }

    /// <summary>Gives a context back that is fit for another operation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Return(T context)
    {
        if (context.Slot == RentedContext.NoSlot)
        {
            Shelve(context);
            return;
        }

        bool mayBeDue = (context.Operations & (OperationsToReview - 1)) == 0;

        // No fence between the store and the load: Dispose makes up for it with one that every thread has to pass.
        Volatile.Write(ref context.Rented, 0);
        if (Volatile.Read(ref _disposed) | mayBeDue)
        {
            LookAfterReturn();
        }
    }

    /// <summary>The same for the thread that has <paramref name="seat"/>.</summary>
    internal void Return(T context, int seat)
    {
        if (context.Slot == RentedContext.NoSlot)
        {
            Shelve(context, seat);
        }
        else
        {
            Return(context);
        }
    }

    /// <summary>Destroys a rented context, keeping its counters.</summary>
    public void Discard(T context)
    {
        lock (_lock)
        {
            LeaveSlot(context);
            _shelf.Bury(context);
        }

        context.Dispose();
    }

    public void Dispose()
    {
        List<T> idle = [];
        lock (_lock)
        {
            Volatile.Write(ref _disposed, true);
            _shelf.Clear(all: true, idle);
        }

        DisposeAll(idle);

        // A thread inside Return has either made its store visible by now, and its context is found free here, or it will see _disposed.
        Interlocked.MemoryBarrierProcessWide();
        EmptySlots();
    }

    private static void DisposeAll(List<T> contexts)
    {
        foreach (T context in contexts)
        {
            context.Dispose();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private T RentElsewhere(ref int seat)
    {
        lock (_lock)
        {
            Visit();
            bool hasPlace = FindPlace(ref seat);
            if (!hasPlace && TakeNeighbour(ref seat) is { } neighbour)
            {
                return neighbour;
            }

            if (_shelf.Take() is { } spare)
            {
                EnterSlot(spare, seat);
                return spare;
            }
        }

        // Outside the lock: making one may take a system call or a key schedule.
        T context = _create();
        lock (_lock)
        {
            _shelf.Add(context);
            EnterSlot(context, seat);
        }

        return context;
    }

    /// <summary>Counts somebody who came by the lock to rent, and sends him away after the end.</summary>
    private void Visit()
    {
        _shelf.Visits++;
        ObjectDisposedException.ThrowIf(_disposed, typeof(Session));
    }

    /// <summary>Moves the seat to an empty slot, and makes more slots where threads meet; false when all are taken.</summary>
    private bool FindPlace(ref int seat)
    {
        T?[] slots = _slots;
        int mask = slots.Length - 1;
        for (int i = 0; i < slots.Length; i++)
        {
            if (slots[(seat + i) & mask] is null)
            {
                seat = i == 0 ? seat : (seat + i) & mask;
                return true;
            }
        }

        if (slots.Length >= _mostSlots)
        {
            return false;
        }

        seat = (seat & mask) + slots.Length;
        Array.Resize(ref slots, slots.Length * 2);
        Volatile.Write(ref _slots, slots);
        return true;
    }

    /// <summary>A context that is idle in another slot at this moment; the thread stays there.</summary>
    private T? TakeNeighbour(ref int seat)
    {
        for (int i = 0; i < _slots.Length; i++)
        {
            int number = (seat + i) & (_slots.Length - 1);
            if (_slots[number] is { } other && Interlocked.Exchange(ref other.Rented, 1) == 0)
            {
                seat = number;
                return other;
            }
        }

        return null;
    }

    /// <summary>Gives a context the slot if it is empty.</summary>
    private bool EnterSlot(T context, int seat)
    {
        int number = seat & (_slots.Length - 1);
        if (_disposed || _slots[number] is not null)
        {
            return false;
        }

        context.Slot = number;
        context.DoneAtReview = -1;
        _shelf.InSlots++;
        Volatile.Write(ref _slots[number], context);
        return true;
    }

    private void LeaveSlot(T context)
    {
        if (context.Slot != RentedContext.NoSlot)
        {
            _slots[context.Slot] = null;
            context.Slot = RentedContext.NoSlot;
            _shelf.InSlots--;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Shelve(T context) => Shelve(context, ThreadSeat.Number);

    private void Shelve(T context, int seat)
    {
        List<T> surplus = [];
        lock (_lock)
        {
            if (_disposed)
            {
                surplus.Add(_shelf.Bury(context));
            }
            else if (EnterSlot(context, seat))
            {
                Volatile.Write(ref context.Rented, 0);
            }
            else
            {
                _shelf.Put(context, surplus);
            }
        }

        DisposeAll(surplus);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LookAfterReturn()
    {
        if (Volatile.Read(ref _disposed))
        {
            EmptySlots();
        }
        else if (_clock() - Volatile.Read(ref _shelf.ReviewTime) >= MillisecondsToReview)
        {
            Review();
        }
    }

    /// <summary>After the end: frees what is idle in slots; whoever holds one of them comes by here when returning it.</summary>
    private void EmptySlots()
    {
        List<T> idle = [];
        lock (_lock)
        {
            BuryIdle(static _ => true, idle);
        }

        DisposeAll(idle);
    }

    /// <summary>Gives back what nobody used since the last review.</summary>
    private void Review()
    {
        List<T> unused = [];
        lock (_lock)
        {
            long now = _clock();
            if (_disposed || now - _shelf.ReviewTime < MillisecondsToReview)
            {
                return;
            }

            Volatile.Write(ref _shelf.ReviewTime, now);
            _shelf.Clear(all: false, unused);
            BuryIdle(static context => !context.WasUsed(), unused);
        }

        DisposeAll(unused);
    }

    private void BuryIdle(Func<T, bool> chosen, List<T> buried)
    {
        foreach (T? context in _slots)
        {
            if (context is not null && chosen(context) && Interlocked.Exchange(ref context.Rented, 1) == 0)
            {
                LeaveSlot(context);
                buried.Add(_shelf.Bury(context));
            }
        }
    }
}

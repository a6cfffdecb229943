using System.Numerics;
using System.Runtime.CompilerServices;

namespace CryptoDev.Drivers;

/// <summary>
/// The contexts of one session. Each thread finds its context in a slot. Renting it costs one interlocked exchange on a cache line that no
/// other thread writes, and returning it costs one plain store. A thread takes the lock when its slot is empty or its context is rented. It
/// then moves to an empty slot or takes an idle context from another slot. With an empty slot it takes a spare context from the shelf or
/// makes a new one. A pool begins with one slot. It gets more when two threads need the same slot. A context that failed is discarded, not
/// returned.
/// </summary>
/// <remarks>
/// The pool keeps as many contexts as were recently in use at once. Idle contexts outside the slots are at most as many as are rented
/// there, or a few. At most once a second, a returning operation frees the contexts that were not used since the last review. A pool
/// without operations keeps its contexts: one for each slot and a few more.
/// </remarks>
internal sealed class RentalPool<T> : IDisposable
    where T : RentedContext
{
    /// <summary>The number of operations of a context between two looks at the clock; a power of two.</summary>
    internal const int OperationsToReview = 1024;

    internal const int MillisecondsToReview = 1000;

    // Every operation reads these fields. They are written when a slot changes hands, which is rare. The data that the lock guards is in
    // the shelf, a separate object.
    private readonly Func<T> _create;
    private readonly Func<long> _clock;
    private readonly Lock _lock = new();
    private readonly IdleContextList<T> _shelf = new();
    private readonly int _mostSlots;
    private T?[] _slots = new T?[1];
    private bool _disposed;

    /// <param name="create">Makes a context; may be called by several threads at once.</param>
    /// <param name="mostSlots">
    /// A power of two: twice the processors by default, so that a thread that was preempted in the middle of an operation takes no slot
    /// from running threads.
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

    /// <summary>How often a thread wrote data that threads share.</summary>
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

    /// <summary>Rents a context for one operation. The caller must not use it after returning it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Rent()
    {
        T?[] slots = _slots;

        // With one slot, the slot number of the thread need not be read.
        T? own = slots.Length == 1 ? slots[0] : slots[ThreadSlot.Number & (slots.Length - 1)];
        return own is not null && Interlocked.Exchange(ref own.Rented, 1) == 0 ? own : RentElsewhere(ref ThreadSlot.Number);
    }

    /// <summary>The same for a thread with the given <paramref name="threadSlot"/>.</summary>
    internal T Rent(ref int threadSlot)
    {
        T?[] slots = _slots;
        T? own = slots[threadSlot & (slots.Length - 1)];
        return own is not null && Interlocked.Exchange(ref own.Rented, 1) == 0 ? own : RentElsewhere(ref threadSlot);
    }

    /// <summary>Rents a context for any length of time. The context leaves its slot, because slots are for short operations.</summary>
    public T RentForLong()
    {
        lock (_lock)
        {
            Visit();
            if (_shelf.Take() is { } spare)
            {
                return spare;
            }

            T? own = _slots[ThreadSlot.Number & (_slots.Length - 1)];
            if (own is not null && Interlocked.Exchange(ref own.Rented, 1) == 0)
            {
                LeaveSlot(own);
                return own;
            }
        }

        return Adopt(_create());
    }

    /// <summary>Takes over a context that was made elsewhere, as a rented one.</summary>
    public T Adopt(T context)
    {
        lock (_lock)
        {
            _shelf.Add(context);
        }

        return context;
    }

    /// <summary>Returns a context that is fit for another operation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Return(T context)
    {
        if (context.Slot == RentedContext.NoSlot)
        {
            Shelve(context);
            return;
        }

        bool mayBeDue = (context.Operations & (OperationsToReview - 1)) == 0;

        // There is no fence between the store and the load. Dispose makes up for it with a process-wide barrier.
        Volatile.Write(ref context.Rented, 0);
        if (Volatile.Read(ref _disposed) | mayBeDue)
        {
            LookAfterReturn();
        }
    }

    /// <summary>The same for a thread with the given <paramref name="threadSlot"/>.</summary>
    internal void Return(T context, int threadSlot)
    {
        if (context.Slot == RentedContext.NoSlot)
        {
            Shelve(context, threadSlot);
        }
        else
        {
            Return(context);
        }
    }

    /// <summary>Destroys a rented context and keeps its counters.</summary>
    public void Discard(T context)
    {
        lock (_lock)
        {
            LeaveSlot(context);
            _shelf.Retire(context);
        }

        context.Dispose();
    }

    public void Dispose()
    {
        List<T>? idle = null;
        lock (_lock)
        {
            Volatile.Write(ref _disposed, true);
            _shelf.Clear(all: true, ref idle);
        }

        DisposeAll(idle);

        // A thread inside Return either has made its store visible by now, so its context is found free here, or it will see _disposed.
        Interlocked.MemoryBarrierProcessWide();
        EmptySlots();
    }

    /// <summary>Disposes them outside the lock. There is a list only if there is a context, so a review alone allocates nothing.</summary>
    private static void DisposeAll(List<T>? contexts)
    {
        if (contexts is not null)
        {
            foreach (T context in contexts)
            {
                context.Dispose();
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private T RentElsewhere(ref int threadSlot)
    {
        lock (_lock)
        {
            Visit();
            bool hasSlot = FindEmptySlot(ref threadSlot);
            if (!hasSlot && TakeNeighbour(ref threadSlot) is { } neighbour)
            {
                return neighbour;
            }

            if (_shelf.Take() is { } spare)
            {
                EnterSlot(spare, threadSlot);
                return spare;
            }
        }

        // Outside the lock: making a context may take a system call or a key schedule.
        T context = _create();
        lock (_lock)
        {
            _shelf.Add(context);
            EnterSlot(context, threadSlot);
        }

        return context;
    }

    /// <summary>Counts a thread that took the lock to rent. Throws after Dispose.</summary>
    private void Visit()
    {
        _shelf.Visits++;
        ObjectDisposedException.ThrowIf(_disposed, typeof(Session));
    }

    /// <summary>
    /// Moves the threadSlot to an empty slot. When no slot is empty, doubles the slots. False when all slots are taken and there may be
    /// no more of them.
    /// </summary>
    private bool FindEmptySlot(ref int threadSlot)
    {
        T?[] slots = _slots;
        int mask = slots.Length - 1;
        for (int i = 0; i < slots.Length; i++)
        {
            if (slots[(threadSlot + i) & mask] is null)
            {
                threadSlot = i == 0 ? threadSlot : (threadSlot + i) & mask;
                return true;
            }
        }

        if (slots.Length >= _mostSlots)
        {
            return false;
        }

        threadSlot = (threadSlot & mask) + slots.Length;
        Array.Resize(ref slots, slots.Length * 2);
        Volatile.Write(ref _slots, slots);
        return true;
    }

    /// <summary>Rents a context that is idle in another slot. The thread uses that slot from now on.</summary>
    private T? TakeNeighbour(ref int threadSlot)
    {
        for (int i = 0; i < _slots.Length; i++)
        {
            int number = (threadSlot + i) & (_slots.Length - 1);
            if (_slots[number] is { } other && Interlocked.Exchange(ref other.Rented, 1) == 0)
            {
                threadSlot = number;
                return other;
            }
        }

        return null;
    }

    /// <summary>Puts a context into the slot if the slot is empty.</summary>
    private bool EnterSlot(T context, int threadSlot)
    {
        int number = threadSlot & (_slots.Length - 1);
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
    private void Shelve(T context) => Shelve(context, ThreadSlot.Number);

    private void Shelve(T context, int threadSlot)
    {
        List<T>? surplus = null;
        lock (_lock)
        {
            if (_disposed)
            {
                _shelf.Retire(context, ref surplus);
            }
            else if (EnterSlot(context, threadSlot))
            {
                Volatile.Write(ref context.Rented, 0);
            }
            else
            {
                _shelf.Put(context, ref surplus);
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

    /// <summary>
    /// After Dispose: frees the contexts that are idle in slots. A context that is rented now is freed by this method when it is returned.
    /// </summary>
    private void EmptySlots()
    {
        List<T>? idle = null;
        lock (_lock)
        {
            RetireIdle(static _ => true, ref idle);
        }

        DisposeAll(idle);
    }

    /// <summary>Frees the contexts that were not used since the last review.</summary>
    private void Review()
    {
        List<T>? unused = null;
        lock (_lock)
        {
            long now = _clock();
            if (_disposed || now - _shelf.ReviewTime < MillisecondsToReview)
            {
                return;
            }

            Volatile.Write(ref _shelf.ReviewTime, now);
            _shelf.Clear(all: false, ref unused);
            RetireIdle(static context => !context.WasUsed(), ref unused);
        }

        DisposeAll(unused);
    }

    private void RetireIdle(Func<T, bool> chosen, ref List<T>? retired)
    {
        foreach (T? context in _slots)
        {
            if (context is not null && chosen(context) && Interlocked.Exchange(ref context.Rented, 1) == 0)
            {
                LeaveSlot(context);
                _shelf.Retire(context, ref retired);
            }
        }
    }
}

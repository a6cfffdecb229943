namespace CryptoDev.Drivers;

/// <summary>All contexts of a pool, and the list of those that are idle outside its slots. The pool's lock guards it.</summary>
internal sealed class IdleContextList<T>
    where T : RentedContext
{
    /// <summary>This many idle contexts are kept in any case, until a review finds that they were not needed.</summary>
    public const int Fewest = 8;

    private readonly HashSet<T> _living = [];
    private readonly Stack<T> _idle = new();
    private SessionStatistics _departed;
    private int _fewestIdle;

    /// <summary>When the last review was, in the clock's milliseconds.</summary>
    public long ReviewTime;

    /// <summary>How often a thread came here to rent. Each time it wrote data that threads share.</summary>
    public long Visits;

    /// <summary>How many of all contexts have a slot.</summary>
    public int InSlots;

    public SessionStatistics Statistics
    {
        get
        {
            SessionStatistics sum = _departed;
            foreach (T context in _living)
            {
                sum += context.Counters;
            }

            return sum;
        }
    }

    public void Add(T context) => _living.Add(context);

    public T? Take()
    {
        if (!_idle.TryPop(out T? context))
        {
            return null;
        }

        _fewestIdle = Math.Min(_fewestIdle, _idle.Count);
        return context;
    }

    /// <summary>
    /// Stores an idle context. At most as many idle ones are kept as are rented at this moment, or <see cref="Fewest"/>. The others are
    /// removed and handed out.
    /// </summary>
    /// <param name="context">The context.</param>
    /// <param name="surplus">Receives the contexts that the caller must dispose, outside the lock; null while there are none.</param>
    public void Put(T context, ref List<T>? surplus)
    {
        _idle.Push(context);
        while (_idle.Count > Math.Max(Fewest, _living.Count - InSlots - _idle.Count))
        {
            Retire(_idle.Pop(), ref surplus);
        }

        _fewestIdle = Math.Min(_fewestIdle, _idle.Count);
    }

    /// <summary>Removes the contexts that were idle since the last review, or all.</summary>
    public void Clear(bool all, ref List<T>? surplus)
    {
        for (int left = all ? _idle.Count : _fewestIdle; left > 0; left--)
        {
            Retire(_idle.Pop(), ref surplus);
        }

        _fewestIdle = _idle.Count;
    }

    /// <summary>Removes a context and keeps its counters. The caller disposes it.</summary>
    public void Retire(T context)
    {
        if (_living.Remove(context))
        {
            _departed += context.Counters;
        }
    }

    /// <summary>The same, and adds it to those that the caller disposes.</summary>
    public void Retire(T context, ref List<T>? surplus)
    {
        Retire(context);
        (surplus ??= []).Add(context);
    }
}

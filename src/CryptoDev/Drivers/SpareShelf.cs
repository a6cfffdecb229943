namespace CryptoDev.Drivers;

/// <summary>
/// All contexts of a pool, and those that lie idle outside its slots. The pool's lock guards it.
/// </summary>
internal sealed class SpareShelf<T>
    where T : RentedContext
{
    /// <summary>As many idle ones are kept whatever runs, until a review finds that nobody needed them.</summary>
    public const int Fewest = 8;

    private readonly HashSet<T> _living = [];
    private readonly Stack<T> _idle = new();
    private SessionStatistics _departed;
    private int _fewestIdle;

    /// <summary>When the last review was, in the clock's milliseconds.</summary>
    public long ReviewTime;

    /// <summary>How often somebody came here to rent: a write of what threads share.</summary>
    public long Visits;

    /// <summary>How many of the living have a slot.</summary>
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
    /// Lays a context down. No more stay than are out at this moment, or <see cref="Fewest"/>; what is beyond is buried and handed out.
    /// </summary>
    /// <param name="context">The context.</param>
    /// <param name="surplus">Takes what the caller has to dispose, outside the lock.</param>
    public void Put(T context, List<T> surplus)
    {
        _idle.Push(context);
        while (_idle.Count > Math.Max(Fewest, _living.Count - InSlots - _idle.Count))
        {
            surplus.Add(Bury(_idle.Pop()));
        }

        _fewestIdle = Math.Min(_fewestIdle, _idle.Count);
    }

    /// <summary>Buries those that lay here since the last review, or all.</summary>
    public void Clear(bool all, List<T> surplus)
    {
        for (int left = all ? _idle.Count : _fewestIdle; left > 0; left--)
        {
            surplus.Add(Bury(_idle.Pop()));
        }

        _fewestIdle = _idle.Count;
    }

    /// <summary>Forgets a context and keeps its counters; the caller disposes it.</summary>
    public T Bury(T context)
    {
        if (_living.Remove(context))
        {
            _departed += context.Counters;
        }

        return context;
    }
}

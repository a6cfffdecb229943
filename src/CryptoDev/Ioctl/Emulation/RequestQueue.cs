namespace CryptoDev.Ioctl.Emulation;

/// <summary>A request that runs on a worker, and its result until it is fetched.</summary>
internal interface IRequest : IDisposable
{
    /// <summary>The id that the dialect gives it; 0 where requests have none.</summary>
    uint Id { get; }

    void Run();
}

/// <summary>
/// The asynchronous requests of one open file: accepted within a quota, run by the device's workers, kept until they are fetched. Where the
/// dialect fetches in the order of
/// submission they run one after the other.
/// </summary>
internal sealed class RequestQueue(EmulatedKernel kernel, Quota quota, Action changed)
{
    private readonly Lock _lock = new();
    private readonly Queue<IRequest> _waiting = [];
    private readonly List<IRequest> _done = [];
    private readonly ManualResetEventSlim _progress = new(false);
    private int _running;
    private bool _closed;

    /// <summary>Whether a result waits to be fetched.</summary>
    public bool HasResult
    {
        get
        {
            lock (_lock)
            {
                return _done.Count != 0;
            }
        }
    }

    /// <summary>Whether another request would be accepted.</summary>
    public bool HasRoom => quota.HasRoom;

    /// <summary>Takes the request over.</summary>
    /// <returns>False at the limit; the request is the caller's to dispose then.</returns>
    public bool TryAccept(IRequest request)
    {
        lock (_lock)
        {
            if (_closed || !quota.TryTake(1))
            {
                return false;
            }

            _waiting.Enqueue(request);
        }

        kernel.Workers.Wake(this);
        return true;
    }

    /// <summary>The first result, or that with an id, taken out for the caller; null where there is none.</summary>
    public IRequest? Fetch(uint? id = null)
    {
        lock (_lock)
        {
            int index = _done.FindIndex(one => id is null || one.Id == id);
            if (index < 0)
            {
                return null;
            }

            IRequest request = _done[index];
            _done.RemoveAt(index);
            quota.Give(1);
            return request;
        }
    }

    /// <summary>Waits until there is a result, or until none can come any more.</summary>
    /// <exception cref="OperationCanceledException">The caller was interrupted.</exception>
    /// <returns>Whether there is one.</returns>
    public bool Wait(CancellationToken interrupted)
    {
        while (true)
        {
            lock (_lock)
            {
                if (_done.Count != 0 || (_waiting.Count == 0 && _running == 0))
                {
                    return _done.Count != 0;
                }

                _progress.Reset();
            }

            _progress.Wait(interrupted);
        }
    }

    /// <summary>Drops what waits and what is done; what runs is dropped when it is done.</summary>
    public void Close()
    {
        IRequest[] dropped;
        lock (_lock)
        {
            _closed = true;
            dropped = [.. _waiting, .. _done];
            _waiting.Clear();
            _done.Clear();
            _progress.Set();
        }

        Drop(dropped);
    }

    /// <summary>Runs one request, if there is one that may run now. For the workers.</summary>
    public void RunOne()
    {
        IRequest? request;
        lock (_lock)
        {
            if ((kernel.Rules.RunsInOrder && _running != 0) || !_waiting.TryDequeue(out request))
            {
                return;
            }

            _running++;
        }

        request.Run();
        bool more;
        bool closed;
        lock (_lock)
        {
            _running--;
            closed = _closed;
            if (!closed)
            {
                _done.Add(request);
            }

            // Whoever was woken for one that had to wait for this has gone again.
            more = kernel.Rules.RunsInOrder && _waiting.Count != 0;
            _progress.Set();
        }

        if (more)
        {
            kernel.Workers.Wake(this);
        }

        if (closed)
        {
            Drop([request]);
        }
        else
        {
            changed();
        }
    }

    private void Drop(IRequest[] requests)
    {
        foreach (IRequest request in requests)
        {
            request.Dispose();
        }

        quota.Give(requests.Length);
    }
}

/// <summary>The threads of a device's asynchronous requests: a bounded number, which take turns between the files.</summary>
internal sealed class WorkerPool(int most)
{
    private readonly Lock _lock = new();
    private readonly Queue<RequestQueue> _ready = [];
    private int _active;

    /// <summary>A queue has one more request that may run.</summary>
    public void Wake(RequestQueue queue)
    {
        lock (_lock)
        {
            _ready.Enqueue(queue);
            if (_active == most)
            {
                return;
            }

            _active++;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static pool => pool.Work(), this, preferLocal: false);
    }

    private void Work()
    {
        while (true)
        {
            RequestQueue? queue;
            lock (_lock)
            {
                if (!_ready.TryDequeue(out queue))
                {
                    _active--;
                    return;
                }
            }

            queue.RunOne();
        }
    }
}

namespace CryptoDev.Ioctl.Emulation;

/// <summary>An asynchronous request. It keeps its result until that is fetched.</summary>
internal interface IRequest : IDisposable
{
    /// <summary>The request id of the dialect. 0 if its requests have no id.</summary>
    uint Id { get; }

    /// <summary>Whether it is a key operation, which may take long.</summary>
    bool IsKeyOperation => false;

    void Run();

    /// <summary>Records an error for a key operation that will not run.</summary>
    void Fail(int error) { }
}

/// <summary>
/// The asynchronous requests of one open file. They are accepted within a quota, run on the device's workers, and kept until they are
/// fetched. If the dialect fetches in the order of submission, they run one after the other.
/// </summary>
internal sealed class RequestQueue(EmulatedFile file, Quota quota)
{
    private readonly EmulatedKernel _kernel = file.Kernel;
    private readonly Lock _lock = new();
    private readonly Queue<IRequest> _waiting = [];
    private readonly List<IRequest> _done = [];
    private readonly ManualResetEventSlim _progress = new(false);
    private int _running;
    private bool _closed;

    /// <summary>Whether a result can be fetched.</summary>
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

    /// <summary>Accepts the request and takes ownership of it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="runsNow">Whether it runs on this thread, so that its result is there when this returns.</param>
    /// <returns>False at the limit. Then the caller must dispose the request.</returns>
    public bool TryAccept(IRequest request, bool runsNow = false)
    {
        lock (_lock)
        {
            if (_closed || !quota.TryTake(1))
            {
                return false;
            }

            if (runsNow || request.IsKeyOperation)
            {
                _running++;
            }
            else
            {
                _waiting.Enqueue(request);
            }
        }

        if (runsNow)
        {
            request.Run();
            End(request);
            return true;
        }

        if (!request.IsKeyOperation)
        {
            _kernel.Workers.Wake(file, this);
            return true;
        }

        if (_kernel.Keys.TryAdd(file, new RequestTurn(this, request)) == 0)
        {
            return true;
        }

        lock (_lock)
        {
            _running--;
            _progress.Set();
        }

        quota.Give(1);
        return false;
    }

    /// <summary>Removes and returns the first result, or the result with this id. Null if there is none.</summary>
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

    /// <summary>Waits until there is a result, or until no result can come any more.</summary>
    /// <exception cref="OperationCanceledException">The caller was interrupted.</exception>
    /// <returns>Whether there is a result.</returns>
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

    /// <summary>Drops the waiting requests and the results. A running request is dropped when it has finished.</summary>
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

    /// <summary>Runs one request, if one may run now. Called by the workers.</summary>
    public void RunOne()
    {
        IRequest? request;
        lock (_lock)
        {
            if ((_kernel.Rules.RunsInOrder && _running != 0) || !_waiting.TryDequeue(out request))
            {
                return;
            }

            _running++;
        }

        request.Run();
        End(request);
    }

    private void End(IRequest request)
    {
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

            // While this request ran, a worker may have been woken for the next one, and gone because that had to wait. So wake a worker
            // again.
            more = _kernel.Rules.RunsInOrder && _waiting.Count != 0;
            _progress.Set();
        }

        if (more)
        {
            _kernel.Workers.Wake(file, this);
        }

        if (closed)
        {
            Drop([request]);
        }
        else
        {
            file.NotifyPoll();
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

    /// <summary>A key operation among the requests. It waits in the queue of the key operations of all files.</summary>
    private sealed class RequestTurn(RequestQueue queue, IRequest request) : IKeyTurn
    {
        public void Run()
        {
            request.Run();
            queue.End(request);
        }

        public void Drop(int error)
        {
            request.Fail(error);
            queue.End(request);
        }
    }
}

/// <summary>The threads for a device's asynchronous requests. Their number is limited, and users and their files take turns.</summary>
internal sealed class WorkerPool(int most)
{
    private readonly Lock _lock = new();
    private readonly FairQueue<RequestQueue> _ready = new();
    private int _active;

    /// <summary>Tells the workers that a queue has one more request that may run.</summary>
    public void Wake(EmulatedFile file, RequestQueue queue)
    {
        lock (_lock)
        {
            _ready.Add(file.User, file.Id, queue);
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
                queue = _ready.Take();
                if (queue is null)
                {
                    _active--;
                    return;
                }
            }

            queue.RunOne();
        }
    }
}

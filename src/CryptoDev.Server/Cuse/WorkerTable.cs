using CryptoDev.Ioctl.Emulation;
using CryptoDev.Native;

namespace CryptoDev.Server.Cuse;

/// <summary>
/// Decides which thread reads, which thread runs an ioctl, and which ioctls wait for a worker. One thread always stays in the read. So
/// signals, releases and retried requests are seen while any number of ioctls run. If the last reader takes an ioctl, it first starts
/// another reader. If the thread limit is reached, it queues the ioctl instead of running it. An ioctl beyond its user's share of the
/// workers is queued too. The queue serves the users in rotation. A new reader counts as reading before its thread runs: on a busy machine
/// that may take long, and other workers that return meanwhile would each start one more.
/// </summary>
internal sealed class WorkerTable
{
    // Threads beyond this number end when they have nothing to do.
    private const int Spare = 4;

    private readonly Lock _gate = new();
    private readonly List<CuseWorker> _workers = [];
    private readonly FairQueue<QueuedIoctl> _queue = new();
    private readonly Dictionary<uint, int> _runningOf = [];
    private readonly Func<uint, bool> _mayRun;
    private readonly int _max;
    private int _reading = 1;
    private int _running;

    /// <summary>Makes the table with the first worker. That worker counts as reading, although the caller has yet to start it.</summary>
    public WorkerTable(int max)
    {
        _max = Math.Max(max, 2);
        _mayRun = MayRun;
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _workers.Count;
            }
        }
    }

    /// <summary>Ioctls that run or are queued.</summary>
    public int Running
    {
        get
        {
            lock (_gate)
            {
                return _running + _queue.Count;
            }
        }
    }

    public void Add(CuseWorker worker)
    {
        lock (_gate)
        {
            _workers.Add(worker);
        }
    }

    public void Remove(CuseWorker worker)
    {
        lock (_gate)
        {
            _workers.Remove(worker);
        }
    }

    /// <summary>
    /// Returns what a free worker does next. For <see cref="NextStep.Run"/> it gives the ioctl, which already counts as running.
    /// </summary>
    public NextStep Next(out QueuedIoctl? queued)
    {
        lock (_gate)
        {
            queued = null;
            // If no second thread can be started, the only worker must run ioctls too.
            if ((_reading > 0 || _workers.Count == 1) && (queued = _queue.Take(_mayRun)) is not null)
            {
                BeginRun(queued.Header.uid);
                return NextStep.Run;
            }

            if (_reading >= Spare)
            {
                return NextStep.End;
            }

            _reading++;
            return NextStep.Read;
        }
    }

    /// <summary>A worker returned from the read, but not with a new ioctl.</summary>
    public void EndRead()
    {
        lock (_gate)
        {
            _reading--;
        }
    }

    /// <summary>A worker returned from the read with a new ioctl.</summary>
    public IoctlTurn EndReadWith(in fuse_in_header header, in fuse_ioctl_in ioctl)
    {
        lock (_gate)
        {
            _reading--;
            if (!MayRun(header.uid) || (_reading == 0 && _workers.Count >= _max))
            {
                Queue(header, ioctl);
                return IoctlTurn.Queued;
            }

            BeginRun(header.uid);
            if (_reading > 0)
            {
                return IoctlTurn.Run;
            }

            _reading++;
            return IoctlTurn.RunAfterStartingReader;
        }
    }

    /// <summary>No other reader could be started, so the ioctl must wait for a worker.</summary>
    public void Requeue(in fuse_in_header header, in fuse_ioctl_in ioctl)
    {
        lock (_gate)
        {
            _reading--;
            EndRunOf(header.uid);
            Queue(header, ioctl);
        }
    }

    public void EndRun(uint user)
    {
        lock (_gate)
        {
            EndRunOf(user);
        }
    }

    /// <summary>Passes a signal on. False: no ioctl with that number is here (not yet, or not any more).</summary>
    public bool Interrupt(ulong unique)
    {
        lock (_gate)
        {
            foreach (QueuedIoctl queued in _queue.All)
            {
                if (queued.Header.unique == unique)
                {
                    queued.Interrupted = true;
                    return true;
                }
            }

            foreach (CuseWorker worker in _workers)
            {
                if (worker.Caller.Interrupts.Interrupt(unique))
                {
                    return true;
                }
            }

            return false;
        }
    }

    public void InterruptAll()
    {
        lock (_gate)
        {
            foreach (CuseWorker worker in _workers)
            {
                worker.Caller.Interrupts.InterruptAny();
            }
        }
    }

    // A user may always have one worker. Beyond that, a user may have at most as many workers as then stay free for other users. Root may
    // have all of them.
    private bool MayRun(uint user)
    {
        int own = _runningOf.GetValueOrDefault(user);
        return user == 0 || own == 0 || own + 1 <= _max - 1 - (_running + 1);
    }

    private void BeginRun(uint user)
    {
        _running++;
        _runningOf[user] = _runningOf.GetValueOrDefault(user) + 1;
    }

    private void EndRunOf(uint user)
    {
        _running--;
        if (--_runningOf[user] == 0)
        {
            _runningOf.Remove(user);
        }
    }

    private void Queue(in fuse_in_header header, in fuse_ioctl_in ioctl) =>
        _queue.Add(header.uid, (long)ioctl.fh, new QueuedIoctl(header, ioctl));
}

/// <summary>What a free worker does next.</summary>
internal enum NextStep
{
    Read,
    Run,
    End,
}

/// <summary>What the worker does with a new ioctl.</summary>
internal enum IoctlTurn
{
    Run,
    RunAfterStartingReader,
    Queued,
}

/// <summary>An ioctl that waits for a worker.</summary>
internal sealed class QueuedIoctl(fuse_in_header header, fuse_ioctl_in ioctl)
{
    public fuse_in_header Header { get; } = header;

    public fuse_ioctl_in Ioctl { get; } = ioctl;

    public bool Interrupted { get; set; }
}

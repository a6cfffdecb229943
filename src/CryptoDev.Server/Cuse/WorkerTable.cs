using CryptoDev.Ioctl.Emulation;
using CryptoDev.Native;

namespace CryptoDev.Server.Cuse;

/// <summary>
/// Who reads, who works, and what waits for a worker. One thread always stays in the read, so that signals, releases and the second rounds
/// of others are seen however many ioctls run; a thread that takes an ioctl as the last reader starts a successor first, and beyond the
/// bound queues the ioctl instead of running it. So it does with what a user asks for beyond his share of the workers; what is queued is
/// taken turn by turn. A successor counts as reading from then on: on a busy machine it may be long before it runs, and others that come
/// back meanwhile would each start one more.
/// </summary>
internal sealed class WorkerTable
{
    // Threads beyond these end when they would only wait.
    private const int Spare = 4;

    private readonly Lock _gate = new();
    private readonly List<CuseWorker> _workers = [];
    private readonly TurnQueue<QueuedIoctl> _queue = new();
    private readonly Dictionary<uint, int> _runningOf = [];
    private readonly Func<uint, bool> _mayRun;
    private readonly int _max;
    private int _reading = 1;
    private int _running;

    /// <summary>Makes it, with the first worker, which is to be started, counted as reading.</summary>
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

    /// <summary>Ioctls at work or queued.</summary>
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

    /// <summary>What a free worker does next; for <see cref="NextStep.Run"/> the ioctl, already counted as running.</summary>
    public NextStep Next(out QueuedIoctl? queued)
    {
        lock (_gate)
        {
            queued = null;
            // Where no second thread can be had, the only one must work too.
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

    /// <summary>A worker came back from the read with anything but a new ioctl.</summary>
    public void EndRead()
    {
        lock (_gate)
        {
            _reading--;
        }
    }

    /// <summary>A worker came back from the read with a new ioctl.</summary>
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

    /// <summary>No successor could be started: the ioctl waits for a worker.</summary>
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

    /// <summary>Passes a signal on; false when no ioctl of that number is here (yet, or any more).</summary>
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

    // A user has one worker whatever the others have, and no more than stay for others; root has as many as there are.
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

/// <summary>What becomes of a new ioctl.</summary>
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

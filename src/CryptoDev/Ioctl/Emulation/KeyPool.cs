using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>A key operation in the queue of a <see cref="KeyPool"/>.</summary>
internal interface IKeyTurn
{
    /// <summary>Runs the operation on a thread of the pool. It never throws.</summary>
    void Run();

    /// <summary>Called when the operation will not run.</summary>
    /// <param name="error">The errno value of the reason.</param>
    void Drop(int error);
}

/// <summary>
/// Computes the key operations of a device. An operation may take seconds and cannot be stopped. So they have a few threads of their own
/// with a low priority, and the clients take turns.
/// </summary>
/// <param name="most">The most operations that run at one time.</param>
internal sealed class KeyPool(int most)
{
    private const int Niceness = 10;
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(30);

    private readonly object _gate = new();
    private readonly FairQueue<IKeyTurn> _waiting = new();
    private int _threads;
    private int _idle;
    private int _running;
    private bool _ended;

    /// <summary>The number of operations that run.</summary>
    public int Running
    {
        get
        {
            lock (_gate)
            {
                return _running;
            }
        }
    }

    /// <summary>The number of operations that wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Queues an operation.</summary>
    /// <returns>0, ENODEV if the device has ended, or ENOMEM if the system gives no thread.</returns>
    public int TryAdd(EmulatedFile file, IKeyTurn turn)
    {
        lock (_gate)
        {
            if (_ended)
            {
                return LibC.ENODEV;
            }

            _waiting.Add(file.User, file.Id, turn);
            Monitor.Pulse(_gate);
            if (_waiting.Count <= _idle || _threads == most)
            {
                return 0;
            }

            _threads++;
        }

        try
        {
            new Thread(Work) { IsBackground = true, Name = "cryptodev key" }.UnsafeStart();
            return 0;
        }
        catch (Exception error) when (error is OutOfMemoryException or ThreadStartException)
        {
            lock (_gate)
            {
                // If other threads exist, one of them will run the operation.
                return --_threads == 0 && _waiting.Remove(file.User, file.Id, turn) ? LibC.ENOMEM : 0;
            }
        }
    }

    /// <summary>Removes an operation from the queue. False if it is not there any more.</summary>
    public bool TryRemove(EmulatedFile file, IKeyTurn turn)
    {
        lock (_gate)
        {
            return _waiting.Remove(file.User, file.Id, turn);
        }
    }

    /// <summary>Drops the waiting operations of a file that was closed.</summary>
    public void Close(EmulatedFile file)
    {
        List<IKeyTurn> dropped;
        lock (_gate)
        {
            dropped = _waiting.RemoveFile(file.User, file.Id);
        }

        dropped.ForEach(turn => turn.Drop(LibC.EBADF));
    }

    /// <summary>Drops all waiting operations and accepts no more. The running operations go on.</summary>
    public void End()
    {
        List<IKeyTurn> dropped;
        lock (_gate)
        {
            _ended = true;
            dropped = _waiting.RemoveAll();
            Monitor.PulseAll(_gate);
        }

        dropped.ForEach(turn => turn.Drop(LibC.ENODEV));
    }

    private void Work()
    {
        if (OperatingSystem.IsLinux())
        {
            // On Linux the niceness belongs to the thread. If it is refused, the thread keeps its priority.
            _ = LibC.nice(Niceness);
        }

        while (Next() is { } turn)
        {
            turn.Run();
            lock (_gate)
            {
                _running--;
            }
        }
    }

    private IKeyTurn? Next()
    {
        lock (_gate)
        {
            while (true)
            {
                if (_waiting.Take() is { } turn)
                {
                    _running++;
                    return turn;
                }

                _idle++;
                bool isCalled = !_ended && Monitor.Wait(_gate, s_idle);
                _idle--;
                if (_waiting.Count == 0 && !isCalled)
                {
                    _threads--;
                    return null;
                }
            }
        }
    }
}

using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>A key operation that waits for its turn.</summary>
internal interface IKeyTurn
{
    /// <summary>Computes, on a thread of the pool. Never throws.</summary>
    void Run();

    /// <summary>It will not be computed.</summary>
    /// <param name="error">The errno value why not.</param>
    void Drop(int error);
}

/// <summary>
/// Computes the key operations of a device. One may take seconds and cannot be stopped, so they have few threads of their own, which the
/// system prefers less than any other, and clients take turns.
/// </summary>
/// <param name="most">How many are computed at one time.</param>
internal sealed class KeyPool(int most)
{
    private const int Niceness = 10;
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(30);

    private readonly object _gate = new();
    private readonly TurnQueue<IKeyTurn> _waiting = new();
    private int _threads;
    private int _idle;
    private int _running;
    private bool _ended;

    /// <summary>Operations that are computed now.</summary>
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

    /// <summary>Operations that wait.</summary>
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

    /// <summary>Takes a turn in.</summary>
    /// <returns>0; ENODEV where the device has ended, ENOMEM where the system gives no thread.</returns>
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
                // Where others are there, they come to it.
                return --_threads == 0 && _waiting.Remove(file.User, file.Id, turn) ? LibC.ENOMEM : 0;
            }
        }
    }

    /// <summary>Takes a turn out again; false where it is computed already.</summary>
    public bool TryRemove(EmulatedFile file, IKeyTurn turn)
    {
        lock (_gate)
        {
            return _waiting.Remove(file.User, file.Id, turn);
        }
    }

    /// <summary>Drops what waits for a file that was closed.</summary>
    public void Close(EmulatedFile file)
    {
        List<IKeyTurn> dropped;
        lock (_gate)
        {
            dropped = _waiting.RemoveFile(file.User, file.Id);
        }

        dropped.ForEach(turn => turn.Drop(LibC.EBADF));
    }

    /// <summary>Drops everything that waits; no more is taken. What is computed now goes on.</summary>
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
            // There it is the thread's own. A refusal leaves it as it was.
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

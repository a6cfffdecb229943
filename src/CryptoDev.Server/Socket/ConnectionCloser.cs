namespace CryptoDev.Server.Socket;

/// <summary>
/// Closes connections on threads of their own. A client may have left descriptors in a connection. The last close of such a file may take
/// as long as its owner likes, for example a TCP socket that lingers, or a file on the owner's own file system. So each user has one
/// closing thread, which closes that user's connections one after the other. A slow close delays only the same user's connections.
/// </summary>
internal sealed class ConnectionCloser
{
    private readonly ThreadCache _threads;
    private readonly object _gate = new();

    // If the system cannot start a thread, this one closes connections of all users, one after the other.
    private readonly Queue<uint> _withoutThread = new();
    private readonly Thread _reserve;
    private bool _ended;
    private readonly Dictionary<uint, Queue<Action>> _waiting = [];
    private readonly HashSet<uint> _working = [];

    public ConnectionCloser(ThreadCache threads)
    {
        _threads = threads;
        _reserve = new Thread(ServeWithoutThread) { IsBackground = true, Name = "cryptodev closer" };
    }

    /// <summary>Starts the reserve thread.</summary>
    public void Start() => _reserve.Start();

    /// <summary>Runs <paramref name="close"/> after the closes that the user already has waiting. Never blocks.</summary>
    public void Add(uint user, Action close)
    {
        lock (_gate)
        {
            if (!_waiting.TryGetValue(user, out Queue<Action>? queue))
            {
                queue = new Queue<Action>();
                _waiting.Add(user, queue);
            }

            queue.Enqueue(close);
            if (!_working.Add(user))
            {
                return;
            }
        }

        try
        {
            _threads.Run(() => Serve(user));
        }
        catch (Exception error) when (error is OutOfMemoryException or ThreadStartException)
        {
            lock (_gate)
            {
                _withoutThread.Enqueue(user);
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Waits until nothing is left to close, or until the deadline.</summary>
    public void Join(Deadline deadline)
    {
        lock (_gate)
        {
            while (_waiting.Count > 0 && Monitor.Wait(_gate, deadline.Left))
            {
                // All connections of one user are closed.
            }
        }
    }

    /// <summary>Ends the reserve thread when it has nothing to do.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void ServeWithoutThread()
    {
        while (true)
        {
            uint user;
            lock (_gate)
            {
                while (!_withoutThread.TryDequeue(out user))
                {
                    if (_ended)
                    {
                        return;
                    }

                    Monitor.Wait(_gate);
                }
            }

            Serve(user);
        }
    }

    private void Serve(uint user)
    {
        while (true)
        {
            Action close;
            lock (_gate)
            {
                Queue<Action> queue = _waiting[user];
                if (queue.Count == 0)
                {
                    _waiting.Remove(user);
                    _working.Remove(user);
                    Monitor.PulseAll(_gate);
                    return;
                }

                close = queue.Dequeue();
            }

            close();
        }
    }
}

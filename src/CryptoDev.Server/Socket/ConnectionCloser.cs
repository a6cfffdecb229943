namespace CryptoDev.Server.Socket;

/// <summary>
/// Ends connections on threads that nobody waits for. A client may have left descriptors in a connection, and the last close of a
/// stranger's file may take as long as its owner likes: a TCP socket that lingers, a file of his own file system. So each user's
/// connections are closed one after the other on a thread of their own, and his own are all that he can hold up.
/// </summary>
internal sealed class ConnectionCloser
{
    private readonly ThreadCache _threads;
    private readonly object _gate = new();

    // Where the system gives no thread, this one closes for all users, one after the other.
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

    /// <summary>Starts the one thread that is always there.</summary>
    public void Start() => _reserve.Start();

    /// <summary>Has <paramref name="close"/> run after what the user has waiting. Never waits itself.</summary>
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

    /// <summary>Waits until nothing is left to close, or until then.</summary>
    public void Join(Deadline deadline)
    {
        lock (_gate)
        {
            while (_waiting.Count > 0 && Monitor.Wait(_gate, deadline.Left))
            {
                // One user's are closed.
            }
        }
    }

    /// <summary>The thread that is always there goes when it has nothing to do.</summary>
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

namespace CryptoDev.Server.Socket;

/// <summary>
/// Threads that each do several pieces of work, one after the other. Starting a thread costs many times as much as an ioctl. So a few idle
/// threads wait for the next piece of work, for programs that open and close the device often.
/// </summary>
/// <param name="start">Starts a thread. Throws if the system cannot start one.</param>
internal sealed class ThreadCache(Action<Thread> start)
{
    private const int StackSize = 512 << 10;
    private const int MostIdle = 16;

    private readonly Lock _gate = new();
    private readonly Stack<IdleThread> _idle = new();
    private bool _ended;

    /// <summary>Runs the work on a thread of its own.</summary>
    public void Run(Action work)
    {
        IdleThread? idle;
        lock (_gate)
        {
            _idle.TryPop(out idle);
        }

        if (idle is null)
        {
            start(new Thread(() => Serve(work), StackSize) { IsBackground = true, Name = "cryptodev channel" });
        }
        else
        {
            idle.Give(work);
        }
    }

    /// <summary>Ends the idle threads now. Working threads end after their work.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            while (_idle.TryPop(out IdleThread? idle))
            {
                idle.Give(null);
            }
        }
    }

    private void Serve(Action first)
    {
        IdleThread idle = new();
        for (Action? work = first; work is not null; work = Next(idle))
        {
            work();
        }
    }

    private Action? Next(IdleThread idle)
    {
        lock (_gate)
        {
            if (_ended || _idle.Count == MostIdle)
            {
                return null;
            }

            _idle.Push(idle);
        }

        return idle.Take();
    }

    /// <summary>A thread that waits for work.</summary>
    private sealed class IdleThread
    {
        private readonly object _gate = new();
        private Action? _work;
        private bool _given;

        public void Give(Action? work)
        {
            lock (_gate)
            {
                _work = work;
                _given = true;
                Monitor.Pulse(_gate);
            }
        }

        public Action? Take()
        {
            lock (_gate)
            {
                while (!_given)
                {
                    Monitor.Wait(_gate);
                }

                _given = false;
                Action? work = _work;
                _work = null;
                return work;
            }
        }
    }
}

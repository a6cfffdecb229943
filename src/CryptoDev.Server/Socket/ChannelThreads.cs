namespace CryptoDev.Server.Socket;

/// <summary>
/// Threads that serve channels, one after the other. To make a thread costs many times what an ioctl does, and on a busy machine far more,
/// so some of those that have nothing to do
/// wait for the next channel: programs that open and close the device all day find them.
/// </summary>
/// <param name="start">Starts a thread; throws where the system gives none.</param>
internal sealed class ChannelThreads(Action<Thread> start)
{
    private const int StackSize = 512 << 10;
    private const int MostIdle = 16;

    private readonly Lock _gate = new();
    private readonly Stack<Seat> _idle = new();
    private bool _ended;

    /// <summary>Runs it on a thread of its own until it returns.</summary>
    public void Run(Action work)
    {
        Seat? seat;
        lock (_gate)
        {
            _idle.TryPop(out seat);
        }

        if (seat is null)
        {
            start(new Thread(() => Serve(work), StackSize) { IsBackground = true, Name = "cryptodev channel" });
        }
        else
        {
            seat.Give(work);
        }
    }

    /// <summary>Who has nothing to do goes, now and from now on.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            while (_idle.TryPop(out Seat? seat))
            {
                seat.Give(null);
            }
        }
    }

    private void Serve(Action first)
    {
        Seat seat = new();
        for (Action? work = first; work is not null; work = Next(seat))
        {
            work();
        }
    }

    private Action? Next(Seat seat)
    {
        lock (_gate)
        {
            if (_ended || _idle.Count == MostIdle)
            {
                return null;
            }

            _idle.Push(seat);
        }

        return seat.Take();
    }

    /// <summary>Where one thread waits.</summary>
    private sealed class Seat
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

using System.Diagnostics;

namespace CryptoDev.Benchmarks.Scaling;

/// <summary>
/// Threads that start the same work at the same moment. They wait by spinning, because a thread that is woken starts late.
/// </summary>
internal sealed class ThreadTeam : IDisposable
{
    private readonly Thread[] _threads;
    private readonly SemaphoreSlim[] _orders;
    private readonly CountdownEvent _done = new(1);
    private readonly long[] _starts;
    private readonly long[] _ends;
    private Action<int>? _work;
    private int _members;
    private int _ready;

    public ThreadTeam(int threads)
    {
        _starts = new long[threads];
        _ends = new long[threads];
        _orders = [.. Enumerable.Range(0, threads).Select(_ => new SemaphoreSlim(0))];
        _threads = [.. Enumerable.Range(0, threads).Select(number => new Thread(() => Serve(number)) { IsBackground = true })];
        foreach (Thread thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>The time in nanoseconds from the start of the first thread to the end of the last.</summary>
    public double Time(int members, Action<int> work)
    {
        _work = work;
        _members = members;
        Volatile.Write(ref _ready, 0);
        _done.Reset(members);
        for (int i = 0; i < members; i++)
        {
            _orders[i].Release();
        }

        _done.Wait();
        return (_ends[..members].Max() - _starts[..members].Min()) * (1e9 / Stopwatch.Frequency);
    }

    public void Dispose()
    {
        _work = null;
        foreach (SemaphoreSlim order in _orders)
        {
            order.Release();
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        _done.Dispose();
    }

    private void Serve(int number)
    {
        while (true)
        {
            _orders[number].Wait();
            if (_work is not { } work)
            {
                return;
            }

            Interlocked.Increment(ref _ready);
            while (Volatile.Read(ref _ready) < _members)
            {
                Thread.SpinWait(1);
            }

            long start = Stopwatch.GetTimestamp();
            work(number);
            _ends[number] = Stopwatch.GetTimestamp();
            _starts[number] = start;
            _done.Signal();
        }
    }
}

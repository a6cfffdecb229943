using System.Threading.Tasks.Sources;

namespace CryptoDev.Framework;

/// <summary>
/// One run of a request: handed to a driver, ended once. A request may be used again as soon as its run has ended, while the run itself
/// may still stand in a queue: so the two are two objects, and a run is pooled only when nobody holds it.
/// </summary>
/// <remarks>
/// Two may hold it: the queue it stands in, until it has come out, and who awaits it, until the result was taken. A run that was cancelled
/// comes out of its queue later, finds that it is over, and is let go. The version that an awaiter holds ends with the run.
/// </remarks>
internal sealed class CryptRun : IValueTaskSource<int>, IThreadPoolWorkItem
{
    private const int Queued = 0;
    private const int Running = 1;
    private const int Ended = 2;

    /// <summary>More than this are not kept: a burst gives its memory back.</summary>
    private const int MostIdle = 256;

    private static readonly Lock s_idleLock = new();
    private static CryptRun? s_idle;
    private static int s_idleCount;

    private ManualResetValueTaskSourceCore<int> _completion = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private CryptRun? _nextIdle;
    private CryptRequest? _request;
    private Session? _session;
    private int _state;
    private int _holders;
    private int _awaiters;

    private CryptRun() { }

    /// <summary>What is to be done; the run's own from <see cref="TryStart"/> until it ends.</summary>
    public CryptRequest Request => _request!;

    /// <summary>Takes the request for a run.</summary>
    /// <exception cref="InvalidOperationException">It is under way.</exception>
    public static CryptRun Begin(Session session, CryptRequest request, bool awaited)
    {
        request.Accept();
        CryptRun run = Rent();
        run._request = request;
        run._session = session;
        run._awaiters = awaited ? 1 : 0;
        run._holders = awaited ? 2 : 1;
        Volatile.Write(ref run._state, Queued);
        return run;
    }

    /// <summary>What the caller awaits. Before the run is handed over: until then nothing else can end it but a cancellation.</summary>
    public ValueTask<int> Await(CancellationToken cancellation)
    {
        short version = _completion.Version;
        if (cancellation.CanBeCanceled)
        {
            _cancellation = cancellation.UnsafeRegister(static (run, token) => ((CryptRun)run!).Cancel(token), this);
        }

        return new ValueTask<int>(this, version);
    }

    /// <summary>Takes the run out of its queue to start it, after which it cannot be cancelled; false if it was cancelled first.</summary>
    public bool TryStart()
    {
        if (Interlocked.CompareExchange(ref _state, Running, Queued) != Queued)
        {
            return false;
        }

        _request!.Start();
        return true;
    }

    /// <summary>Runs on the calling thread what <see cref="TryStart"/> took, and ends it.</summary>
    public void RunStarted()
    {
        int written = 0;
        Exception? failure = null;
        try
        {
            written = _session!.Process(_request!.ToOp());
        }
        catch (Exception error)
        {
            // Not hidden: the caller meets it at await, or as Error in Completed.
            failure = error;
        }

        Complete(written, failure);
    }

    /// <summary>Ends a run that <see cref="TryStart"/> took and a driver ran; the driver does not touch it again.</summary>
    public void Complete(int written, Exception? error)
    {
        // Waits where the token's callback is at work, which finds the run started; so none comes later, to somebody else's run.
        _cancellation.Dispose();
        End(written, error);
        LetGo();
    }

    /// <summary>A driver that threw has not taken the run: what it threw is the outcome.</summary>
    public void Fail(Exception error)
    {
        if (TryStart() || Volatile.Read(ref _state) == Running)
        {
            Complete(0, error);
        }
        else
        {
            LetGo();
        }
    }

    /// <summary>One holder less; the last one gives it back.</summary>
    public void LetGo()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            _request = null;
            _session = null;
            _cancellation = default;
            _completion.Reset();
            Return(this);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (TryStart())
        {
            RunStarted();
        }
        else
        {
            LetGo();
        }
    }

    int IValueTaskSource<int>.GetResult(short token)
    {
        // Throws where the version is gone. An operation that is not done is not let go by asking for its result.
        bool isDone = _completion.GetStatus(token) != ValueTaskSourceStatus.Pending;
        try
        {
            return _completion.GetResult(token);
        }
        finally
        {
            if (isDone && Interlocked.Exchange(ref _awaiters, 0) == 1)
            {
                LetGo();
            }
        }
    }

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _completion.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => _completion.OnCompleted(continuation, state, token, flags);

    private static CryptRun Rent()
    {
        lock (s_idleLock)
        {
            if (s_idle is { } run)
            {
                s_idle = run._nextIdle;
                run._nextIdle = null;
                s_idleCount--;
                return run;
            }
        }

        return new CryptRun();
    }

    private static void Return(CryptRun run)
    {
        lock (s_idleLock)
        {
            if (s_idleCount < MostIdle)
            {
                run._nextIdle = s_idle;
                s_idle = run;
                s_idleCount++;
            }
        }
    }

    private void Cancel(CancellationToken token)
    {
        if (Interlocked.CompareExchange(ref _state, Running, Queued) == Queued)
        {
            // The queue still holds it, and its registration is used up.
            End(0, new OperationCanceledException(token));
        }
    }

    /// <summary>Publishes the outcome, to whom it belongs. From the request's end on, the caller may have used it again.</summary>
    private void End(int written, Exception? error)
    {
        CryptRequest request = _request!;
        bool awaited = Volatile.Read(ref _awaiters) == 1;
        Action<CryptRequest>? completed = awaited ? null : request.Completed;
        Volatile.Write(ref _state, Ended);
        request.End(written, error);
        if (!awaited)
        {
            CompletionCallback.Call(completed, request);
        }
        else if (error is null)
        {
            _completion.SetResult(written);
        }
        else
        {
            _completion.SetException(error);
        }
    }
}

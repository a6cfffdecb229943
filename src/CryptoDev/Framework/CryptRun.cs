using System.Threading.Tasks.Sources;

namespace CryptoDev.Framework;

/// <summary>
/// One run of a request. It is passed to a driver and ends once. The caller may use a request again as soon as its run has ended, while the
/// run may still be in a queue. So request and run are two objects. A run goes back to the pool only when nothing holds it.
/// </summary>
/// <remarks>
/// A run has at most two holders. The queue holds it until the run was taken out. The awaiter holds it until the result was taken. A
/// cancelled run leaves its queue later; then it has already ended and is released. The awaiter's version of the run becomes invalid with
/// the end of the run.
/// </remarks>
internal sealed class CryptRun : IValueTaskSource<int>, IThreadPoolWorkItem
{
    private const int Queued = 0;
    private const int Running = 1;
    private const int Ended = 2;

    /// <summary>No more idle runs than this are kept, so that a burst gives its memory back.</summary>
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

    /// <summary>The request. From <see cref="TryStart"/> until the run ends, it belongs to the run.</summary>
    public CryptRequest Request => _request!;

    /// <summary>Starts a run of the request and puts it into the queued state.</summary>
    /// <exception cref="InvalidOperationException">The request is already under way.</exception>
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

    /// <summary>The task for the caller. Call this before the run is submitted: until then only a cancellation can end the run.</summary>
    public ValueTask<int> Await(CancellationToken cancellation)
    {
        short version = _completion.Version;
        if (cancellation.CanBeCanceled)
        {
            _cancellation = cancellation.UnsafeRegister(static (run, token) => ((CryptRun)run!).Cancel(token), this);
        }

        return new ValueTask<int>(this, version);
    }

    /// <summary>
    /// Takes the run out of its queue and starts it. After that it cannot be cancelled. False if it was cancelled before.
    /// </summary>
    public bool TryStart()
    {
        if (Interlocked.CompareExchange(ref _state, Running, Queued) != Queued)
        {
            return false;
        }

        _request!.Start();
        return true;
    }

    /// <summary>Processes on the calling thread a run that <see cref="TryStart"/> started, and ends it.</summary>
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
            // The exception is not lost: the caller gets it at await, or as Error in Completed.
            failure = error;
        }

        Complete(written, failure);
    }

    /// <summary>
    /// Ends a run that was started by <see cref="TryStart"/> and processed by a driver. The driver must not use the run after this.
    /// </summary>
    public void Complete(int written, Exception? error)
    {
        // Dispose waits while the token's callback runs; that callback finds the run started. So no callback comes later, when the run may
        // serve another request.
        _cancellation.Dispose();
        End(written, error);
        LetGo();
    }

    /// <summary>Ends a run after the driver threw. A driver that throws has not accepted the run. The exception is the outcome.</summary>
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

    /// <summary>Releases one holder. The last one returns the run to the pool.</summary>
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
        // GetStatus throws for an invalid version. Asking for the result of an operation that is not done must not release the run.
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
            // The queue still holds the run. The cancellation registration is already used.
            End(0, new OperationCanceledException(token));
        }
    }

    /// <summary>
    /// Publishes the outcome to the awaiter or to the callback. After the request's end the caller may already have used the request again.
    /// </summary>
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

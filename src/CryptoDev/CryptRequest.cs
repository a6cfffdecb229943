using System.Threading.Tasks.Sources;

namespace CryptoDev;

/// <summary>Where a <see cref="CryptRequest"/> is.</summary>
public enum CryptRequestState
{
    /// <summary>Not handed over; may be changed and submitted.</summary>
    Idle,

    /// <summary>Handed over, not started; may still be cancelled.</summary>
    Queued,

    /// <summary>Being worked on.</summary>
    Running,

    /// <summary>Done; <see cref="CryptRequest.BytesWritten"/> tells how much, and the request may be used again.</summary>
    Succeeded,

    /// <summary>Failed; <see cref="CryptRequest.Error"/> tells why, and the request may be used again.</summary>
    Failed,
}

/// <summary>
/// The heap twin of <see cref="CryptOp"/> over memory, for asynchronous and batched work. One request is one operation at a time and may be
/// used again when
/// it is done. The memory must stay untouched until then. Not safe for two threads at once, except that any thread may cancel.
/// </summary>
/// <remarks>
/// BSD original: <c>struct cryptop</c>: <c>crp_opaque</c> is <see cref="Cookie"/>, <c>crp_etype</c> is <see cref="Error"/>,
/// <c>crp_callback</c> is <see cref="Completed"/>.
/// </remarks>
public sealed class CryptRequest : IValueTaskSource<int>, IThreadPoolWorkItem
{
    private ManualResetValueTaskSourceCore<int> _completion = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private Session? _session;
    private int _state;
    private bool _awaited;

    /// <inheritdoc cref="CryptOp.Direction"/>
    public CryptDirection Direction { get; set; }

    /// <inheritdoc cref="CryptOp.IvSource"/>
    public IvSource IvSource { get; set; }

    /// <inheritdoc cref="CryptOp.TagAction"/>
    public TagAction TagAction { get; set; }

    /// <inheritdoc cref="CryptOp.Source"/>
    public ReadOnlyMemory<byte> Source { get; set; }

    /// <inheritdoc cref="CryptOp.Destination"/>
    public Memory<byte> Destination { get; set; }

    /// <inheritdoc cref="CryptOp.Iv"/>
    public ReadOnlyMemory<byte> Iv { get; set; }

    /// <inheritdoc cref="CryptOp.AssociatedData"/>
    public ReadOnlyMemory<byte> AssociatedData { get; set; }

    /// <inheritdoc cref="CryptOp.Tag"/>
    public Memory<byte> Tag { get; set; }

    /// <inheritdoc cref="CryptOp.ExpectedTag"/>
    public ReadOnlyMemory<byte> ExpectedTag { get; set; }

    /// <inheritdoc cref="CryptOp.Buffer"/>
    public Memory<byte> Buffer { get; set; }

    /// <inheritdoc cref="CryptOp.Descriptors"/>
    public ReadOnlyMemory<CryptDescriptor> Descriptors { get; set; }

    /// <summary>Anything of the caller's, carried along untouched (<c>crp_opaque</c>).</summary>
    public object? Cookie { get; set; }

    /// <summary>
    /// Called once when a submitted request is done, on a worker thread; the session calls nothing else back. Must not throw.
    /// </summary>
    public Action<CryptRequest>? Completed { get; set; }

    /// <summary>Where the request is.</summary>
    public CryptRequestState State => (CryptRequestState)Volatile.Read(ref _state);

    /// <summary>Bytes written to <see cref="Destination"/> by the last successful run.</summary>
    public int BytesWritten { get; private set; }

    /// <summary>Why the last run failed, or null (<c>crp_etype</c>).</summary>
    public Exception? Error { get; private set; }

    /// <summary>Takes the request for a session; throws if it is already under way.</summary>
    internal void Accept(Session session, bool awaited)
    {
        CryptRequestState state = State;
        if (
            state is CryptRequestState.Queued or CryptRequestState.Running
            || Interlocked.CompareExchange(ref _state, (int)CryptRequestState.Queued, (int)state) != (int)state
        )
        {
            throw new InvalidOperationException("The request is under way; submit it again when it is done, or use another.");
        }

        _session = session;
        _awaited = awaited;
        Error = null;
        BytesWritten = 0;
        if (awaited)
        {
            _completion.Reset();
        }
    }

    internal ValueTask<int> Await(CancellationToken cancellation)
    {
        short version = _completion.Version;
        if (cancellation.CanBeCanceled)
        {
            _cancellation = cancellation.UnsafeRegister(static (request, token) => ((CryptRequest)request!).Cancel(token), this);
        }

        return new ValueTask<int>(this, version);
    }

    /// <summary>Takes the queued request for its run, after which it cannot be cancelled; false if it was cancelled first.</summary>
    internal bool TryStart() =>
        Interlocked.CompareExchange(ref _state, (int)CryptRequestState.Running, (int)CryptRequestState.Queued)
        == (int)CryptRequestState.Queued;

    /// <summary>Ends a request that <see cref="TryStart"/> took and a driver ran.</summary>
    internal void Complete(int written, Exception? error) => Finish(written, error);

    /// <summary>Runs the queued operation on the calling thread; does nothing if it was cancelled first.</summary>
    internal void Run()
    {
        if (TryStart())
        {
            RunStarted();
        }
    }

    /// <summary>Runs an operation that <see cref="TryStart"/> took.</summary>
    internal void RunStarted()
    {
        try
        {
            Finish(_session!.Process(AsOp()), null);
        }
        catch (Exception error)
        {
            // Not hidden: the caller meets it at await, or as Error in Completed.
            Finish(0, error);
        }
    }

    void IThreadPoolWorkItem.Execute() => Run();

    int IValueTaskSource<int>.GetResult(short token) => _completion.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _completion.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => _completion.OnCompleted(continuation, state, token, flags);

    private CryptOp AsOp() =>
        new()
        {
            Direction = Direction,
            IvSource = IvSource,
            TagAction = TagAction,
            Source = Source.Span,
            Destination = Destination.Span,
            Iv = Iv.Span,
            AssociatedData = AssociatedData.Span,
            Tag = Tag.Span,
            ExpectedTag = ExpectedTag.Span,
            Buffer = Buffer.Span,
            Descriptors = Descriptors.Span,
        };

    private void Cancel(CancellationToken token)
    {
        if (
            Interlocked.CompareExchange(ref _state, (int)CryptRequestState.Running, (int)CryptRequestState.Queued)
            == (int)CryptRequestState.Queued
        )
        {
            Finish(0, new OperationCanceledException(token));
        }
    }

    private void Finish(int written, Exception? error)
    {
        bool awaited = _awaited;
        BytesWritten = written;
        Error = error;
        _session = null;
        if (awaited && error is not OperationCanceledException)
        {
            // Outside the registration's own callback only: there it would wait for itself.
            _cancellation.Dispose();
        }

        Volatile.Write(ref _state, (int)(error is null ? CryptRequestState.Succeeded : CryptRequestState.Failed));
        if (!awaited)
        {
            Completed?.Invoke(this);
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

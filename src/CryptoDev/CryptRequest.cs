namespace CryptoDev;

/// <summary>The state of a <see cref="CryptRequest"/>.</summary>
public enum CryptRequestState
{
    /// <summary>Not submitted. It may be changed and submitted.</summary>
    Idle,

    /// <summary>Submitted and not started. It may be cancelled.</summary>
    Queued,

    /// <summary>A worker processes it.</summary>
    Running,

    /// <summary>Finished without an error. <see cref="CryptRequest.BytesWritten"/> has the length. The request may be used again.</summary>
    Succeeded,

    /// <summary>Finished with an error, which is in <see cref="CryptRequest.Error"/>. The request may be used again.</summary>
    Failed,
}

/// <summary>
/// A <see cref="CryptOp"/> on the heap, with memory in place of spans, for asynchronous and batched work. A request describes one operation
/// at a time and may be used again when that is finished. Until then its memory must not be touched. Use it from one thread at a time; only
/// cancellation may come from any thread.
/// </summary>
/// <remarks>
/// BSD original: <c>struct cryptop</c>: <c>crp_opaque</c> is <see cref="Cookie"/>, <c>crp_etype</c> is <see cref="Error"/>,
/// <c>crp_callback</c> is <see cref="Completed"/>.
/// </remarks>
public sealed class CryptRequest
{
    private int _state;

    /// <summary>
    /// Raised once for each exception that a <see cref="Completed"/> callback throws, on the worker thread, with the request and the
    /// exception. If there is no handler, the exception is written to <see cref="System.Diagnostics.Trace"/>. The exception does not change
    /// the result of this or of any other operation.
    /// </summary>
    public static event Action<CryptRequest, Exception>? CallbackFailed;

    /// <inheritdoc cref="CryptOp.Direction"/>
    public CryptDirection Direction { get; set; }

    /// <inheritdoc cref="CryptOp.IvSource"/>
    public IvSource IvSource { get; set; }

    /// <inheritdoc cref="CryptOp.TagAction"/>
    public TagAction TagAction { get; set; }

    /// <inheritdoc cref="CryptOp.Source"/>
    public InputMemory Source { get; set; }

    /// <inheritdoc cref="CryptOp.Destination"/>
    public Memory<byte> Destination { get; set; }

    /// <inheritdoc cref="CryptOp.Iv"/>
    public InputMemory Iv { get; set; }

    /// <inheritdoc cref="CryptOp.AssociatedData"/>
    public InputMemory AssociatedData { get; set; }

    /// <inheritdoc cref="CryptOp.Tag"/>
    public Memory<byte> Tag { get; set; }

    /// <inheritdoc cref="CryptOp.ExpectedTag"/>
    public InputMemory ExpectedTag { get; set; }

    /// <inheritdoc cref="CryptOp.Buffer"/>
    public Memory<byte> Buffer { get; set; }

    /// <inheritdoc cref="CryptOp.Descriptors"/>
    public ReadOnlyMemory<CryptDescriptor> Descriptors { get; set; }

    /// <summary>An object of the caller's. The library does not use it (<c>crp_opaque</c>).</summary>
    public object? Cookie { get; set; }

    /// <summary>
    /// Called once on a worker thread when a submitted request is finished. It is the only callback of a session. It may use the request
    /// again. It should not throw: an exception is reported to <see cref="CallbackFailed"/> and has no other effect.
    /// </summary>
    public Action<CryptRequest>? Completed { get; set; }

    /// <summary>The state of the request.</summary>
    public CryptRequestState State => (CryptRequestState)Volatile.Read(ref _state);

    /// <summary>The number of bytes that the last successful run wrote to <see cref="Destination"/>.</summary>
    public int BytesWritten { get; private set; }

    /// <summary>The error of the last run, or null (<c>crp_etype</c>).</summary>
    public Exception? Error { get; private set; }

    /// <summary>Reserves the request for one run.</summary>
    /// <exception cref="InvalidOperationException">The request is queued or running.</exception>
    internal void Accept()
    {
        CryptRequestState state = State;
        if (
            state is CryptRequestState.Queued or CryptRequestState.Running
            || Interlocked.CompareExchange(ref _state, (int)CryptRequestState.Queued, (int)state) != (int)state
        )
        {
            throw new InvalidOperationException("The request is under way; submit it again when it is done, or use another.");
        }

        Error = null;
        BytesWritten = 0;
    }

    /// <summary>Records that the run has started.</summary>
    internal void Start() => Volatile.Write(ref _state, (int)CryptRequestState.Running);

    /// <summary>Records the result of the run. The request may be changed and used again after this call.</summary>
    internal void End(int written, Exception? error)
    {
        BytesWritten = written;
        Error = error;
        Volatile.Write(ref _state, (int)(error is null ? CryptRequestState.Succeeded : CryptRequestState.Failed));
    }

    /// <summary>The operation that this request describes.</summary>
    internal CryptOp ToOp() =>
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

    /// <summary>Reports an exception of a callback to the handlers. False if there are none.</summary>
    internal static bool TryReport(CryptRequest request, Exception thrown)
    {
        Action<CryptRequest, Exception>? handlers = CallbackFailed;
        handlers?.Invoke(request, thrown);
        return handlers is not null;
    }
}

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
/// used again when it is done. The memory must stay untouched until then. Not safe for two threads at once, except that any thread may
/// cancel.
/// </summary>
/// <remarks>
/// BSD original: <c>struct cryptop</c>: <c>crp_opaque</c> is <see cref="Cookie"/>, <c>crp_etype</c> is <see cref="Error"/>,
/// <c>crp_callback</c> is <see cref="Completed"/>.
/// </remarks>
public sealed class CryptRequest
{
    private int _state;

    /// <summary>
    /// A <see cref="Completed"/> threw. Called once for it, on the worker, with the request and what was thrown; without a handler it is
    /// written to <see cref="System.Diagnostics.Trace"/>. The operation's outcome and other operations are not touched by it.
    /// </summary>
    public static event Action<CryptRequest, Exception>? CallbackFailed;

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
    /// Called once when a submitted request is done, on a worker thread; the session calls nothing else back. The request may be used again
    /// from within. It should not throw: what it throws is reported to <see cref="CallbackFailed"/> and has no other effect.
    /// </summary>
    public Action<CryptRequest>? Completed { get; set; }

    /// <summary>Where the request is.</summary>
    public CryptRequestState State => (CryptRequestState)Volatile.Read(ref _state);

    /// <summary>Bytes written to <see cref="Destination"/> by the last successful run.</summary>
    public int BytesWritten { get; private set; }

    /// <summary>Why the last run failed, or null (<c>crp_etype</c>).</summary>
    public Exception? Error { get; private set; }

    /// <summary>Takes the request for a run.</summary>
    /// <exception cref="InvalidOperationException">It is under way.</exception>
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

    /// <summary>Its run has started.</summary>
    internal void Start() => Volatile.Write(ref _state, (int)CryptRequestState.Running);

    /// <summary>Its run is over; from here on it may be changed and used again.</summary>
    internal void End(int written, Exception? error)
    {
        BytesWritten = written;
        Error = error;
        Volatile.Write(ref _state, (int)(error is null ? CryptRequestState.Succeeded : CryptRequestState.Failed));
    }

    /// <summary>The operation that it describes.</summary>
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

    /// <summary>Tells the handlers that a callback threw; false where there are none.</summary>
    internal static bool TryReport(CryptRequest request, Exception thrown)
    {
        Action<CryptRequest, Exception>? handlers = CallbackFailed;
        handlers?.Invoke(request, thrown);
        return handlers is not null;
    }
}

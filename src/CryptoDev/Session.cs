using System.Buffers;
using System.Security.Cryptography;
using CryptoDev.Drivers;
using CryptoDev.Framework;

namespace CryptoDev;

/// <summary>
/// An open session: fixed algorithms and keys. Each message runs on the first driver of the policy that takes its size. Safe from any
/// thread. Each <see cref="Process(in CryptOp)"/> is one whole message. <see cref="CipherOperation"/> and <see cref="DigestOperation"/>
/// have the state of messages in pieces. Disposing frees everything that is idle at once, and the rest when the running calls return.
/// Methods that run or begin something then throw <see cref="ObjectDisposedException"/>.
/// </summary>
/// <remarks>BSD original: a session id of <c>crypto_newsession</c> / <c>CIOCGSESSION</c>.</remarks>
public sealed partial class Session : IDisposable
{
    private readonly CryptoAlgorithm _algorithm;
    private readonly CryptoAlgorithm? _macAlgorithm;
    private readonly SessionMode _mode;
    private readonly int _ivLength;
    private readonly int _tagLength;
    private readonly SessionLadder _ladder;

    // Associated data and message of no more bytes than this, together, run on _driver. Longer ones may have to run elsewhere. A rung that
    // is on trial may be replaced by the next one, and its limit with it; it then looks for itself, so the two need not change at once.
    private long _limit;
    private DriverSession? _driver;

    /// <summary>Takes ownership of the driver session. The caller has already taken counted references to the keys.</summary>
    internal Session(SessionParameters parameters, DriverSession driver, SessionDriver description)
        : this(parameters, SessionLadder.Of(parameters, driver, description)) { }

    /// <summary>Takes ownership of the ladder. The caller has already taken counted references to the keys.</summary>
    internal Session(SessionParameters parameters, SessionLadder ladder)
    {
        Parameters = parameters;
        _ladder = ladder;
        _mode = parameters.Mode;
        _algorithm = parameters.Transforms[0].Algorithm;
        _ivLength = parameters.Transforms[0].EffectiveIvLength;
        CryptoTransform authenticator = parameters.Mode == SessionMode.CipherAndMac ? parameters.Transforms[1] : parameters.Transforms[0];
        _macAlgorithm = authenticator.Algorithm;
        _tagLength = authenticator.EffectiveTagLength;
        _limit = ladder.First.Takes.Sure;
        _driver = ladder.First.Direct;
        ladder.FirstChanged = TakeFirst;
    }

    /// <summary>Frees the driver session if the caller did not dispose, and releases the references to the keys.</summary>
    ~Session() => Close();

    /// <summary>The parameters that the session was created with.</summary>
    public SessionParameters Parameters { get; }

    /// <summary>
    /// The first driver of the session, and why the drivers that the policy prefers to it do not run it. Every message that this driver
    /// takes runs on it. <see cref="Drivers"/> has those that run the others. It may change at the first operation: a driver that has no
    /// memory for the operation is skipped, and the next driver of the policy runs it.
    /// </summary>
    public SessionDriver Driver => _ladder.First.Description;

    /// <summary>
    /// The drivers that the session has opened, in the order of the policy, and what each did. A message runs on the first driver that
    /// takes its message and associated data; a message in pieces, whose length is not known, on the first that takes any length. A driver
    /// below the first is opened when a message needs it. The sum of their counters is <see cref="Statistics"/>. It can be read after
    /// Dispose.
    /// </summary>
    public IReadOnlyList<DriverShare> Drivers => _ladder.Shares;

    /// <summary>
    /// The length of the longest message in bytes that one <see cref="Process(in CryptOp)"/> takes on any driver of the policy. Where a
    /// driver has one limit for message and associated data (AF_ALG), the message must be shorter by the length of the latter. When it is
    /// read, drivers below the first are opened until one takes every message. It is not limited below what a span can hold when
    /// <c>software</c> is among the drivers, except by the algorithm.
    /// </summary>
    public long MaxMessageLength => _ladder.MaxMessageLength;

    /// <summary>
    /// The most associated data, in bytes, that one <see cref="Process(in CryptOp)"/> takes with an empty message on any driver of the
    /// policy; <c>long.MaxValue</c> where only the message is limited, and 0 for ciphers, compression and chains, which authenticate none.
    /// Of the drivers, an AEAD on cryptodev-linux takes 4,096 bytes, one on AF_ALG as many as a message, and both share that limit. More is
    /// an <see cref="ArgumentException"/>. Reading it opens drivers as <see cref="MaxMessageLength"/> does.
    /// </summary>
    public long MaxAssociatedDataLength => _ladder.MaxAssociatedDataLength;

    /// <summary>
    /// Counters of the messages that this session has processed. A chain, or cipher and MAC, counts as one message. A message in pieces
    /// counts its bytes piece by piece, and as a message when <c>Final</c> has ended it. An operation with descriptors counts the bytes of
    /// its buffer. The counters are exact when no operation is running. They can be read after Dispose.
    /// </summary>
    public SessionStatistics Statistics => _ladder.Statistics;

    /// <summary>The length in bytes of the IV that an operation needs.</summary>
    public int IvLength => _ivLength;

    /// <summary>The length in bytes of the tag, digest or MAC of an operation. 0 for ciphers.</summary>
    public int TagLength => _tagLength;

    /// <summary>
    /// Runs one whole message. Returns the number of bytes written to the destination. For digests it is the length of the digest, and for
    /// descriptors the length of the buffer. It allocates no memory, except for compression. <see cref="CryptOp"/> has the rules for
    /// buffers that overlap.
    /// </summary>
    /// <exception cref="ArgumentException">The operation does not fit the session. Nothing was read or written.</exception>
    /// <exception cref="AuthenticationTagMismatchException">The tag did not match. The destination is zeroed.</exception>
    /// <exception cref="CryptoDevException">The driver failed. The content of the destination is undefined.</exception>
    /// <exception cref="ObjectDisposedException">The session is disposed.</exception>
    public int Process(in CryptOp op)
    {
        int written = Run(OpenDriver(), in op);

        // Without this, the finalizer of a session that nobody disposed could close the driver during the call.
        GC.KeepAlive(this);
        return written;
    }

    /// <summary>
    /// Runs one whole message whose bytes are in several buffers. It reads <paramref name="source"/> and fills the buffers of
    /// <paramref name="destination"/> in order. IV, associated data, tag and direction come from <paramref name="op"/>; its source and
    /// destination stay empty. The pieces are copied to one rented buffer, which is cleared afterwards. Nothing is written to the
    /// destination unless the operation succeeds.
    /// </summary>
    /// <returns>The number of bytes written.</returns>
    /// <exception cref="ArgumentException">The destination is too small, or as <see cref="Process(in CryptOp)"/>.</exception>
    public int Process(in ReadOnlySequence<byte> source, IReadOnlyList<Memory<byte>> destination, in CryptOp op)
    {
        ArgumentNullException.ThrowIfNull(destination);
        return ScatterGather.Process(this, in source, destination, in op);
    }

    /// <summary>Runs the request on a worker thread. It can be cancelled until it has started.</summary>
    /// <returns>The number of bytes written, as for <see cref="Process(in CryptOp)"/>.</returns>
    /// <exception cref="InvalidOperationException">The request is queued or running.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled before it started. Nothing was read or written.</exception>
    public ValueTask<int> ProcessAsync(CryptRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        DriverSession driver = OpenDriver();
        cancellationToken.ThrowIfCancellationRequested();
        CryptRun run = CryptRun.Begin(this, request, awaited: true);
        ValueTask<int> completion = run.Await(cancellationToken);
        HandOver(driver, run);
        return completion;
    }

    /// <summary>
    /// Queues the request and returns at once. <see cref="CryptRequest.Completed"/> is called when the request has succeeded or failed.
    /// </summary>
    /// <exception cref="InvalidOperationException">The request is queued or running.</exception>
    public void Submit(CryptRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        DriverSession driver = OpenDriver();
        HandOver(driver, CryptRun.Begin(this, request, awaited: false));
    }

    /// <summary>Starts a message that comes in pieces. Only for cipher sessions. XTS and AEAD cannot be done in pieces.</summary>
    /// <param name="direction">Whether to encrypt or decrypt.</param>
    /// <param name="iv">The IV. It has the session's IV length.</param>
    /// <exception cref="ArgumentException">The IV has another length.</exception>
    /// <exception cref="InvalidOperationException">The session is not a cipher session, or the mode has no running state.</exception>
    public CipherOperation BeginCipher(CryptDirection direction, InputBytes iv = default)
    {
        ThrowIfDisposed();
        if (_mode != SessionMode.Cipher || _algorithm.Chaining == IvChaining.WholeMessage)
        {
            throw new InvalidOperationException($"{Parameters} has no running state: each message is processed whole.");
        }

        if (!Enum.IsDefined(direction))
        {
            throw new ArgumentOutOfRangeException(nameof(direction), direction, "The direction is Encrypt or Decrypt.");
        }

        CryptOpValidator.CheckIv(_algorithm, iv, _ivLength, 0);
        RungSession rung = _ladder.ForAnyLength();
        return new CipherOperation(this, rung, rung.Direct.BeginCipher(_algorithm, direction, iv), iv);
    }

    /// <summary>Starts a digest or MAC of a message that comes in pieces. Not for GMAC, whose nonce belongs to one message.</summary>
    /// <exception cref="InvalidOperationException">The session is not a digest session, or the algorithm has no running state.</exception>
    /// <exception cref="CryptoDevException">The driver has no running state for the algorithm.</exception>
    public DigestOperation BeginDigest()
    {
        ThrowIfDisposed();
        if (_mode != SessionMode.Digest || _algorithm.Chaining == IvChaining.WholeMessage)
        {
            throw new InvalidOperationException($"{Parameters} has no running digest: each message is processed whole.");
        }

        RungSession rung = _ladder.ForAnyLength();
        return new DigestOperation(this, rung, rung.Direct.BeginDigest());
    }

    /// <summary>Closes the session. It ends the operations that were begun on it.</summary>
    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    /// <summary>The algorithms and the driver.</summary>
    public override string ToString() => $"{Parameters} on {Driver.Name}";

    internal void ThrowIfDisposed() => OpenDriver();

    private static void HandOver(DriverSession driver, CryptRun run)
    {
        try
        {
            driver.Submit(run);
        }
        catch (Exception error)
        {
            // The exception is the result of the request, as it is on a worker thread.
            run.Fail(error);
        }
    }

    /// <summary>Whether a driver of the policy takes such a message.</summary>
    internal bool Takes(long associatedData, long message) =>
        associatedData + message <= _limit || _ladder.Find(associatedData, message) is not null;

    private DriverSession OpenDriver() => _driver ?? throw new ObjectDisposedException(typeof(Session).FullName);

    /// <summary>
    /// Makes another rung the first, or the first rung's own session when its trial is over, unless this session is closed.
    /// </summary>
    private void TakeFirst(RungSession rung)
    {
        Volatile.Write(ref _limit, rung.Takes.Sure);
        if (_driver is { } before)
        {
            Interlocked.CompareExchange(ref _driver, rung.Direct, before);
        }
    }

    private void Close()
    {
        if (Interlocked.Exchange(ref _driver, null) is null)
        {
            return;
        }

        _ladder.Dispose();
        foreach (CryptoTransform transform in Parameters.Transforms)
        {
            transform.Key?.ReleaseReference();
        }
    }
}

using System.Buffers;
using System.Security.Cryptography;
using CryptoDev.Drivers;
using CryptoDev.Framework;

namespace CryptoDev;

/// <summary>
/// An open session: fixed algorithms and keys on one driver. Safe from any thread. Each <see cref="Process(in CryptOp)"/> is one whole
/// message. <see cref="CipherOperation"/> and <see cref="DigestOperation"/> have the state of messages in pieces. Disposing frees
/// everything that is idle at once, and the rest when the running calls return. Methods that run or begin something then throw
/// <see cref="ObjectDisposedException"/>.
/// </summary>
/// <remarks>BSD original: a session id of <c>crypto_newsession</c> / <c>CIOCGSESSION</c>.</remarks>
public sealed partial class Session : IDisposable
{
    private readonly CryptoAlgorithm _algorithm;
    private readonly CryptoAlgorithm? _macAlgorithm;
    private readonly SessionMode _mode;
    private readonly int _ivLength;
    private readonly int _tagLength;
    private readonly SessionDriver _description;
    private readonly LadderSession? _ladder;
    private long _limit;
    private long _associatedDataLimit;
    private DriverSession? _driver;
    private readonly MessageCounters _counters = new();

    /// <summary>Takes ownership of the driver session. The caller has already taken counted references to the keys.</summary>
    internal Session(SessionParameters parameters, DriverSession driver, SessionDriver description)
    {
        Parameters = parameters;
        _description = description;
        _driver = driver;
        _mode = parameters.Mode;
        _algorithm = parameters.Transforms[0].Algorithm;
        _ivLength = parameters.Transforms[0].EffectiveIvLength;
        CryptoTransform authenticator = parameters.Mode == SessionMode.CipherAndMac ? parameters.Transforms[1] : parameters.Transforms[0];
        _macAlgorithm = authenticator.Algorithm;
        _tagLength = authenticator.EffectiveTagLength;
        TakeLimits(driver);
    }

    /// <summary>The same, for a session whose driver may still turn out to be unable to run an operation.</summary>
    internal Session(SessionParameters parameters, LadderSession ladder)
        : this(parameters, ladder, ladder.Description)
    {
        _ladder = ladder;
        ladder.Changed = TakeRung;
    }

    /// <summary>Frees the driver session if the caller did not dispose, and releases the references to the keys.</summary>
    ~Session() => Close();

    /// <summary>The parameters that the session was created with.</summary>
    public SessionParameters Parameters { get; }

    /// <summary>
    /// The driver that runs the session, and why the preferred drivers do not. It may change at the first operation: a driver that has no
    /// memory for the operation is skipped, and the next driver of the policy runs it.
    /// </summary>
    public SessionDriver Driver => _ladder?.Description ?? _description;

    /// <summary>
    /// The length of the longest message in bytes that one <see cref="Process(in CryptOp)"/> takes. It depends on the driver. On AF_ALG the
    /// associated data of an AEAD message counts as part of the message, so the message must be shorter by that length.
    /// </summary>
    public long MaxMessageLength => Volatile.Read(ref _limit);

    /// <summary>
    /// The most associated data, in bytes, that one <see cref="Process(in CryptOp)"/> takes with an empty message; <c>long.MaxValue</c>
    /// where only the message is limited, and 0 for ciphers, compression and chains, which authenticate none. It depends on the driver: an
    /// AEAD on cryptodev-linux takes 4,096 bytes, one on AF_ALG as many as a message, and both share that limit. More is an
    /// <see cref="ArgumentException"/>.
    /// </summary>
    public long MaxAssociatedDataLength => Volatile.Read(ref _associatedDataLimit);

    /// <summary>
    /// Counters of the messages that this session has processed. A chain, or cipher and MAC, counts as one message. An operation with
    /// descriptors counts the bytes of its buffer. The counters are exact when no operation is running.
    /// </summary>
    public SessionStatistics Statistics
    {
        get
        {
            DriverSession driver = OpenDriver();
            return (_ladder ?? driver).Statistics + _counters.Sum;
        }
    }

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
        DriverSession driver = OpenDriver();
        if (_mode != SessionMode.Cipher || _algorithm.Chaining == IvChaining.WholeMessage)
        {
            throw new InvalidOperationException($"{Parameters} has no running state: each message is processed whole.");
        }

        if (!Enum.IsDefined(direction))
        {
            throw new ArgumentOutOfRangeException(nameof(direction), direction, "The direction is Encrypt or Decrypt.");
        }

        CryptOpValidator.CheckIv(_algorithm, iv, _ivLength, 0);
        return new CipherOperation(this, driver.BeginCipher(_algorithm, direction, iv), iv);
    }

    /// <summary>Starts a digest or MAC of a message that comes in pieces. Not for GMAC, whose nonce belongs to one message.</summary>
    /// <exception cref="InvalidOperationException">The session is not a digest session, or the algorithm has no running state.</exception>
    /// <exception cref="CryptoDevException">The driver has no running state for the algorithm.</exception>
    public DigestOperation BeginDigest()
    {
        DriverSession driver = OpenDriver();
        if (_mode != SessionMode.Digest || _algorithm.Chaining == IvChaining.WholeMessage)
        {
            throw new InvalidOperationException($"{Parameters} has no running digest: each message is processed whole.");
        }

        return new DigestOperation(this, driver.BeginDigest());
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

    private DriverSession OpenDriver() => _driver ?? throw new ObjectDisposedException(nameof(Session));

    /// <summary>
    /// Makes another rung run the session. If the rung stays for good, it replaces the ladder, unless the session is closed.
    /// </summary>
    private void TakeRung(DriverSession rung, bool stays)
    {
        TakeLimits(rung);
        if (stays)
        {
            Interlocked.CompareExchange(ref _driver, rung, _ladder);
        }
    }

    private void TakeLimits(DriverSession driver)
    {
        Volatile.Write(ref _limit, driver.MaxMessageLength);
        bool authenticates = _mode is SessionMode.Aead or SessionMode.Digest or SessionMode.CipherAndMac;
        Volatile.Write(ref _associatedDataLimit, authenticates ? driver.MaxAssociatedDataLength : 0);
    }

    private void Close()
    {
        if (Interlocked.Exchange(ref _driver, null) is not { } driver)
        {
            return;
        }

        // The ladder owns its current rung, also after that rung has replaced it here.
        (_ladder ?? driver).Dispose();
        foreach (CryptoTransform transform in Parameters.Transforms)
        {
            transform.Key?.ReleaseReference();
        }
    }
}

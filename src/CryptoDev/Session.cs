using System.Buffers;
using System.Security.Cryptography;
using CryptoDev.Drivers;
using CryptoDev.Framework;

namespace CryptoDev;

/// <summary>
/// An open session: fixed algorithms and keys on one driver. Immutable and safe from any thread; each <see cref="Process(in CryptOp)"/> is
/// one whole message.
/// Running state lives in <see cref="CipherOperation"/> and <see cref="DigestOperation"/>. Disposing frees what is idle at once and what is
/// in use when it returns.
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
    private DriverSession? _driver;
    private readonly MessageCounters _counters = new();

    /// <summary>Takes over the driver session; counted references to the keys are already held.</summary>
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
        _limit = driver.MaxMessageLength;
    }

    /// <summary>The same for a session whose rung still has to show that it can do an operation.</summary>
    internal Session(SessionParameters parameters, LadderSession ladder)
        : this(parameters, ladder, ladder.Description)
    {
        _ladder = ladder;
        ladder.Changed = TakeRung;
    }

    /// <summary>Frees the driver session when the caller forgot to; the keys' references go with it.</summary>
    ~Session() => Close();

    /// <summary>What the session was asked to do.</summary>
    public SessionParameters Parameters { get; }

    /// <summary>
    /// What runs it, and why nothing above it does. It may become another one at the first operation: a driver that turns out to have no
    /// memory for it is passed over, and the operation runs on the next that the policy allows.
    /// </summary>
    public SessionDriver Driver => _ladder?.Description ?? _description;

    /// <summary>
    /// The longest message in bytes that one <see cref="Process(in CryptOp)"/> takes, a fact of the driver. On AF_ALG the associated data
    /// of an AEAD message counts in the same request: with it, the message may be that much shorter.
    /// </summary>
    public long MaxMessageLength => Volatile.Read(ref _limit);

    /// <summary>
    /// Counters of messages processed by this session, each counted once, whatever it is made of: a chain or cipher and MAC too. The bytes
    /// of an operation with descriptors are those of its buffer. Exact when nothing is under way.
    /// </summary>
    public SessionStatistics Statistics
    {
        get
        {
            DriverSession driver = OpenDriver();
            return (_ladder ?? driver).Statistics + _counters.Sum;
        }
    }

    /// <summary>Bytes of IV an operation needs.</summary>
    public int IvLength => _ivLength;

    /// <summary>Bytes of tag, digest or MAC an operation makes; 0 for ciphers.</summary>
    public int TagLength => _tagLength;

    /// <summary>
    /// Runs one whole message and returns the bytes written to the destination (digests: the digest's length; descriptors: the buffer's
    /// length).
    /// Allocates nothing (compression excepted).
    /// </summary>
    /// <exception cref="ArgumentException">The operation does not fit the session; nothing was touched.</exception>
    /// <exception cref="AuthenticationTagMismatchException">The tag did not match; the destination is zeroed.</exception>
    /// <exception cref="CryptoDevException">The driver failed; the destination's content is undefined.</exception>
    /// <exception cref="ObjectDisposedException">The session is disposed.</exception>
    public int Process(in CryptOp op)
    {
        int written = Run(OpenDriver(), in op);

        // A session dropped without Dispose is closed by its finalizer, which must not come between here and the driver.
        GC.KeepAlive(this);
        return written;
    }

    /// <summary>
    /// Runs one whole message scattered over several buffers: <paramref name="source"/> in, <paramref name="destination"/> filled in order.
    /// The other parts of the message (IV, associated data, tag, direction) come from <paramref name="op"/>, whose source and destination
    /// stay empty. The pieces are gathered into one rented buffer, which is cleared afterwards; nothing is written to the destination
    /// unless the operation succeeds.
    /// </summary>
    /// <returns>The bytes written.</returns>
    /// <exception cref="ArgumentException">The destination is too small, or as <see cref="Process(in CryptOp)"/>.</exception>
    public int Process(in ReadOnlySequence<byte> source, IReadOnlyList<Memory<byte>> destination, in CryptOp op)
    {
        ArgumentNullException.ThrowIfNull(destination);
        return ScatterGather.Process(this, in source, destination, in op);
    }

    /// <summary>Runs the request on a worker and returns when it is done. Cancellation works until the request has started.</summary>
    /// <returns>The bytes written, as <see cref="Process(in CryptOp)"/>.</returns>
    /// <exception cref="InvalidOperationException">The request is under way already.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before it started; nothing was touched.</exception>
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
    /// Hands the request over and returns at once; <see cref="CryptRequest.Completed"/> is called when it is done, whether it succeeded or
    /// not.
    /// </summary>
    /// <exception cref="InvalidOperationException">The request is under way already.</exception>
    public void Submit(CryptRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        DriverSession driver = OpenDriver();
        HandOver(driver, CryptRun.Begin(this, request, awaited: false));
    }

    /// <summary>
    /// Starts a message that comes in pieces. Cipher sessions only; XTS and AEAD are one message by definition and have none.
    /// </summary>
    /// <param name="direction">Which way.</param>
    /// <param name="iv">The IV, of the session's IV length.</param>
    /// <exception cref="ArgumentException">The IV has another length.</exception>
    /// <exception cref="InvalidOperationException">The session is not a cipher session, or the mode has no running state.</exception>
    public CipherOperation BeginCipher(CryptDirection direction, ReadOnlySpan<byte> iv = default)
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

    /// <summary>Starts a digest or MAC of a message that comes in pieces. GMAC has none: its nonce belongs to one message.</summary>
    /// <exception cref="InvalidOperationException">The session is not a digest session, or the algorithm has no running state.</exception>
    /// <exception cref="CryptoDevException">The driver has no running state for it.</exception>
    public DigestOperation BeginDigest()
    {
        DriverSession driver = OpenDriver();
        if (_mode != SessionMode.Digest || _algorithm.Chaining == IvChaining.WholeMessage)
        {
            throw new InvalidOperationException($"{Parameters} has no running digest: each message is processed whole.");
        }

        return new DigestOperation(this, driver.BeginDigest());
    }

    /// <summary>Closes the session. Operations begun on it end with it.</summary>
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
            // Not hidden: it is the request's outcome, as on a worker.
            run.Fail(error);
        }
    }

    private DriverSession OpenDriver() => _driver ?? throw new ObjectDisposedException(nameof(Session));

    /// <summary>From now on another rung runs the session. One that stays takes the ladder's place, unless the session is closed.</summary>
    private void TakeRung(DriverSession rung, bool stays)
    {
        Volatile.Write(ref _limit, rung.MaxMessageLength);
        if (stays)
        {
            Interlocked.CompareExchange(ref _driver, rung, _ladder);
        }
    }

    private void Close()
    {
        if (Interlocked.Exchange(ref _driver, null) is not { } driver)
        {
            return;
        }

        // The ladder owns the rung it is on, also when that has taken its place.
        (_ladder ?? driver).Dispose();
        foreach (CryptoTransform transform in Parameters.Transforms)
        {
            transform.Key?.ReleaseReference();
        }
    }
}

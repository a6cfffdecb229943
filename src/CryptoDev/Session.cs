using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CryptoDev.Drivers;
using CryptoDev.Framework;

namespace CryptoDev;

/// <summary>
/// An open session: fixed algorithms and keys on one driver. Immutable and safe from any thread; each <see cref="Process(in CryptOp)"/> is one whole message.
/// Running state lives in <see cref="CipherOperation"/> and <see cref="DigestOperation"/>. Disposing frees what is idle at once and what is in use when it returns.
/// </summary>
/// <remarks>BSD original: a session id of <c>crypto_newsession</c> / <c>CIOCGSESSION</c>.</remarks>
public sealed class Session : IDisposable
{
    private const int LongestTag = 64;
    private const int LongestIv = 128;

    private readonly CryptoAlgorithm _algorithm;
    private readonly CryptoAlgorithm? _macAlgorithm;
    private readonly SessionMode _mode;
    private readonly int _ivLength;
    private readonly int _tagLength;
    private readonly long _limit;
    private DriverSession? _driver;
    private long _mismatches;

    /// <summary>Takes over the driver session; counted references to the keys are already held.</summary>
    internal Session(SessionParameters parameters, DriverSession driver, SessionDriver description)
    {
        Parameters = parameters;
        Driver = description;
        _driver = driver;
        _mode = parameters.Mode;
        _algorithm = parameters.Transforms[0].Algorithm;
        _ivLength = parameters.Transforms[0].EffectiveIvLength;
        CryptoTransform authenticator = parameters.Mode == SessionMode.CipherAndMac ? parameters.Transforms[1] : parameters.Transforms[0];
        _macAlgorithm = authenticator.Algorithm;
        _tagLength = authenticator.EffectiveTagLength;
        _limit = driver.MaxMessageLength;
    }

    /// <summary>Frees the driver session when the caller forgot to; the keys' references go with it.</summary>
    ~Session() => Close();

    /// <summary>What the session was asked to do.</summary>
    public SessionParameters Parameters { get; }

    /// <summary>What runs it, and why nothing above it does.</summary>
    public SessionDriver Driver { get; }

    /// <summary>The longest message in bytes that one <see cref="Process(in CryptOp)"/> takes, a fact of the driver.</summary>
    public long MaxMessageLength => _limit;

    /// <summary>Counters of messages processed by this session.</summary>
    public SessionStatistics Statistics => OpenDriver().Statistics + new SessionStatistics(0, 0, Interlocked.Read(ref _mismatches));

    /// <summary>Bytes of IV an operation needs.</summary>
    public int IvLength => _ivLength;

    /// <summary>Bytes of tag, digest or MAC an operation makes; 0 for ciphers.</summary>
    public int TagLength => _tagLength;

    /// <summary>
    /// Runs one whole message and returns the bytes written to the destination (digests: the digest's length; descriptors: the buffer's length).
    /// Allocates nothing (compression excepted).
    /// </summary>
    /// <exception cref="ArgumentException">The operation does not fit the session; nothing was touched.</exception>
    /// <exception cref="AuthenticationTagMismatchException">The tag did not match; the destination is zeroed.</exception>
    /// <exception cref="CryptoDevException">The driver failed; the destination's content is undefined.</exception>
    /// <exception cref="ObjectDisposedException">The session is disposed.</exception>
    public int Process(in CryptOp op)
    {
        DriverSession driver = OpenDriver();
        if (op.IvSource == IvSource.Explicit && op.Descriptors.IsEmpty)
        {
            if (_mode == SessionMode.Cipher && op.Tag.IsEmpty && op.AssociatedData.IsEmpty && op.TagAction == TagAction.Default)
            {
                return ProcessPlainCipher(driver, in op);
            }

            if (_mode == SessionMode.Aead && op.Tag.Length == _tagLength && op.TagAction == TagAction.Default)
            {
                return ProcessPlainAead(driver, in op);
            }

            if (_mode == SessionMode.Digest && op.Tag.Length == _tagLength && op.TagAction == TagAction.Compute)
            {
                return ProcessPlainDigest(driver, in op);
            }
        }

        return ProcessAny(driver, in op);
    }

    /// <summary>
    /// Runs one whole message scattered over several buffers: <paramref name="source"/> in, <paramref name="destination"/> filled in order. The other parts of
    /// the message (IV, associated data, tag, direction) come from <paramref name="op"/>, whose source and destination stay empty. The pieces are gathered
    /// into one rented buffer, which is cleared afterwards; nothing is written to the destination unless the operation succeeds.
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
        request.Accept(this, awaited: true);
        ValueTask<int> completion = request.Await(cancellationToken);
        driver.Submit(request);
        return completion;
    }

    /// <summary>Hands the request over and returns at once; <see cref="CryptRequest.Completed"/> is called when it is done, whether it succeeded or not.</summary>
    /// <exception cref="InvalidOperationException">The request is under way already.</exception>
    public void Submit(CryptRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        DriverSession driver = OpenDriver();
        request.Accept(this, awaited: false);
        driver.Submit(request);
    }

    /// <summary>Starts a message that comes in pieces. Cipher sessions only; XTS and AEAD are one message by definition and have none.</summary>
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

    private DriverSession OpenDriver() => _driver ?? throw new ObjectDisposedException(nameof(Session));

    private void Close()
    {
        if (Interlocked.Exchange(ref _driver, null) is not { } driver)
        {
            return;
        }

        driver.Dispose();
        foreach (CryptoTransform transform in Parameters.Transforms)
        {
            transform.Key?.ReleaseReference();
        }
    }

    // The straight lines that most operations take: everything lies where the driver wants it already. Methods of their own, so that each is only as long as it needs
    // to be and ends in a jump to the driver: all in one, saving and restoring registers alone takes as long as the checks.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ProcessPlainCipher(DriverSession driver, in CryptOp op)
    {
        CryptOpValidator.CheckMessage(_algorithm, op.Source, op.Destination, _limit);
        CryptOpValidator.CheckIv(_algorithm, op.Iv, _ivLength, op.Source.Length);
        return driver.Process(in op);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ProcessPlainDigest(DriverSession driver, in CryptOp op)
    {
        CryptOpValidator.CheckLimit(_algorithm, op.Source.Length, _limit);
        CryptOpValidator.CheckIv(_algorithm, op.Iv, _ivLength, 0);
        return driver.Process(in op);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ProcessPlainAead(DriverSession driver, in CryptOp op)
    {
        CryptOpValidator.CheckMessage(_algorithm, op.Source, op.Destination, _limit);
        CryptOpValidator.CheckIv(_algorithm, op.Iv, _ivLength, op.Source.Length);
        Span<byte> destination = op.Destination[..op.Source.Length];
        CryptOpValidator.CheckApart(op.Tag, destination, "tag");
        CryptOpValidator.CheckApart(op.AssociatedData, destination, "associatedData");
        int written = driver.Process(in op);
        return written != DriverSession.TagMismatch ? written : ThrowTagMismatch(destination);
    }

    private int ProcessAny(DriverSession driver, in CryptOp op)
    {
        if (!op.Descriptors.IsEmpty)
        {
            return DescriptorRunner.Run(Parameters, driver, in op);
        }

        return _mode switch
        {
            SessionMode.Digest => ProcessDigest(driver, in op),
            SessionMode.Compression => ProcessCompression(driver, in op),
            SessionMode.Chain => driver.Process(in op),
            _ => ProcessCipher(driver, in op),
        };
    }

    private static int ThrowTagMismatch(Span<byte> destination)
    {
        destination.Clear();
        throw new AuthenticationTagMismatchException();
    }

    /// <summary>Ciphers with an IV in the buffer, AEAD and cipher+MAC: finds IV, message and tag in the caller's spans and hands on the plain form.</summary>
    private int ProcessCipher(DriverSession driver, in CryptOp op)
    {
        bool encrypt = op.Direction == CryptDirection.Encrypt;
        bool authenticates = _mode != SessionMode.Cipher;
        if (!authenticates)
        {
            CryptOpValidator.CheckNoAuthentication(_algorithm, in op);
        }
        else if (_mode == SessionMode.Aead && op.VerifiesTag == encrypt)
        {
            throw new ArgumentException($"{_algorithm} computes its tag when encrypting and verifies it when decrypting; TagAction.{op.TagAction} is neither.", nameof(op));
        }

        ReadOnlySpan<byte> source = op.Source;
        Span<byte> destination = op.Destination;
        Span<byte> iv = stackalloc byte[LongestIv];
        iv = iv[.._ivLength];
        int before = op.IvSource == IvSource.Explicit ? 0 : _ivLength;
        TakeIv(in op, encrypt, ref source, ref destination, iv);

        Span<byte> tag = op.Tag;
        int after = 0;
        if (authenticates && tag.IsEmpty)
        {
            tag = TakeAttachedTag(encrypt, ref source, ref destination, out after);
        }
        else if (authenticates)
        {
            CryptOpValidator.CheckTag(_macAlgorithm!, tag, _tagLength);
        }

        CryptOpValidator.CheckMessage(_algorithm, source, destination, _limit);
        CryptOpValidator.CheckIv(_algorithm, iv, _ivLength, source.Length);
        destination = destination[..source.Length];
        if (authenticates)
        {
            CryptOpValidator.CheckApart(tag, destination, "tag");
            CryptOpValidator.CheckApart(op.AssociatedData, destination, "associatedData");
        }

        if (op.IvSource == IvSource.Random)
        {
            iv.CopyTo(op.Destination);
        }

        int written = driver.Process(new CryptOp
        {
            Direction = op.Direction, TagAction = op.TagAction, Source = source, Destination = destination, Iv = iv, AssociatedData = op.AssociatedData, Tag = tag,
        });
        if (written == DriverSession.TagMismatch)
        {
            ThrowTagMismatch(destination);
        }

        return (encrypt ? before : 0) + written + (encrypt ? after : 0);
    }

    private void TakeIv(in CryptOp op, bool encrypt, ref ReadOnlySpan<byte> source, ref Span<byte> destination, scoped Span<byte> iv)
    {
        switch (op.IvSource)
        {
            case IvSource.Explicit:
                CryptOpValidator.CheckIv(_algorithm, op.Iv, _ivLength, 0);
                op.Iv.CopyTo(iv);
                return;
            case IvSource.Random when !encrypt:
                throw new ArgumentException("A random IV can be made when encrypting only; decrypting finds it in the buffer.", nameof(op));
            case IvSource.Random or IvSource.Buffer when !op.Iv.IsEmpty:
                throw new ArgumentException($"An IV was given although IvSource.{op.IvSource} takes it from elsewhere.", nameof(op));
            case IvSource.Random or IvSource.Buffer:
                break;
            default:
                throw new ArgumentException($"IvSource {(int)op.IvSource} is not known.", nameof(op));
        }

        if (encrypt)
        {
            if (destination.Length < _ivLength)
            {
                CryptOpValidator.ThrowDestination(destination.Length, _ivLength);
            }

            if (op.IvSource == IvSource.Random)
            {
                RandomIv.Fill(_algorithm, iv);
            }
            else
            {
                destination[.._ivLength].CopyTo(iv);
            }

            destination = destination[_ivLength..];
        }
        else
        {
            if (source.Length < _ivLength)
            {
                throw new ArgumentException($"The source has {source.Length} bytes; the IV alone has {_ivLength}.", nameof(op));
            }

            source[.._ivLength].CopyTo(iv);
            source = source[_ivLength..];
        }
    }

    /// <summary>The tag stands after the ciphertext: in the destination when encrypting, in the source when decrypting. It is copied nowhere.</summary>
    private Span<byte> TakeAttachedTag(bool encrypt, scoped ref ReadOnlySpan<byte> source, scoped ref Span<byte> destination, out int after)
    {
        after = _tagLength;
        if (encrypt)
        {
            if (destination.Length < (long)source.Length + _tagLength)
            {
                CryptOpValidator.ThrowDestination(destination.Length, (long)source.Length + _tagLength);
            }

            return destination.Slice(source.Length, _tagLength);
        }

        if (source.Length < _tagLength)
        {
            throw new ArgumentException($"The source has {source.Length} bytes; the tag alone has {_tagLength}.", nameof(source));
        }

        // Decrypting only compares it (or, for cipher+MAC asked to compute, there is no place to write it and the detached form must be used).
        ReadOnlySpan<byte> tag = source[^_tagLength..];
        source = source[..^_tagLength];
        return MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(tag), tag.Length);
    }

    private int ProcessDigest(DriverSession driver, in CryptOp op)
    {
        if (op.IvSource != IvSource.Explicit)
        {
            throw new ArgumentException("A digest session takes its nonce, if any, from Iv.", nameof(op));
        }

        CryptOpValidator.CheckLimit(_algorithm, op.Source.Length, _limit);
        CryptOpValidator.CheckIv(_algorithm, op.Iv, _ivLength, 0);
        if (op.VerifiesTag)
        {
            CryptOpValidator.CheckTag(_algorithm, op.Tag, _tagLength);
            Span<byte> computed = stackalloc byte[LongestTag];
            computed = computed[.._tagLength];
            driver.Process(new CryptOp { Source = op.Source, AssociatedData = op.AssociatedData, Iv = op.Iv, Tag = computed, TagAction = TagAction.Compute });
            if (CryptographicOperations.FixedTimeEquals(computed, op.Tag))
            {
                return _tagLength;
            }

            // The driver computed a digest and counts that; only here is it known to be the wrong one.
            Interlocked.Increment(ref _mismatches);
            throw new AuthenticationTagMismatchException();
        }

        Span<byte> target = op.Tag;
        if (target.IsEmpty)
        {
            if (op.Destination.Length < _tagLength)
            {
                CryptOpValidator.ThrowDestination(op.Destination.Length, _tagLength);
            }

            target = op.Destination[.._tagLength];
        }
        else
        {
            CryptOpValidator.CheckTag(_algorithm, target, _tagLength);
        }

        driver.Process(new CryptOp { Source = op.Source, AssociatedData = op.AssociatedData, Iv = op.Iv, Tag = target, TagAction = TagAction.Compute });
        return _tagLength;
    }

    private int ProcessCompression(DriverSession driver, in CryptOp op)
    {
        CryptOpValidator.CheckNoAuthentication(_algorithm, in op);
        CryptOpValidator.CheckIv(_algorithm, op.Iv, 0, 0);
        CryptOpValidator.CheckApart(op.Source, op.Destination, "source");
        CryptOpValidator.CheckLimit(_algorithm, op.Source.Length, _limit);

        return driver.Process(in op);
    }
}

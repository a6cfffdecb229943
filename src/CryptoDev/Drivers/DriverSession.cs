using CryptoDev.Framework;

namespace CryptoDev.Drivers;

/// <summary>
/// One open session of a driver. It is safe from any thread. Each <see cref="Process"/> is one whole message. It may read the parameters'
/// keys only until it is disposed: the session above holds the references.
/// </summary>
internal abstract class DriverSession : IDisposable
{
    /// <summary>
    /// The result of <see cref="Process"/> when the tag did not match. The framework then zeroes the destination and throws.
    /// </summary>
    public const int TagMismatch = -1;

    /// <summary>Name, kind, kernel driver and PCI address of the driver. The framework adds the drivers that were passed over.</summary>
    public abstract SessionDriver Driver { get; }

    /// <summary>The longest message, in bytes, that <see cref="Process"/> accepts.</summary>
    public abstract long MaxMessageLength { get; }

    /// <summary>
    /// The most associated data, in bytes, that <see cref="Process"/> accepts with an empty message, where the session authenticates any.
    /// By default it is as long as a message. The value is found at open.
    /// </summary>
    public virtual long MaxAssociatedDataLength => MaxMessageLength;

    /// <summary>
    /// The most bytes of associated data and message together that <see cref="Process"/> accepts. By default they share the limit of a
    /// message. The framework gives no operation that is over one of the three limits. The value is found at open.
    /// </summary>
    public virtual long MaxTotalLength => MaxMessageLength;

    /// <summary>
    /// The longest message, in bytes, that a running state takes in pieces; long.MaxValue: any. The value is found at open.
    /// </summary>
    public virtual long MaxRunningLength => long.MaxValue;

    /// <summary>The limits of <see cref="Process"/>.</summary>
    public MessageLimits Limits => new(MaxMessageLength, MaxAssociatedDataLength, MaxTotalLength);

    /// <summary>
    /// The most bytes that <see cref="Process"/> accepts at once for a cipher that chains, a multiple of the block; int.MaxValue: any
    /// message. The framework cuts a longer message, up to <see cref="MaxMessageLength"/>, into such pieces with explicit IVs. The value is
    /// found at open.
    /// </summary>
    public virtual int PieceLength => int.MaxValue;

    /// <summary>
    /// The unit of <see cref="Process"/> where the driver needs whole blocks and the cipher does not: a power of two of at most 64 bytes.
    /// The framework then passes only multiples of it and pads the end of a message. Otherwise 1. The value is found at open.
    /// </summary>
    public virtual int PieceUnit => 1;

    /// <summary>Counters of finished work.</summary>
    public abstract SessionStatistics Statistics { get; }

    /// <summary>
    /// Runs one validated operation and returns the bytes written to the destination, or <see cref="TagMismatch"/>. The framework has
    /// brought it into plain form. The buffers are flat. The IV is explicit and has the session's length. The tag is detached and has the
    /// session's tag length: <c>Tag</c> receives a computed tag, <c>ExpectedTag</c> holds a tag to verify, and the other is empty. Lengths
    /// and overlap are checked, and <c>Destination.Length &gt;= Source.Length</c> holds for ciphers and AEAD. Cipher: Source goes to
    /// Destination. AEAD: the same; the tag is written when encrypting and compared when decrypting. Digest and MAC: AssociatedData and
    /// then Source are hashed; the tag is written and its length returned. The framework compares it, never the driver. Compression: Source
    /// goes to as much of Destination as the result needs.
    /// </summary>
    public abstract int Process(in CryptOp op);

    /// <summary>
    /// The session of one transform, for descriptors. Null when the driver runs several transforms as one and cannot separate them.
    /// </summary>
    public virtual DriverSession? Part(int transform) => this;

    /// <summary>
    /// Accepts a run that the framework has begun. By default a worker calls <see cref="Process"/> through the session. A driver that
    /// accepts a run ends its reference to it once. After <see cref="CryptRun.TryStart"/> it calls <see cref="CryptRun.RunStarted"/> or
    /// <see cref="CryptRun.Complete"/>. Where TryStart returns false, it calls <see cref="CryptRun.LetGo"/>. It throws only when it has not
    /// accepted the run.
    /// </summary>
    public virtual void Submit(CryptRun run) => ThreadPool.UnsafeQueueUserWorkItem(run, preferLocal: false);

    /// <summary>
    /// The running state of a cipher. By default each piece is one message with the IV that follows from the piece before, so the state can
    /// move between rungs.
    /// </summary>
    public virtual CipherState BeginCipher(CryptoAlgorithm algorithm, CryptDirection direction, ReadOnlySpan<byte> iv) =>
        new ChainedCipherState(this, algorithm, direction, iv);

    /// <summary>The running state of a digest or MAC.</summary>
    /// <exception cref="CryptoDevException">The driver has none for this algorithm.</exception>
    public abstract DigestState BeginDigest();

    /// <summary>Frees idle contexts now and rented ones when they are returned.</summary>
    public abstract void Dispose();
}

/// <summary>The running state of a cipher, which gets its pieces in order. Not thread-safe.</summary>
internal abstract class CipherState : IDisposable
{
    /// <summary>
    /// Processes the next piece; the result has the same length. Block modes take whole blocks, the others any length. The buffers are the
    /// same or do not overlap.
    /// </summary>
    public abstract void Update(ReadOnlySpan<byte> source, Span<byte> destination);

    /// <summary>
    /// What the driver's session has counted for this state since the last call. The operation above counts the message itself, once, and
    /// takes this off. By default the driver counts nothing for it.
    /// </summary>
    public virtual SessionStatistics TakeCounted() => default;

    public abstract void Dispose();
}

/// <summary>The running state of a digest or MAC. Not thread-safe.</summary>
internal abstract class DigestState : IDisposable
{
    /// <summary>Hashes the next piece.</summary>
    public abstract void Update(ReadOnlySpan<byte> source);

    /// <summary>
    /// Writes the digest, cut to <paramref name="destination"/>, and ends the state; only <see cref="Dispose"/> may follow.
    /// </summary>
    public abstract void Final(Span<byte> destination);

    /// <summary>
    /// What the driver's session has counted for this state since the last call. The operation above counts the message itself, once, and
    /// takes this off. By default the driver counts nothing for it.
    /// </summary>
    public virtual SessionStatistics TakeCounted() => default;

    /// <summary>A copy of the running state. Both continue independently.</summary>
    public abstract DigestState Clone();

    public abstract void Dispose();
}

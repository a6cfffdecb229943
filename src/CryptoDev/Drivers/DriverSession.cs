using CryptoDev.Framework;

namespace CryptoDev.Drivers;

/// <summary>
/// One open session of a driver. Safe from any thread; each <see cref="Process"/> is one whole message. It may read the parameters' keys
/// only while it lives: the session above holds the references.
/// </summary>
internal abstract class DriverSession : IDisposable
{
    /// <summary><see cref="Process"/> answers this when the tag did not match; the framework zeroes the destination and throws.</summary>
    public const int TagMismatch = -1;

    /// <summary>Name, kind, kernel driver and PCI address of what runs it; the framework adds what was passed over.</summary>
    public abstract SessionDriver Driver { get; }

    /// <summary>The longest message, in bytes, that <see cref="Process"/> takes.</summary>
    public abstract long MaxMessageLength { get; }

    /// <summary>
    /// The most bytes that <see cref="Process"/> takes at once of a cipher that chains, whole blocks of it; int.MaxValue: any message. The
    /// framework cuts what is longer, up to <see cref="MaxMessageLength"/>, into such pieces with explicit IVs. A fact found at open.
    /// </summary>
    public virtual int PieceLength => int.MaxValue;

    /// <summary>
    /// Where the driver works by whole blocks of a cipher that does not: the block, at most 64 bytes and a power of two, whose multiples
    /// alone <see cref="Process"/> is given; the framework fills up the end of a message. Else 1. A fact found at open.
    /// </summary>
    public virtual int PieceUnit => 1;

    /// <summary>Counters of finished work.</summary>
    public abstract SessionStatistics Statistics { get; }

    /// <summary>
    /// Runs one validated operation and returns the bytes written to the destination, or <see cref="TagMismatch"/>. The framework has made
    /// it plain: flat form, IV explicit and of the session's length, tag detached and of the session's tag length (to be computed:
    /// <c>Tag</c>; to be verified: <c>ExpectedTag</c>; the other is empty), lengths and overlap checked, <c>Destination.Length &gt;=
    /// Source.Length</c> for ciphers and AEAD. Cipher: Source to Destination. AEAD: the same, and the tag written when encrypting, compared
    /// when decrypting. Digest and MAC: AssociatedData then Source are hashed, the tag is written (never compared: the framework does) and
    /// its length returned. Compression: Source to as much of Destination as it takes.
    /// </summary>
    public abstract int Process(in CryptOp op);

    /// <summary>
    /// The session of one transform, for descriptors; null when the driver runs several transforms as one and cannot take them apart.
    /// </summary>
    public virtual DriverSession? Part(int transform) => this;

    /// <summary>
    /// Takes a run that the framework has begun; by default a worker calls <see cref="Process"/> through the session. Who takes it ends its
    /// hold on it once: by <see cref="CryptRun.RunStarted"/> or <see cref="CryptRun.Complete"/> after <see cref="CryptRun.TryStart"/>, or,
    /// where that says no, by <see cref="CryptRun.LetGo"/>. Throws only where it has not taken it.
    /// </summary>
    public virtual void Submit(CryptRun run) => ThreadPool.UnsafeQueueUserWorkItem(run, preferLocal: false);

    /// <summary>
    /// Running state of a cipher. By default each piece is one message with the IV that follows from the one before, so it can move between
    /// rungs.
    /// </summary>
    public virtual CipherState BeginCipher(CryptoAlgorithm algorithm, CryptDirection direction, ReadOnlySpan<byte> iv) =>
        new ChainedCipherState(this, algorithm, direction, iv);

    /// <summary>Running state of a digest or MAC.</summary>
    /// <exception cref="CryptoDevException">The driver has none for this algorithm.</exception>
    public abstract DigestState BeginDigest();

    /// <summary>Frees idle contexts now and rented ones on return.</summary>
    public abstract void Dispose();
}

/// <summary>Running state of a cipher: pieces in order. Not thread-safe.</summary>
internal abstract class CipherState : IDisposable
{
    /// <summary>
    /// Turns the next piece into as many bytes: whole blocks for block modes, any length for the others. Same buffer or no overlap.
    /// </summary>
    public abstract void Update(ReadOnlySpan<byte> source, Span<byte> destination);

    public abstract void Dispose();
}

/// <summary>Running state of a digest or MAC. Not thread-safe.</summary>
internal abstract class DigestState : IDisposable
{
    /// <summary>Hashes the next piece.</summary>
    public abstract void Update(ReadOnlySpan<byte> source);

    /// <summary>
    /// Writes the digest, cut to <paramref name="destination"/>, and ends the state; only <see cref="Dispose"/> may follow.
    /// </summary>
    public abstract void Final(Span<byte> destination);

    /// <summary>A copy of the running state; both go on independently.</summary>
    public abstract DigestState Clone();

    public abstract void Dispose();
}

namespace CryptoDev.Dialects;

/// <summary>The place of the IV of an operation, by the rules of the dialect.</summary>
internal enum IvPlace
{
    /// <summary>The operation has none.</summary>
    None,

    /// <summary>At the caller's IV pointer.</summary>
    Pointer,

    /// <summary>The first bytes of the source.</summary>
    SourcePrefix,

    /// <summary>The kernel generates the IV and writes it before the result. The first bytes of the source are skipped.</summary>
    RandomPrefix,

    /// <summary>In the session, as the operation before has left it (Linux).</summary>
    Session,
}

/// <summary>The record type of Linux's CIOCAUTHCRYPT.</summary>
internal enum AuthMode
{
    /// <summary>An AEAD algorithm, or a separate cipher and MAC.</summary>
    Plain,

    /// <summary>MAC, pad, encrypt (RFC 5246 6.2.3.2).</summary>
    Tls,

    /// <summary>Encrypt, then MAC. The tag is not attached (RFC 3711).</summary>
    Srtp,
}

/// <summary>
/// An operation that passed the dialect's checks. Everything that the kernel would decide is decided. The addresses are in the caller's
/// memory.
/// </summary>
internal readonly record struct CryptPlan
{
    public CryptAction Action { get; init; }

    public CryptDirection Direction =>
        Action is CryptAction.Encrypt or CryptAction.Compress ? CryptDirection.Encrypt : CryptDirection.Decrypt;

    /// <summary>NetBSD: the direction of a cipher that follows a compressor.</summary>
    public CryptDirection CipherDirection { get; init; }

    /// <summary>
    /// The errno with which the kernel refuses the operation, after it has copied the source in. 0 if it does not refuse it. A source that
    /// cannot be read is EFAULT before that.
    /// </summary>
    public int LateError { get; init; }

    public AuthMode AuthMode { get; init; }

    /// <summary>Cipher and MAC: which bytes the MAC covers in this operation.</summary>
    public MacOrder MacOrder { get; init; }

    public TagAction TagAction { get; init; }

    public nint Source { get; init; }

    /// <summary>The number of bytes to copy in from <see cref="Source"/>, with an IV prefix and an attached tag.</summary>
    public int SourceLength { get; init; }

    /// <summary>The address for the result. 0 discards it.</summary>
    public nint Destination { get; init; }

    /// <summary>
    /// The number of bytes to copy out to <see cref="Destination"/> plus <see cref="DestinationOffset"/>. For compression: the size of that
    /// buffer.
    /// </summary>
    public int DestinationLength { get; init; }

    /// <summary>The number of bytes at the destination that are not written: FreeBSD 13 leaves out an IV prefix.</summary>
    public int DestinationOffset { get; init; }

    public IvPlace IvPlace { get; init; }

    public nint Iv { get; init; }

    /// <summary>The length of the caller's IV in bytes.</summary>
    public int IvLength { get; init; }

    public nint AssociatedData { get; init; }

    public int AssociatedDataLength { get; init; }

    /// <summary>The address where the digest or tag is written or read. 0 discards it.</summary>
    public nint Tag { get; init; }

    public int TagLength { get; init; }

    /// <summary>The number of tag bytes that are computed. The rest is zero (FreeBSD's NULL_HMAC).</summary>
    public int ComputedTagLength { get; init; }

    /// <summary>AEAD of Linux: the tag follows the ciphertext. Otherwise it is at <see cref="Tag"/>.</summary>
    public bool IsTagAttached { get; init; }

    /// <summary>Linux: the hash starts anew.</summary>
    public bool HashReset { get; init; }

    /// <summary>The hash ends, and its digest is written.</summary>
    public bool HashFinal { get; init; }

    /// <summary>Linux: the chained IV is written to <see cref="Iv"/>.</summary>
    public bool WriteIv { get; init; }

    /// <summary>Linux: the operation works on copies of one page, one after the other.</summary>
    public bool IsPaged { get; init; }

    /// <summary>Compression of NetBSD: more data follows.</summary>
    public bool More { get; init; }

    /// <summary>Whether the MAC also covers the IV prefix. On the older BSDs descriptors start at byte 0.</summary>
    public bool MacCoversPrefix { get; init; }

    /// <summary>The number of IV bytes before the message, in the source and in the result.</summary>
    public int PrefixLength => IvPlace is IvPlace.SourcePrefix or IvPlace.RandomPrefix ? IvLength : 0;
}

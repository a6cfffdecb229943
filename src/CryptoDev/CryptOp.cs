namespace CryptoDev;

/// <summary>
/// One operation on a session: one whole message. Two forms. <b>Flat</b>: <see cref="Source"/>, <see cref="Destination"/>,
/// <see cref="Iv"/>, <see cref="AssociatedData"/>, <see cref="Tag"/> or <see cref="ExpectedTag"/>. <b>Descriptors</b>:
/// <see cref="Buffer"/>, worked on in place as <see cref="Descriptors"/> say. It holds the caller's spans and copies nothing.
/// </summary>
/// <remarks>
/// Source and destination may be the same memory; partial overlap is refused. Tags, IV and associated data must not overlap the
/// destination.
/// BSD original: <c>struct cryptop</c> with its <c>cryptodesc</c> chain; FreeBSD's flat form since 13 (<c>crp_payload_start</c>,
/// <c>crp_aad</c>, <c>crp_digest_start</c>).
/// </remarks>
public readonly ref struct CryptOp
{
    /// <summary>Which way.</summary>
    public CryptDirection Direction { get; init; }

    /// <summary>Where the IV comes from.</summary>
    public IvSource IvSource { get; init; }

    /// <summary>Whether the tag is computed or verified.</summary>
    public TagAction TagAction { get; init; }

    /// <summary>
    /// The input. Decrypting with an attached tag: ciphertext, then tag. With <see cref="IvSource.Buffer"/>, decrypting: IV first.
    /// </summary>
    public ReadOnlySpan<byte> Source { get; init; }

    /// <summary>
    /// The output, at least as long as the result. Encrypting with an attached tag: ciphertext, then tag. An IV from the buffer or at
    /// random stands first. For digests: the digest, when <see cref="Tag"/> is empty.
    /// </summary>
    public Span<byte> Destination { get; init; }

    /// <summary>The IV, counter block or nonce, of exactly the session's IV length, when <see cref="IvSource"/> is explicit.</summary>
    public ReadOnlySpan<byte> Iv { get; init; }

    /// <summary>Associated data: authenticated, not encrypted. For cipher+MAC and keyed digests it is hashed before the message.</summary>
    public ReadOnlySpan<byte> AssociatedData { get; init; }

    /// <summary>
    /// Room for the detached tag of an operation that computes it, of the session's tag length; empty: the tag is attached. An operation
    /// that verifies has its tag in <see cref="ExpectedTag"/> and leaves this empty.
    /// </summary>
    public Span<byte> Tag { get; init; }

    /// <summary>
    /// The detached tag of an operation that verifies it, of the session's tag length; only read. Empty: the tag is attached. An operation
    /// that computes leaves this empty.
    /// </summary>
    public ReadOnlySpan<byte> ExpectedTag { get; init; }

    /// <summary>Descriptor form: the one buffer (<c>crp_buf</c>).</summary>
    public Span<byte> Buffer { get; init; }

    /// <summary>Descriptor form: the steps in order (<c>crp_desc</c>); empty for the flat form.</summary>
    public ReadOnlySpan<CryptDescriptor> Descriptors { get; init; }

    /// <summary>
    /// A flat encryption. With an empty <paramref name="tag"/> an authenticating session attaches the tag to the ciphertext.
    /// </summary>
    public static CryptOp Encrypt(
        ReadOnlySpan<byte> source,
        Span<byte> destination,
        ReadOnlySpan<byte> iv = default,
        ReadOnlySpan<byte> associatedData = default,
        Span<byte> tag = default
    ) =>
        new()
        {
            Source = source,
            Destination = destination,
            Iv = iv,
            AssociatedData = associatedData,
            Tag = tag,
        };

    /// <summary>
    /// A flat decryption. With an empty <paramref name="tag"/> an authenticating session finds the tag after the ciphertext. The tag is
    /// only read.
    /// </summary>
    public static CryptOp Decrypt(
        ReadOnlySpan<byte> source,
        Span<byte> destination,
        ReadOnlySpan<byte> iv = default,
        ReadOnlySpan<byte> associatedData = default,
        ReadOnlySpan<byte> tag = default
    ) =>
        new()
        {
            Direction = CryptDirection.Decrypt,
            Source = source,
            Destination = destination,
            Iv = iv,
            AssociatedData = associatedData,
            ExpectedTag = tag,
        };

    /// <summary>Computes a digest or MAC of <paramref name="source"/> into <paramref name="destination"/>.</summary>
    public static CryptOp Digest(ReadOnlySpan<byte> source, Span<byte> destination, ReadOnlySpan<byte> iv = default) =>
        new()
        {
            Source = source,
            Tag = destination,
            Iv = iv,
            TagAction = TagAction.Compute,
        };

    /// <summary>Verifies a digest or MAC of <paramref name="source"/>. The tag is only read.</summary>
    public static CryptOp Verify(ReadOnlySpan<byte> source, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> iv = default) =>
        new()
        {
            Source = source,
            ExpectedTag = tag,
            Iv = iv,
            TagAction = TagAction.Verify,
        };

    /// <summary>The descriptor form.</summary>
    public static CryptOp Chain(
        Span<byte> buffer,
        ReadOnlySpan<CryptDescriptor> descriptors,
        ReadOnlySpan<byte> associatedData = default
    ) =>
        new()
        {
            Buffer = buffer,
            Descriptors = descriptors,
            AssociatedData = associatedData,
        };

    /// <summary>Whether the tag is checked, the direction deciding where the caller left it open.</summary>
    internal bool VerifiesTag => TagAction == TagAction.Verify || (TagAction == TagAction.Default && Direction == CryptDirection.Decrypt);
}

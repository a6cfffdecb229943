namespace CryptoDev;

/// <summary>
/// One operation on a session: one whole message. It has two forms. <b>Flat</b>: <see cref="Source"/>, <see cref="Destination"/>,
/// <see cref="Iv"/>, <see cref="AssociatedData"/>, <see cref="Tag"/> or <see cref="ExpectedTag"/>. <b>Descriptors</b>: <see cref="Buffer"/>
/// is processed in place, in the steps that <see cref="Descriptors"/> give. It refers to the caller's spans and copies nothing.
/// </summary>
/// <remarks>
/// Source and destination may be the same memory. They must not overlap in part, and for compression they must not overlap at all. Tag, IV
/// and associated data must not overlap the destination. BSD original: <c>struct cryptop</c> with its <c>cryptodesc</c> chain; FreeBSD's
/// flat form since 13 (<c>crp_payload_start</c>, <c>crp_aad</c>, <c>crp_digest_start</c>).
/// </remarks>
public readonly ref struct CryptOp
{
    /// <summary>Whether the operation encrypts or decrypts.</summary>
    public CryptDirection Direction { get; init; }

    /// <summary>Where the IV comes from.</summary>
    public IvSource IvSource { get; init; }

    /// <summary>Whether the tag is computed or verified.</summary>
    public TagAction TagAction { get; init; }

    /// <summary>
    /// The input. When decrypting with an attached tag, it is the ciphertext followed by the tag. When decrypting with
    /// <see cref="IvSource.Buffer"/>, the IV comes first.
    /// </summary>
    public ReadOnlySpan<byte> Source { get; init; }

    /// <summary>
    /// The output, at least as long as the result. When encrypting with an attached tag, the tag follows the ciphertext. When encrypting
    /// with an IV from the buffer or a random IV, the IV comes first. For digests with an empty <see cref="Tag"/>, the digest is written
    /// here.
    /// </summary>
    public Span<byte> Destination { get; init; }

    /// <summary>
    /// The IV, counter block or nonce, when <see cref="IvSource"/> is explicit. It must have exactly the session's IV length.
    /// </summary>
    public ReadOnlySpan<byte> Iv { get; init; }

    /// <summary>Data that is authenticated and not encrypted. Cipher+MAC sessions and keyed digests hash it before the message.</summary>
    public ReadOnlySpan<byte> AssociatedData { get; init; }

    /// <summary>
    /// Where an operation that computes a tag writes it. It has the session's tag length. If it is empty, the tag is attached to the
    /// ciphertext. An operation that verifies leaves this empty and uses <see cref="ExpectedTag"/>.
    /// </summary>
    public Span<byte> Tag { get; init; }

    /// <summary>
    /// The tag that an operation verifies. It has the session's tag length and is only read. If it is empty, the tag is attached to the
    /// ciphertext. An operation that computes a tag leaves this empty.
    /// </summary>
    public ReadOnlySpan<byte> ExpectedTag { get; init; }

    /// <summary>Descriptor form: the buffer that is processed in place (<c>crp_buf</c>).</summary>
    public Span<byte> Buffer { get; init; }

    /// <summary>Descriptor form: the steps, in order (<c>crp_desc</c>). Empty in the flat form.</summary>
    public ReadOnlySpan<CryptDescriptor> Descriptors { get; init; }

    /// <summary>
    /// A flat encryption. If <paramref name="tag"/> is empty, a session that authenticates appends the tag to the ciphertext.
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
    /// A flat decryption. If <paramref name="tag"/> is empty, a session that authenticates reads the tag after the ciphertext. The tag is
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

    /// <summary>
    /// Computes a digest or MAC of <paramref name="source"/>. <paramref name="destination"/> has exactly the session's tag length.
    /// </summary>
    public static CryptOp Digest(ReadOnlySpan<byte> source, Span<byte> destination, ReadOnlySpan<byte> iv = default) =>
        new()
        {
            Source = source,
            Tag = destination,
            Iv = iv,
            TagAction = TagAction.Compute,
        };

    /// <summary>
    /// Verifies a digest or MAC of <paramref name="source"/>. <paramref name="tag"/> has exactly the session's tag length and is only read.
    /// </summary>
    public static CryptOp Verify(ReadOnlySpan<byte> source, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> iv = default) =>
        new()
        {
            Source = source,
            ExpectedTag = tag,
            Iv = iv,
            TagAction = TagAction.Verify,
        };

    /// <summary>An operation in the descriptor form. The buffer is changed in place.</summary>
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

    /// <summary>Whether the tag is verified. With <see cref="TagAction.Default"/> the direction decides.</summary>
    internal bool VerifiesTag => TagAction == TagAction.Verify || (TagAction == TagAction.Default && Direction == CryptDirection.Decrypt);
}

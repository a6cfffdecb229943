using CryptoDev.Framework;

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
    public InputBytes Source { get; init; }

    /// <summary>
    /// The output, at least as long as the result, and with an attached tag exactly as long. When encrypting with an attached tag, the tag
    /// follows the ciphertext. When encrypting with an IV from the buffer or a random IV, the IV comes first. For digests with an empty
    /// <see cref="Tag"/>, the digest is written here.
    /// </summary>
    public Span<byte> Destination { get; init; }

    /// <summary>
    /// The IV, counter block or nonce, when <see cref="IvSource"/> is explicit. It must have exactly the session's IV length.
    /// </summary>
    public InputBytes Iv { get; init; }

    /// <summary>Data that is authenticated and not encrypted. Cipher+MAC sessions and keyed digests hash it before the message.</summary>
    public InputBytes AssociatedData { get; init; }

    /// <summary>
    /// Where an operation that computes a tag writes it. It has the session's tag length. If it is empty, the tag is attached to the
    /// ciphertext. An operation that verifies leaves this empty and uses <see cref="ExpectedTag"/>.
    /// </summary>
    public Span<byte> Tag { get; init; }

    /// <summary>
    /// The tag that an operation verifies. It has the session's tag length and is only read. If it is empty, the tag is attached to the
    /// ciphertext. An operation that computes a tag leaves this empty.
    /// </summary>
    public InputBytes ExpectedTag { get; init; }

    /// <summary>Descriptor form: the buffer that is processed in place (<c>crp_buf</c>).</summary>
    public Span<byte> Buffer { get; init; }

    /// <summary>Descriptor form: the steps, in order (<c>crp_desc</c>). Empty in the flat form.</summary>
    public ReadOnlySpan<CryptDescriptor> Descriptors { get; init; }

    /// <summary>
    /// An encryption by a cipher session, or a compression. The arguments are in the order of the properties. A session that authenticates
    /// has <see cref="Seal"/> and <see cref="SealAttached"/>.
    /// </summary>
    /// <param name="source">The plaintext.</param>
    /// <param name="destination">The ciphertext, at least as long as the result. It may be the same memory as the source.</param>
    /// <param name="iv">The IV or counter block. It has the session's IV length.</param>
    /// <exception cref="ArgumentNullException">An array that is read is null.</exception>
    public static CryptOp Encrypt(InputBytes source, Span<byte> destination, InputBytes iv = default) =>
        new()
        {
            Source = source,
            Destination = destination,
            Iv = iv,
        };

    /// <summary>
    /// A decryption by a cipher session, or an expansion. A session that authenticates has <see cref="Open"/> and
    /// <see cref="OpenAttached"/>.
    /// </summary>
    /// <param name="source">The ciphertext.</param>
    /// <param name="destination">The plaintext, at least as long as the result. It may be the same memory as the source.</param>
    /// <param name="iv">The IV or counter block. It has the session's IV length.</param>
    /// <exception cref="ArgumentNullException">An array that is read is null.</exception>
    public static CryptOp Decrypt(InputBytes source, Span<byte> destination, InputBytes iv = default) =>
        new()
        {
            Direction = CryptDirection.Decrypt,
            Source = source,
            Destination = destination,
            Iv = iv,
        };

    /// <summary>
    /// Encrypts and authenticates, with the tag in a span of its own. For AEAD and cipher+MAC sessions. The arguments are in the order of
    /// <see cref="System.Security.Cryptography.AesGcm"/>.
    /// </summary>
    /// <param name="nonce">The nonce or IV. It has the session's IV length.</param>
    /// <param name="plaintext">The message.</param>
    /// <param name="ciphertext">At least as long as the message. It may be the same memory.</param>
    /// <param name="tag">Where the tag is written. It has the session's tag length and is apart from the ciphertext.</param>
    /// <param name="associatedData">Data that is authenticated and not encrypted. It is apart from the ciphertext.</param>
    /// <exception cref="ArgumentException">The tag has no bytes. <see cref="SealAttached"/> writes it behind the ciphertext.</exception>
    /// <exception cref="ArgumentNullException">An array that is read is null.</exception>
    public static CryptOp Seal(
        InputBytes nonce,
        InputBytes plaintext,
        Span<byte> ciphertext,
        Span<byte> tag,
        InputBytes associatedData = default
    )
    {
        if (tag.IsEmpty)
        {
            CryptOpValidator.ThrowNoTag(nameof(SealAttached));
        }

        return new CryptOp
        {
            Source = plaintext,
            Destination = ciphertext,
            Iv = nonce,
            AssociatedData = associatedData,
            Tag = tag,
        };
    }

    /// <summary>
    /// Verifies and decrypts, with the tag in a span of its own. For AEAD and cipher+MAC sessions. The arguments are in the order of
    /// <see cref="System.Security.Cryptography.AesGcm"/>.
    /// </summary>
    /// <param name="nonce">The nonce or IV. It has the session's IV length.</param>
    /// <param name="ciphertext">The ciphertext without its tag.</param>
    /// <param name="tag">The tag to verify. It has the session's tag length, is apart from the plaintext and is only read.</param>
    /// <param name="plaintext">At least as long as the ciphertext. It may be the same memory. It is zeroed if the tag is wrong.</param>
    /// <param name="associatedData">The associated data that the message was sealed with. It is apart from the plaintext.</param>
    /// <exception cref="ArgumentException">The tag has no bytes. <see cref="OpenAttached"/> reads it behind the ciphertext.</exception>
    /// <exception cref="ArgumentNullException">An array that is read is null.</exception>
    public static CryptOp Open(
        InputBytes nonce,
        InputBytes ciphertext,
        InputBytes tag,
        Span<byte> plaintext,
        InputBytes associatedData = default
    )
    {
        if (tag.IsEmpty)
        {
            CryptOpValidator.ThrowNoTag(nameof(OpenAttached));
        }

        return new CryptOp
        {
            Direction = CryptDirection.Decrypt,
            Source = ciphertext,
            Destination = plaintext,
            Iv = nonce,
            AssociatedData = associatedData,
            ExpectedTag = tag,
        };
    }

    /// <summary>Encrypts and authenticates, with the tag behind the ciphertext. For AEAD and cipher+MAC sessions.</summary>
    /// <param name="nonce">The nonce or IV. It has the session's IV length.</param>
    /// <param name="plaintext">The message.</param>
    /// <param name="ciphertextAndTag">
    /// Exactly as long as the message and the session's tag together; another length is refused when the operation is processed. It may
    /// begin at the same address as the message.
    /// </param>
    /// <param name="associatedData">Data that is authenticated and not encrypted. It is apart from the ciphertext.</param>
    /// <exception cref="ArgumentNullException">An array that is read is null.</exception>
    public static CryptOp SealAttached(
        InputBytes nonce,
        InputBytes plaintext,
        Span<byte> ciphertextAndTag,
        InputBytes associatedData = default
    ) =>
        new()
        {
            Source = plaintext,
            Destination = ciphertextAndTag,
            Iv = nonce,
            AssociatedData = associatedData,

            // A session that has no tag refuses this action. Without it, it would write an unauthenticated ciphertext.
            TagAction = TagAction.Compute,
        };

    /// <summary>Verifies and decrypts, with the tag behind the ciphertext. For AEAD and cipher+MAC sessions.</summary>
    /// <param name="nonce">The nonce or IV. It has the session's IV length.</param>
    /// <param name="ciphertextAndTag">The ciphertext followed by its tag.</param>
    /// <param name="plaintext">
    /// Exactly as long as the ciphertext without its tag; another length is refused when the operation is processed. It may begin at the
    /// same address as the ciphertext. It is zeroed if the tag is wrong.
    /// </param>
    /// <param name="associatedData">The associated data that the message was sealed with. It is apart from the plaintext.</param>
    /// <exception cref="ArgumentNullException">An array that is read is null.</exception>
    public static CryptOp OpenAttached(
        InputBytes nonce,
        InputBytes ciphertextAndTag,
        Span<byte> plaintext,
        InputBytes associatedData = default
    ) =>
        new()
        {
            Direction = CryptDirection.Decrypt,
            Source = ciphertextAndTag,
            Destination = plaintext,
            Iv = nonce,
            AssociatedData = associatedData,
            TagAction = TagAction.Verify,
        };

    /// <summary>
    /// Computes a digest or MAC of <paramref name="source"/>. <paramref name="destination"/> has exactly the session's tag length.
    /// </summary>
    /// <exception cref="ArgumentNullException">An array that is read is null.</exception>
    public static CryptOp Digest(InputBytes source, Span<byte> destination, InputBytes iv = default) =>
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
    /// <exception cref="ArgumentNullException">An array that is read is null.</exception>
    public static CryptOp Verify(InputBytes source, InputBytes tag, InputBytes iv = default) =>
        new()
        {
            Source = source,
            ExpectedTag = tag,
            Iv = iv,
            TagAction = TagAction.Verify,
        };

    /// <summary>An operation in the descriptor form. The buffer is changed in place.</summary>
    /// <exception cref="ArgumentException">There are no descriptors.</exception>
    /// <exception cref="ArgumentNullException">An array that is read is null.</exception>
    public static CryptOp Chain(Span<byte> buffer, ReadOnlySpan<CryptDescriptor> descriptors, InputBytes associatedData = default)
    {
        if (descriptors.IsEmpty)
        {
            CryptOpValidator.ThrowNoDescriptors();
        }

        return new CryptOp
        {
            Buffer = buffer,
            Descriptors = descriptors,
            AssociatedData = associatedData,
        };
    }

    /// <summary>Whether the tag is verified. With <see cref="TagAction.Default"/> the direction decides.</summary>
    internal bool VerifiesTag => TagAction == TagAction.Verify || (TagAction == TagAction.Default && Direction == CryptDirection.Decrypt);
}

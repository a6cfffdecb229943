using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace CryptoDev.Framework;

/// <summary>
/// The checks of one operation. Each rule is in one place. The checks are branches. Exception texts are built in separate methods that only
/// a failed check calls.
/// </summary>
internal static class CryptOpValidator
{
    /// <summary>
    /// Checks the message length against the algorithm, the length of the destination, and overlap. The limits of drivers are checked where
    /// the driver of the message is chosen.
    /// </summary>
    public static void CheckMessage(CryptoAlgorithm algorithm, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        // Block sizes are powers of two, so a mask is used. A division would cost as much as all the other checks.
        if ((source.Length & (algorithm.BlockSize - 1)) != 0)
        {
            ThrowNotBlocks(algorithm, source.Length);
        }

        if (source.Length < algorithm.MinimumMessageLength)
        {
            ThrowTooShort(algorithm, source.Length);
        }

        if (destination.Length < source.Length)
        {
            ThrowDestination(destination.Length, source.Length);
        }

        if (source.Overlaps(destination[..source.Length], out int offset) && offset != 0)
        {
            ThrowOverlap(offset);
        }
    }

    /// <summary>Checks the lengths of an operation against the limits of its driver.</summary>
    public static void CheckLimits(CryptoAlgorithm algorithm, int associatedData, int message, MessageLimits limits)
    {
        if (!limits.Take(associatedData, message))
        {
            throw TooLong(algorithm, associatedData, message, limits);
        }
    }

    /// <summary>Refuses a digest or its verification on a session that encrypts, before its IV or destination is looked at.</summary>
    public static void CheckIsNoDigest(CryptoAlgorithm algorithm, in CryptOp op)
    {
        // Opening an attached tag without a text has no destination either, but the tag is not apart.
        bool hasTag = !op.Tag.IsEmpty || !op.ExpectedTag.IsEmpty;
        if (op.TagAction != TagAction.Default && hasTag && op.Destination.IsEmpty && !op.Source.IsEmpty)
        {
            throw new ArgumentException(
                $"The operation makes or verifies a digest, and this session ({algorithm}) encrypts and decrypts: use CryptOp.Encrypt or "
                    + "CryptOp.Decrypt, or open a session of a digest or MAC.",
                nameof(op)
            );
        }
    }

    /// <summary>Refuses encryption and decryption on a session that digests, before the IV is looked at.</summary>
    public static void CheckIsDigest(CryptoAlgorithm algorithm, in CryptOp op)
    {
        bool takesIv = algorithm.IvSizes.Maximum != 0;
        if (
            op.TagAction == TagAction.Default
            && ((!op.Iv.IsEmpty && !takesIv) || (!op.Destination.IsEmpty && (!op.Tag.IsEmpty || op.Direction == CryptDirection.Decrypt)))
        )
        {
            throw new ArgumentException(
                $"The operation encrypts or decrypts, and this session ({algorithm}) makes digests: use CryptOp.Digest or CryptOp.Verify, "
                    + "or open a session of a cipher.",
                nameof(op)
            );
        }
    }

    public static void CheckIv(CryptoAlgorithm algorithm, ReadOnlySpan<byte> iv, int expected, int messageLength)
    {
        if (iv.Length != expected)
        {
            ThrowIv(algorithm, iv.Length, expected);
        }

        if (algorithm.Chaining == IvChaining.Counter32)
        {
            CheckCounter32(algorithm, iv, messageLength);
        }
    }

    /// <summary>
    /// RFC 8439 2.4: the counter must not wrap. libcrypto would carry into the nonce and the kernel would not, so all rungs refuse it.
    /// </summary>
    public static void CheckCounter32(CryptoAlgorithm algorithm, ReadOnlySpan<byte> iv, long messageLength)
    {
        long blocks = (messageLength + algorithm.ChainBlockSize - 1) / algorithm.ChainBlockSize;
        if (BinaryPrimitives.ReadUInt32LittleEndian(iv) + blocks > 0x1_0000_0000L)
        {
            throw new ArgumentException(
                $"The 32-bit block counter of {algorithm} would wrap: it starts at "
                    + $"{BinaryPrimitives.ReadUInt32LittleEndian(iv)} and the message has {blocks} blocks.",
                nameof(iv)
            );
        }
    }

    public static void CheckNoAuthentication(CryptoAlgorithm algorithm, in CryptOp op)
    {
        if (!op.AssociatedData.IsEmpty || !op.Tag.IsEmpty || !op.ExpectedTag.IsEmpty || op.TagAction != TagAction.Default)
        {
            throw new ArgumentException(
                $"{algorithm} authenticates nothing; associated data, a tag or a tag action cannot be given.",
                nameof(op)
            );
        }
    }

    /// <summary>
    /// An operation that computes its tag writes it to Tag. An operation that verifies its tag reads it from ExpectedTag. The other one is
    /// empty.
    /// </summary>
    public static void CheckTagPlace(in CryptOp op)
    {
        if (op.VerifiesTag ? !op.Tag.IsEmpty : !op.ExpectedTag.IsEmpty)
        {
            ThrowTagPlace(op.VerifiesTag);
        }
    }

    public static void CheckTag(CryptoAlgorithm algorithm, ReadOnlySpan<byte> tag, int expected)
    {
        if (tag.Length != expected)
        {
            throw new ArgumentException($"This session's tag ({algorithm}) has {expected} bytes; {tag.Length} were given.", nameof(tag));
        }
    }

    /// <summary>
    /// A digest with a tag of its own writes nothing else. A destination was meant for a ciphertext, which this session does not make.
    /// </summary>
    public static void CheckNoDestination(CryptoAlgorithm algorithm, Span<byte> destination)
    {
        if (!destination.IsEmpty)
        {
            throw new ArgumentException(
                $"{algorithm} makes a tag and no ciphertext; a destination beside the tag cannot be given.",
                nameof(destination)
            );
        }
    }

    /// <summary>A buffer that is read after the destination is written must not overlap the destination.</summary>
    public static void CheckApart(ReadOnlySpan<byte> other, Span<byte> destination, string name)
    {
        if (other.Overlaps(destination))
        {
            throw new ArgumentException($"The {name} must not overlap the destination.", name);
        }
    }

    [DoesNotReturn]
    public static void ThrowDestination(int given, long needed) =>
        throw new ArgumentException($"The destination has {given} bytes; {needed} are needed.", "destination");

    [DoesNotReturn]
    public static void ThrowAttachedDestination(int given, long needed, bool encrypt) =>
        throw new ArgumentException(
            encrypt
                ? $"The destination has {given} bytes; it must have exactly {needed}, the ciphertext and its tag. For a tag in a span of "
                    + "its own use CryptOp.Seal."
                : $"The destination has {given} bytes; it must have exactly {needed}: the source is the ciphertext and its tag. For a tag "
                    + "in a span of its own use CryptOp.Open.",
            "destination"
        );

    [DoesNotReturn]
    public static void ThrowNoTag(string attached) =>
        throw new ArgumentException($"The tag has no bytes; CryptOp.{attached} has it behind the ciphertext.", "tag");

    [DoesNotReturn]
    public static void ThrowNoDescriptors() =>
        throw new ArgumentException("An operation in the descriptor form has at least one descriptor.", "descriptors");

    /// <summary>The exception for a length that no driver of the session takes.</summary>
    /// <param name="algorithm">The algorithm.</param>
    /// <param name="associatedData">The length of the associated data.</param>
    /// <param name="message">The length of the message.</param>
    /// <param name="limits">The limits of the driver that takes the most.</param>
    public static ArgumentException TooLong(CryptoAlgorithm algorithm, long associatedData, long message, MessageLimits limits) =>
        message > limits.Message
            ? new ArgumentException(
                $"A message of {message} bytes is over this session's limit of {limits.Message} bytes for {algorithm}.",
                "source"
            )
        : associatedData > limits.AssociatedData
            ? new ArgumentException(
                $"Associated data has {associatedData} bytes; this session's limit is {limits.AssociatedData} for {algorithm}.",
                nameof(CryptOp.AssociatedData)
            )
        : new ArgumentException(
            $"Associated data and message have {associatedData + message} bytes; this session's limit for them together is "
                + $"{limits.Total} for {algorithm}.",
            nameof(CryptOp.AssociatedData)
        );

    [DoesNotReturn]
    private static void ThrowNotBlocks(CryptoAlgorithm algorithm, int given) =>
        throw new ArgumentException(
            $"{algorithm} takes messages of a multiple of {algorithm.BlockSize} bytes; {given} were given.",
            "source"
        );

    [DoesNotReturn]
    private static void ThrowTooShort(CryptoAlgorithm algorithm, int given) =>
        throw new ArgumentException(
            $"{algorithm} takes messages of at least {algorithm.MinimumMessageLength} bytes; {given} were given.",
            "source"
        );

    [DoesNotReturn]
    private static void ThrowOverlap(int offset) =>
        throw new ArgumentException(
            $"Source and destination overlap by an offset of {offset} bytes; they must be the same memory or apart.",
            "destination"
        );

    [DoesNotReturn]
    private static void ThrowTagPlace(bool verifies) =>
        throw new ArgumentException(
            verifies
                ? "The operation verifies its tag: that is given as ExpectedTag, and Tag stays empty."
                : "The operation computes its tag: the room for it is Tag, and ExpectedTag stays empty.",
            "tag"
        );

    [DoesNotReturn]
    private static void ThrowIv(CryptoAlgorithm algorithm, int given, int expected) =>
        throw new ArgumentException($"This session's IV ({algorithm}) has {expected} bytes; {given} were given.", "iv");
}

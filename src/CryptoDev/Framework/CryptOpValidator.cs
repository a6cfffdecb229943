using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace CryptoDev.Framework;

/// <summary>
/// The checks of one operation. Each rule is in one place. The checks are branches. Exception texts are built in separate methods that only
/// a failed check calls.
/// </summary>
internal static class CryptOpValidator
{
    /// <summary>Checks the message length, the length of the destination, and overlap.</summary>
    public static void CheckMessage(CryptoAlgorithm algorithm, ReadOnlySpan<byte> source, Span<byte> destination, long limit)
    {
        CheckLimit(algorithm, source.Length, limit);

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

    public static void CheckLimit(CryptoAlgorithm algorithm, int length, long limit)
    {
        if (length > limit)
        {
            ThrowTooLong(algorithm, length, limit);
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

    [DoesNotReturn]
    private static void ThrowTooLong(CryptoAlgorithm algorithm, long given, long limit) =>
        throw new ArgumentException($"A message of {given} bytes is over this session's limit of {limit} bytes for {algorithm}.", "source");

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

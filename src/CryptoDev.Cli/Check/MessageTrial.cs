using System.Security.Cryptography;

namespace CryptoDev.Cli.Check;

/// <summary>The memory layout of one trial message.</summary>
internal readonly record struct TrialShape(int SourceOffset, int DestinationOffset, bool InPlace, bool AttachedTag)
{
    public static TrialShape Plain { get; }

    public static TrialShape Random(Random random) => new(random.Next(64), random.Next(64), random.Next(2) == 0, random.Next(2) == 0);

    public override string ToString() =>
        InPlace ? $"in place at offset {DestinationOffset}" : $"from offset {SourceOffset} to offset {DestinationOffset}";
}

/// <summary>
/// Runs single messages on a session in guarded memory. It checks what must hold for every algorithm: guards and lengths are right, and the
/// source is unchanged.
/// </summary>
internal sealed class MessageTrial(int longest)
{
    private const int LongestTag = 64;

    private readonly GuardedBuffer _source = new(longest + LongestTag);
    private readonly GuardedBuffer _destination = new(longest + LongestTag);

    /// <summary>Encrypts or decrypts one message. The result stays valid until the next run.</summary>
    /// <param name="session">The session.</param>
    /// <param name="direction">Encrypt or decrypt.</param>
    /// <param name="input">The message. When decrypting with an attached tag, the tag is included.</param>
    /// <param name="iv">The IV.</param>
    /// <param name="associatedData">The associated data.</param>
    /// <param name="tag">The detached tag, or empty.</param>
    /// <param name="outputLength">The number of bytes that must be written.</param>
    /// <param name="shape">The layout.</param>
    public ReadOnlySpan<byte> Cipher(
        Session session,
        CryptDirection direction,
        ReadOnlySpan<byte> input,
        byte[] iv,
        byte[] associatedData,
        Span<byte> tag,
        int outputLength,
        TrialShape shape
    )
    {
        Span<byte> output = Lay(input, outputLength, shape, out ReadOnlySpan<byte> source);
        int written = session.Process(
            new CryptOp
            {
                Direction = direction,
                Source = source,
                Destination = output,
                Iv = iv,
                AssociatedData = associatedData,
                Tag = direction == CryptDirection.Encrypt ? tag : default,
                ExpectedTag = direction == CryptDirection.Encrypt ? default : tag,
            }
        );
        CheckAround(input, source, shape);
        return written == outputLength
            ? output
            : throw new DisagreementException($"it says that it wrote {written} bytes where {outputLength} are right");
    }

    /// <summary>Decrypts a tampered message: the session must refuse it and zero the destination.</summary>
    public void Refused(
        Session session,
        ReadOnlySpan<byte> input,
        byte[] iv,
        byte[] associatedData,
        ReadOnlySpan<byte> tag,
        int outputLength,
        TrialShape shape
    )
    {
        Span<byte> output = Lay(input, outputLength, shape, out ReadOnlySpan<byte> source);
        try
        {
            session.Process(
                new CryptOp
                {
                    Direction = CryptDirection.Decrypt,
                    Source = source,
                    Destination = output,
                    Iv = iv,
                    AssociatedData = associatedData,
                    ExpectedTag = tag,
                }
            );
        }
        catch (AuthenticationTagMismatchException)
        {
            CheckAround(input, source, shape);
            if (output.ContainsAnyExcept((byte)0))
            {
                throw new DisagreementException("it refused a message that was tampered with and left bytes in the destination");
            }

            return;
        }

        throw new DisagreementException("it accepted a message that was tampered with");
    }

    /// <summary>Digests one message at one offset and writes the digest at another.</summary>
    public ReadOnlySpan<byte> Digest(Session session, ReadOnlySpan<byte> message, byte[] iv, TrialShape shape)
    {
        Span<byte> output = Lay(message, session.TagLength, shape with { InPlace = false }, out ReadOnlySpan<byte> source);
        session.Process(CryptOp.Digest(source, output, iv));
        CheckAround(message, source, shape with { InPlace = false });
        return output;
    }

    private Span<byte> Lay(ReadOnlySpan<byte> input, int outputLength, TrialShape shape, out ReadOnlySpan<byte> source)
    {
        if (shape.InPlace)
        {
            Span<byte> both = _destination.Place(shape.DestinationOffset, Math.Max(input.Length, outputLength));
            input.CopyTo(both);
            source = both[..input.Length];
            return both[..outputLength];
        }

        Span<byte> from = _source.Place(shape.SourceOffset, input.Length);
        input.CopyTo(from);
        source = from;
        Span<byte> to = _destination.Place(shape.DestinationOffset, outputLength);
        to.Fill(0x5c);
        return to;
    }

    private void CheckAround(ReadOnlySpan<byte> input, ReadOnlySpan<byte> source, TrialShape shape)
    {
        _destination.CheckGuards();
        if (!shape.InPlace)
        {
            _source.CheckGuards();
            if (!source.SequenceEqual(input))
            {
                throw new DisagreementException("it changed its source");
            }
        }
    }
}

using CryptoDev.Native;

namespace CryptoDev.Cli.Input;

/// <summary>A message that must be completely in memory: AEAD, XTS, GMAC, compression. Cleared when disposed.</summary>
internal sealed class WholeMessage : IDisposable
{
    /// <summary>The longest message that this command holds in memory.</summary>
    public const long Limit = 1L << 30;

    private WholeMessage(GrowingMemoryHandle memory, int length)
    {
        Memory = memory;
        Length = length;
    }

    public int Length { get; }

    /// <summary>The message, followed by the free space that was asked for.</summary>
    public GrowingMemoryHandle Memory { get; }

    public Span<byte> Bytes => Memory.Bytes[..Length];

    /// <summary>Reads to the end. Refuses a message longer than <paramref name="limit"/> as soon as that is known.</summary>
    /// <param name="stream">The input.</param>
    /// <param name="name">The name for error messages.</param>
    /// <param name="limit">The maximum number of bytes.</param>
    /// <param name="room">The number of bytes to leave free after the message.</param>
    /// <param name="what">The algorithm, for the error.</param>
    /// <param name="progress">Gets the number of bytes read so far.</param>
    /// <param name="stop">Cancels.</param>
    public static WholeMessage Read(
        Stream stream,
        string name,
        long limit,
        int room,
        string what,
        Action<long> progress,
        CancellationToken stop
    )
    {
        limit = Math.Min(limit, Limit);
        if (stream.CanSeek && stream.Length - stream.Position > limit)
        {
            throw TooLong(what, $"{stream.Length - stream.Position}", limit);
        }

        // The length of a pipe shows only as it comes. Memory grows with it in place, so it is never there twice.
        GrowingMemoryHandle memory = GrowingMemoryHandle.Reserve((int)limit + room);
        int length = 0;
        try
        {
            using PieceReader reader = new(stream, name, stop);
            while (reader.TryNext(out Piece piece))
            {
                if (length + (long)piece.Length > limit)
                {
                    throw TooLong(what, "more", limit);
                }

                memory.Grow(length + piece.Length + room);
                piece.Bytes.CopyTo(memory.Bytes[length..]);
                length += piece.Length;
                progress(length);
            }

            return new WholeMessage(memory, length);
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    public void Dispose() => Memory.Dispose();

    private static CliException TooLong(string what, string given, long limit) =>
        CliException.Usage($"{what} takes the message as one whole of at most {limit} bytes here; {given} were given.");
}

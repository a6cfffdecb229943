using System.Security.Cryptography;

namespace CryptoDev.Cli.Input;

/// <summary>A message that must be completely in memory: AEAD, XTS, GMAC, compression. Cleared when disposed.</summary>
internal sealed class WholeMessage : IDisposable
{
    /// <summary>The longest message that this command holds in memory.</summary>
    public const long Limit = 1L << 30;

    private WholeMessage(byte[] buffer, int length)
    {
        Buffer = buffer;
        Length = length;
    }

    public int Length { get; }

    /// <summary>The message, followed by the free space that was asked for.</summary>
    public byte[] Buffer { get; }

    public Span<byte> Bytes => Buffer.AsSpan(0, Length);

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
        long expected = stream.CanSeek ? stream.Length - stream.Position : 0;
        if (expected > limit)
        {
            throw TooLong(what, $"{expected}", limit);
        }

        byte[] buffer = new byte[Math.Max(expected, PieceReader.PieceLength) + room];
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

                if (length + piece.Length + room > buffer.Length)
                {
                    byte[] larger = new byte[Math.Min(2L * (length + piece.Length), limit) + room];
                    buffer.AsSpan(0, length).CopyTo(larger);
                    CryptographicOperations.ZeroMemory(buffer);
                    buffer = larger;
                }

                piece.Bytes.CopyTo(buffer.AsSpan(length));
                length += piece.Length;
                progress(length);
            }

            return new WholeMessage(buffer, length);
        }
        catch
        {
            CryptographicOperations.ZeroMemory(buffer);
            throw;
        }
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(Buffer);

    private static CliException TooLong(string what, string given, long limit) =>
        CliException.Usage($"{what} takes the message as one whole of at most {limit} bytes here; {given} were given.");
}

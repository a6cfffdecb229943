using System.Security.Cryptography;

namespace CryptoDev.Cli.Input;

/// <summary>A message that must be in memory whole: AEAD, XTS, GMAC, compression. Cleared when disposed.</summary>
internal sealed class WholeMessage : IDisposable
{
    /// <summary>The most this command holds in memory.</summary>
    public const long Limit = 1L << 30;

    private WholeMessage(byte[] buffer, int length)
    {
        Buffer = buffer;
        Length = length;
    }

    public int Length { get; }

    /// <summary>The message and the room asked for behind it.</summary>
    public byte[] Buffer { get; }

    public Span<byte> Bytes => Buffer.AsSpan(0, Length);

    /// <summary>Reads to the end; refuses a message over <paramref name="limit"/> as soon as that is known.</summary>
    /// <param name="stream">The input.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="limit">The most bytes.</param>
    /// <param name="room">Bytes to leave free behind the message.</param>
    /// <param name="what">The algorithm, for the error.</param>
    /// <param name="progress">Is told the bytes read so far.</param>
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

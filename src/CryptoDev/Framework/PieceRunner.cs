using System.Security.Cryptography;
using CryptoDev.Drivers;

namespace CryptoDev.Framework;

/// <summary>
/// Runs a long message of a chaining cipher in pieces of the length that the driver takes, each with an explicit IV. A kernel's own
/// chaining is never used. It is wrong for some modes, and after a refused call its IV is unknown. A piece can be tried again, on this rung
/// or on another: until it has succeeded, its IV and the rest of the message are unchanged. The next IV is read from the source before a
/// piece in place overwrites it.
/// </summary>
internal static class PieceRunner
{
    /// <summary>The longest block of a chaining cipher, the one of ChaCha20.</summary>
    private const int LongestBlock = 64;

    /// <summary>Whether the driver takes a message of this length at once.</summary>
    public static bool Fits(DriverSession session, int length) => length <= session.PieceLength && (length & (session.PieceUnit - 1)) == 0;

    /// <summary>
    /// Runs one message. The driver counts pieces, so <paramref name="counts"/> corrects its count to one message. It is asked for its
    /// counters after the run, because the first piece may have moved to another rung.
    /// </summary>
    public static int Process(DriverSession session, CryptoAlgorithm algorithm, in CryptOp op, ICountingSession counts)
    {
        Span<byte> iv = stackalloc byte[AlgorithmLimits.LongestBlock];
        iv = iv[..op.Iv.Length];
        op.Iv.CopyTo(iv);
        long pieces = 0;
        long bytes = 0;
        try
        {
            Run(session, algorithm, op.Direction, iv, op.Source, op.Destination, ref pieces, ref bytes);
        }
        finally
        {
            counts.Counters.Add(-pieces, -bytes, 0);
        }

        counts.Counters.Add(1, op.Source.Length, 0);
        return op.Source.Length;
    }

    /// <summary>
    /// Processes source into destination, which are the same memory or do not overlap. Afterwards <paramref name="iv"/> is the IV of the
    /// next piece. Where the source ends inside a block, no piece can follow. Counts the same way as the driver.
    /// </summary>
    public static void Run(
        DriverSession session,
        CryptoAlgorithm algorithm,
        CryptDirection direction,
        Span<byte> iv,
        ReadOnlySpan<byte> source,
        Span<byte> destination,
        ref long pieces,
        ref long bytes
    )
    {
        int block = algorithm.ChainBlockSize;
        Span<byte> lastIn = stackalloc byte[LongestBlock];
        lastIn = lastIn[..block];
        while (!source.IsEmpty)
        {
            // Asked for each piece, because the session may be on another rung by now.
            int length = LengthOfNext(session, block, source.Length);
            if (length == 0)
            {
                bytes += RunTail(session, direction, iv, source, destination);
                pieces++;
                return;
            }

            bool chains = length % block == 0;
            if (chains)
            {
                source.Slice(length - block, block).CopyTo(lastIn);
            }

            session.Process(
                new CryptOp
                {
                    Direction = direction,
                    Source = source[..length],
                    Destination = destination[..length],
                    Iv = iv,
                }
            );
            pieces++;
            bytes += length;
            if (chains)
            {
                IvChain.Advance(algorithm.Chaining, direction, iv, lastIn, destination.Slice(length - block, block), length / block);
            }

            source = source[length..];
            destination = destination[length..];
        }
    }

    /// <summary>
    /// The length of the next piece: whole blocks, unless it is the last piece. 0 when the rest is less than a block and the driver needs
    /// whole blocks.
    /// </summary>
    private static int LengthOfNext(DriverSession session, int block, int left)
    {
        int length = Math.Min(left, session.PieceLength);
        length -= length % session.PieceUnit;
        return length < left ? length - (length % block) : length;
    }

    /// <summary>
    /// Runs the end of a stream on a driver that needs whole blocks. In a stream mode the padding after it does not change its output.
    /// </summary>
    private static int RunTail(
        DriverSession session,
        CryptDirection direction,
        ReadOnlySpan<byte> iv,
        ReadOnlySpan<byte> source,
        Span<byte> destination
    )
    {
        Span<byte> padded = stackalloc byte[LongestBlock];
        padded = padded[..((source.Length + session.PieceUnit - 1) / session.PieceUnit * session.PieceUnit)];
        padded.Clear();
        source.CopyTo(padded);
        try
        {
            session.Process(
                new CryptOp
                {
                    Direction = direction,
                    Source = padded,
                    Destination = padded,
                    Iv = iv,
                }
            );
            padded[..source.Length].CopyTo(destination);
            return padded.Length;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(padded);
        }
    }
}

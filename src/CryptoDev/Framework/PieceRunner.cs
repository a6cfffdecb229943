using System.Security.Cryptography;
using CryptoDev.Drivers;

namespace CryptoDev.Framework;

/// <summary>
/// A long message of a cipher that chains, in pieces of the length that the driver takes, each with an explicit IV. A kernel's own chaining
/// is never used: it is wrong for some modes, and after a refused call nobody knows which IV it has.
/// A piece can be tried again, on this rung or on another: until it has succeeded neither its IV nor what follows it has changed, and the
/// next IV is taken out of the source before a piece in place writes over it.
/// </summary>
internal static class PieceRunner
{
    /// <summary>The longest block of a cipher that chains, which is ChaCha20's.</summary>
    private const int LongestBlock = 64;

    /// <summary>Whether a driver takes a message of that length at once.</summary>
    public static bool Fits(DriverSession session, int length) => length <= session.PieceLength && (length & (session.PieceUnit - 1)) == 0;

    /// <summary>Runs one message; the driver counts pieces, so <paramref name="counters"/> makes one of them.</summary>
    public static int Process(DriverSession session, CryptoAlgorithm algorithm, in CryptOp op, MessageCounters counters)
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
            counters.Add(-pieces, -bytes, 0);
        }

        counters.Add(1, op.Source.Length, 0);
        return op.Source.Length;
    }

    /// <summary>
    /// Runs source to destination, which are the same memory or apart, and leaves in <paramref name="iv"/> the IV of what follows. Where
    /// the source ends inside a block, nothing can follow. Counts what the driver counts.
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
            // Asked for each piece: the session may be on another rung by now.
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
    /// Whole blocks unless it is all that is left; 0: what is left is less than a block and not what the driver works by.
    /// </summary>
    private static int LengthOfNext(DriverSession session, int block, int left)
    {
        int length = Math.Min(left, session.PieceLength);
        length -= length % session.PieceUnit;
        return length < left ? length - (length % block) : length;
    }

    /// <summary>The end of a stream on a driver that wants whole blocks: in a stream mode what is behind it changes nothing.</summary>
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

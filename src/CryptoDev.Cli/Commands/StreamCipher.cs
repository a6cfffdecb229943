using System.Security.Cryptography;
using CryptoDev.Cli.Input;
using CryptoDev.Cli.Output;

namespace CryptoDev.Cli.Commands;

/// <summary>Runs a cipher over a stream of any length, piece by piece and in place.</summary>
internal static class StreamCipher
{
    /// <summary>The longest block of any algorithm. Padding adds at most one block.</summary>
    private const int LongestBlock = 16;

    public static void Run(
        EncJob job,
        Session session,
        Stream source,
        string name,
        OutputTarget target,
        Action<long> progress,
        CancellationToken stop
    )
    {
        using CipherOperation operation = session.BeginCipher(job.Direction, job.Iv);
        using PieceReader reader = new(source, name, stop);
        long done = 0;
        while (reader.TryNext(out Piece piece))
        {
            if (piece.IsLast && job.Pads && job.Direction == CryptDirection.Encrypt)
            {
                EncryptPadded(operation, piece.Bytes, job.Algorithm.BlockSize, target);
            }
            else if (piece.IsLast && job.Pads)
            {
                DecryptPadded(operation, piece.Bytes, job.Algorithm.BlockSize, target);
            }
            else
            {
                target.Write(piece.Bytes[..operation.Update(piece.Bytes, piece.Bytes)]);
            }

            done += piece.Length;
            progress(done);
        }

        operation.Final();
    }

    private static void EncryptPadded(CipherOperation operation, Span<byte> last, int block, OutputTarget target)
    {
        int whole = last.Length - (last.Length % block);
        int padding = block - (last.Length - whole);
        Span<byte> tail = stackalloc byte[LongestBlock];
        tail = tail[..block];
        last[whole..].CopyTo(tail);
        tail[(block - padding)..].Fill((byte)padding);
        operation.Update(last[..whole], last[..whole]);
        operation.Update(tail, tail);
        target.Write(last[..whole]);
        target.Write(tail);
    }

    private static void DecryptPadded(CipherOperation operation, Span<byte> last, int block, OutputTarget target)
    {
        if (last.Length % block != 0)
        {
            // Final reports this error with the whole length. Nothing of the last piece is written.
            operation.Update(last, last);
            return;
        }

        operation.Update(last, last);
        int padding = last.IsEmpty ? 0 : last[^1];
        if (padding == 0 || padding > block || last[^padding..].ContainsAnyExcept((byte)padding))
        {
            CryptographicOperations.ZeroMemory(last);
            throw new CliException(
                ExitCode.Different,
                "the padding is not PKCS #7: the key, the IV or the ciphertext is wrong, or it was written without padding"
            );
        }

        target.Write(last[..^padding]);
    }
}

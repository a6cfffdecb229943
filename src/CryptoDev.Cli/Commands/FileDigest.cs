using CryptoDev.Cli.Input;
using CryptoDev.Cli.Names;

namespace CryptoDev.Cli.Commands;

/// <summary>
/// Digests streams of any length on one session, in bounded memory. GMAC needs the whole message in memory, because its nonce belongs to
/// one message.
/// </summary>
internal sealed class FileDigest(CliConsole console, Session session, byte[] iv, CancellationToken stop)
{
    private readonly CryptoAlgorithm _algorithm = session.Parameters.Transforms[0].Algorithm;

    /// <summary>The length of the digests in bytes.</summary>
    public int DigestLength => session.TagLength;

    /// <summary>The digest of a file, or of the standard input for '-'.</summary>
    /// <exception cref="CliException">The file cannot be read; the message names it.</exception>
    public byte[] Compute(string name)
    {
        Stream stream = InputFile.OpenOrStandard(console, name, stop);
        try
        {
            byte[] digest = new byte[DigestLength];
            LongWork.Run(
                console,
                Quoted.Input(name),
                stream.CanSeek ? stream.Length : 0,
                progress => Compute(stream, name, digest, progress)
            );
            return digest;
        }
        finally
        {
            if (stream != console.Input)
            {
                stream.Dispose();
            }
        }
    }

    private void Compute(Stream stream, string name, byte[] digest, Action<long> progress)
    {
        if (_algorithm.IvSizes.Maximum != 0)
        {
            using WholeMessage message = WholeMessage.Read(
                stream,
                Quoted.Input(name),
                session.MaxMessageLength,
                0,
                _algorithm.Name,
                progress,
                stop
            );
            session.Process(CryptOp.Digest(message.Bytes, digest, iv));
            return;
        }

        using PieceReader reader = new(stream, Quoted.Input(name), stop);
        reader.TryNext(out Piece piece);
        if (piece.IsLast && piece.Length <= session.MaxMessageLength)
        {
            // A small file needs only one operation and no running state.
            session.Process(CryptOp.Digest(piece.Bytes, digest));
            return;
        }

        using DigestOperation operation = session.BeginDigest();
        long done = 0;
        do
        {
            operation.Update(piece.Bytes);
            done += piece.Length;
            progress(done);
        } while (reader.TryNext(out piece));

        operation.Final(digest);
    }
}

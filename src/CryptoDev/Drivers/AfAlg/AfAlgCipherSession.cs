using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev.Drivers.AfAlg;

/// <summary>A cipher on an skcipher transform: one request per message, or per piece of it where the mode chains.</summary>
internal sealed class AfAlgCipherSession : AfAlgSession
{
    // Every descriptor has its pages of input and output charged to small budgets (socket buffers, option memory), so a piece stays well
    // below them; a multiple of every block size.
    private const int LongestPiece = 128 * 1024;

    public AfAlgCipherSession(AfAlgOpening opening)
        : base(opening)
    {
        CryptoAlgorithm algorithm = opening.Transform.Algorithm;
        int block = algorithm.ChainBlockSize;
        MaxMessageLength = MessageLimit(opening);
        PieceLength =
            algorithm.Chaining == IvChaining.WholeMessage ? int.MaxValue : Math.Min(LongestPiece, opening.RequestLimit / block * block);
    }

    public override long MaxMessageLength { get; }

    public override int PieceLength { get; }

    /// <summary>
    /// XTS is one data unit and cannot be continued: generic code restarts the tweak, aesni leaves a transformed one. Everything else is
    /// cut up.
    /// </summary>
    public static long MessageLimit(AfAlgOpening opening) =>
        opening.Transform.Algorithm.Chaining == IvChaining.WholeMessage ? opening.RequestLimit : long.MaxValue;

    public override int Process(in CryptOp op)
    {
        int length = op.Source.Length;
        uint operation = op.Direction == CryptDirection.Encrypt ? LinuxAlg.ALG_OP_ENCRYPT : LinuxAlg.ALG_OP_DECRYPT;
        using Rental<AfAlgContext> rental = new(Contexts);
        int result = length > 0 ? rental.Context.Socket.Cipher(operation, op.Iv, op.Source, op.Destination[..length]) : 0;
        if (result != length)
        {
            throw Failed(result, "process a message");
        }

        rental.Finish(length);
        return length;
    }
}

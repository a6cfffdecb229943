using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev.Drivers.AfAlg;

/// <summary>
/// A cipher on an skcipher transform. A message is one request. Where the mode chains, a long message is several requests.
/// </summary>
internal sealed class AfAlgCipherSession : AfAlgSession
{
    // The kernel charges the input and output pages of every descriptor to small budgets (socket buffers, option memory). A piece stays
    // well below them. The length is a multiple of every block size.
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
    /// XTS is one data unit and cannot be continued: the kernel's generic code restarts the tweak, and aesni leaves a transformed one.
    /// Messages of all other modes are cut into pieces.
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

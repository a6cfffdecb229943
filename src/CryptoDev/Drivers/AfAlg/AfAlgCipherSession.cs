using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev.Drivers.AfAlg;

/// <summary>A cipher on an skcipher transform: one request per message, or several with explicit IVs where the mode chains.</summary>
internal sealed class AfAlgCipherSession : AfAlgSession
{
    // Every descriptor has its pages of input and output charged to small budgets (socket buffers, option memory), so a piece stays well
    // below them;
    // a multiple of every block size.
    private const int LongestPiece = 128 * 1024;

    private readonly int _pieceLength;
    private readonly int _block;
    private readonly IvChaining _chaining;

    public AfAlgCipherSession(AfAlgOpening opening)
        : base(opening)
    {
        CryptoAlgorithm algorithm = opening.Transform.Algorithm;
        _chaining = algorithm.Chaining;
        _block = algorithm.ChainBlockSize;
        MaxMessageLength = MessageLimit(opening);
        _pieceLength =
            _chaining == IvChaining.WholeMessage ? opening.RequestLimit : Math.Min(LongestPiece, opening.RequestLimit / _block * _block);
    }

    public override long MaxMessageLength { get; }

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
        AlgOperationSocket socket = rental.Context.Socket;
        int result =
            length <= _pieceLength && length > 0
                ? socket.Cipher(operation, op.Iv, op.Source, op.Destination[..length])
                : ProcessPieces(socket, operation, in op);
        if (result != length)
        {
            throw Failed(result, "process a message");
        }

        rental.Finish(length);
        return length;
    }

    /// <summary>
    /// The kernel's own chaining is never used: it is wrong for CTR after a length that is no multiple of the block, and for every split of
    /// XTS.
    /// </summary>
    private int ProcessPieces(AlgOperationSocket socket, uint operation, in CryptOp op)
    {
        Span<byte> iv = stackalloc byte[op.Iv.Length];
        Span<byte> lastIn = stackalloc byte[_block];
        op.Iv.CopyTo(iv);
        ReadOnlySpan<byte> source = op.Source;
        Span<byte> destination = op.Destination;
        while (!source.IsEmpty)
        {
            int length = Math.Min(source.Length, _pieceLength);
            bool whole = length % _block == 0;
            if (whole)
            {
                // Before the request: in place, it is gone afterwards.
                source.Slice(length - _block, _block).CopyTo(lastIn);
            }

            int result = socket.Cipher(operation, iv, source[..length], destination[..length]);
            if (result != length)
            {
                return result < 0 ? result : -LibC.EMSGSIZE;
            }

            if (whole)
            {
                IvChain.Advance(_chaining, op.Direction, iv, lastIn, destination.Slice(length - _block, _block), length / _block);
            }

            source = source[length..];
            destination = destination[length..];
        }

        return op.Source.Length;
    }
}

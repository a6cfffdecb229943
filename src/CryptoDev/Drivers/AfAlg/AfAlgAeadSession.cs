using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev.Drivers.AfAlg;

/// <summary>
/// An AEAD transform. A message is always one request: the kernel has no incremental output for AEAD and keeps no state between requests.
/// </summary>
internal sealed class AfAlgAeadSession : AfAlgSession
{
    private readonly int _limit;
    private readonly bool _ccm;

    public AfAlgAeadSession(AfAlgOpening opening)
        : base(opening)
    {
        _limit = opening.RequestLimit - opening.Transform.EffectiveTagLength;
        _ccm = opening.Transform.Algorithm.Kernel.IvFormat == KernelIvFormat.CcmCounterBlock;
        MaxMessageLength = MessageLimit(opening);
    }

    public override long MaxMessageLength { get; }

    public override long MaxAssociatedDataLength => _limit;

    /// <summary>
    /// Both are one request, with the tag. The kernel splits a request beyond the receive budget into two without an error, and both are
    /// wrong.
    /// </summary>
    public override long MaxTotalLength => _limit;

    /// <summary>The longest text of a message without associated data. Associated data counts against the same request limit.</summary>
    public static long MessageLimit(AfAlgOpening opening)
    {
        long limit = opening.RequestLimit - opening.Transform.EffectiveTagLength;
        return Math.Min(limit, opening.Transform.LongestMessage);
    }

    public override int Process(in CryptOp op)
    {
        int length = op.Source.Length;
        bool encrypt = op.Direction == CryptDirection.Encrypt;
        Span<byte> block = stackalloc byte[AlgorithmLimits.LongestBlock];
        scoped ReadOnlySpan<byte> iv = op.Iv;
        if (_ccm)
        {
            KernelIv.WriteCcmBlock(op.Iv, block);
            iv = block;
        }

        using Rental<AfAlgContext> rental = new(Contexts);
        int result = rental.Context.Socket.Aead(
            encrypt,
            iv,
            op.AssociatedData,
            op.Source,
            op.Destination[..length],
            op.Tag,
            op.ExpectedTag
        );
        if (result == length)
        {
            rental.Finish(length);
            return length;
        }

        // With EBADMSG the kernel has already written the plaintext.
        op.Destination[..length].Clear();
        if (encrypt || result != -LibC.EBADMSG)
        {
            throw Failed(result, encrypt ? "encrypt a message" : "decrypt a message");
        }

        // The descriptor is destroyed too.
        return TagMismatch;
    }
}

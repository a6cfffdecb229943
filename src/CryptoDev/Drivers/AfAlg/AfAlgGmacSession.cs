namespace CryptoDev.Drivers.AfAlg;

/// <summary>GMAC: gcm(aes) with the whole message as associated data and no text.</summary>
internal sealed class AfAlgGmacSession(AfAlgOpening opening) : AfAlgSession(opening)
{
    private readonly int _limit = opening.RequestLimit - opening.Transform.EffectiveTagLength;

    public override long MaxMessageLength => _limit;

    public override int Process(in CryptOp op)
    {
        long length = op.AssociatedData.Length + (long)op.Source.Length;
        if (length > _limit)
        {
            throw new ArgumentException(
                $"Associated data and message have {length} bytes; this session's limit for them together is {_limit}.",
                nameof(CryptOp.AssociatedData)
            );
        }

        using Rental<AfAlgContext> rental = new(Contexts);
        int result = rental.Context.Socket.Authenticate(op.Iv, op.AssociatedData, op.Source, op.Tag);
        if (result != op.Tag.Length)
        {
            throw Failed(result, "authenticate a message");
        }

        rental.Finish(op.Source.Length);
        return op.Tag.Length;
    }
}

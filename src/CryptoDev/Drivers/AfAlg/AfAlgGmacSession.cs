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

        AfAlgContext context = Pool.Rent();
        int result = context.Socket.Authenticate(op.Iv, op.AssociatedData, op.Source, op.Tag);
        if (result != op.Tag.Length)
        {
            Fail(context, result, "authenticate a message");
        }

        Finish(context, op.Source.Length);
        return op.Tag.Length;
    }
}

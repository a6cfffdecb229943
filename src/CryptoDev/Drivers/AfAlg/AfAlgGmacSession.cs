namespace CryptoDev.Drivers.AfAlg;

/// <summary>GMAC: gcm(aes) with the whole message as associated data and no text.</summary>
internal sealed class AfAlgGmacSession(AfAlgOpening opening) : AfAlgSession(opening)
{
    public override long MaxMessageLength { get; } = opening.RequestLimit - opening.Transform.EffectiveTagLength;

    public override int Process(in CryptOp op)
    {
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

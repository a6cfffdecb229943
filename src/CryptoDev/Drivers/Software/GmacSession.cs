namespace CryptoDev.Drivers.Software;

/// <summary>AES-GMAC (SP 800-38D): GCM with the message as associated data and nothing to encrypt.</summary>
internal sealed class GmacSession(CryptoTransform transform, DriverKind kind)
    : SoftwareSession<CipherContext>(transform, kind, () => new CipherContext(transform))
{
    public override int Process(in CryptOp op)
    {
        CipherContext context = Contexts.Rent();
        Native.EvpCipherContextHandle cipher = context.For(CryptDirection.Encrypt) ?? throw Failed(context, "key");
        if (
            !cipher.Start(op.Iv)
            || (!op.AssociatedData.IsEmpty && !cipher.UpdateAssociatedData(op.AssociatedData))
            || (!op.Source.IsEmpty && !cipher.UpdateAssociatedData(op.Source))
            || !cipher.Finish()
            || !cipher.GetTag(op.Tag)
        )
        {
            throw Failed(context, "authenticate");
        }

        Finished(context, op.Source.Length);
        return op.Tag.Length;
    }
}

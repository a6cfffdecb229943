using CryptoDev.Native;

namespace CryptoDev.Drivers.Software;

/// <summary>
/// AES-GCM, AES-CCM, ChaCha20-Poly1305. CCM is told the length first and checks the tag before it gives a byte; the others stream and check
/// last.
/// </summary>
internal sealed class AeadSession(CryptoTransform transform, DriverKind kind)
    : SoftwareSession<CipherContext>(transform, kind, () => new CipherContext(transform))
{
    private readonly bool _lengthFirst = transform.Algorithm.Libcrypto.LengthFirst;

    public override int Process(in CryptOp op)
    {
        CipherContext context = Contexts.Rent();
        EvpCipherContextHandle cipher = context.For(op.Direction) ?? throw Failed(context, "key");
        return op.Direction == CryptDirection.Encrypt ? Encrypt(context, cipher, in op) : Decrypt(context, cipher, in op);
    }

    private int Encrypt(CipherContext context, EvpCipherContextHandle cipher, in CryptOp op)
    {
        if (
            !cipher.Start(op.Iv)
            || (_lengthFirst && !cipher.AnnounceLength(op.Source.Length))
            || (!op.AssociatedData.IsEmpty && !cipher.UpdateAssociatedData(op.AssociatedData))
            || ((_lengthFirst || !op.Source.IsEmpty) && !cipher.Update(op.Source, op.Destination))
            || !cipher.Finish()
            || !cipher.GetTag(op.Tag)
        )
        {
            throw Failed(context, "encrypt");
        }

        int length = op.Source.Length;
        Finished(context, length);
        return length;
    }

    private int Decrypt(CipherContext context, EvpCipherContextHandle cipher, in CryptOp op)
    {
        if (
            !cipher.Start(op.Iv)
            || !cipher.ExpectTag(op.ExpectedTag)
            || (_lengthFirst && !cipher.AnnounceLength(op.Source.Length))
            || (!op.AssociatedData.IsEmpty && !cipher.UpdateAssociatedData(op.AssociatedData))
        )
        {
            throw Failed(context, "decrypt");
        }

        // From here on libcrypto's only reason to say no is the tag: CCM says it at the data, the others at the end.
        bool matches = _lengthFirst
            ? cipher.Update(op.Source, op.Destination)
            : (op.Source.IsEmpty || cipher.Update(op.Source, op.Destination)) && cipher.Finish();
        if (!matches)
        {
            LibCrypto.ClearErrors();
            context.Failures++;
            Contexts.Return(context);
            return TagMismatch;
        }

        int length = op.Source.Length;
        Finished(context, length);
        return length;
    }
}

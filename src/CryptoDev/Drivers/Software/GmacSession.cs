using System.Runtime.CompilerServices;

namespace CryptoDev.Drivers.Software;

/// <summary>AES-GMAC (SP 800-38D): GCM with the message as associated data and no plaintext.</summary>
internal sealed class GmacSession(CryptoTransform transform, DriverKind kind) : SoftwareSession<CipherContext>(transform, kind)
{
    public override int Process(in CryptOp op)
    {
        using Rental<CipherContext> rental = new(Contexts);
        if (Run(rental.Context, in op) is { } refused)
        {
            throw Refused(Algorithm, refused);
        }

        rental.Finish(op.Source.Length);
        return op.Tag.Length;
    }

    private protected override CipherContext CreateContext() => new(Transform);

    /// <summary>Null, or the step that libcrypto refused.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static string? Run(CipherContext context, in CryptOp op)
    {
        if (context.For(CryptDirection.Encrypt) is not { } cipher)
        {
            return "key";
        }

        return
            cipher.Start(op.Iv)
            && (op.AssociatedData.IsEmpty || cipher.UpdateAssociatedData(op.AssociatedData))
            && (op.Source.IsEmpty || cipher.UpdateAssociatedData(op.Source))
            && cipher.Finish()
            && cipher.GetTag(op.Tag)
            ? null
            : "authenticate";
    }
}

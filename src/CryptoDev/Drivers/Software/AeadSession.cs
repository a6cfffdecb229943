using System.Runtime.CompilerServices;
using CryptoDev.Native;

namespace CryptoDev.Drivers.Software;

/// <summary>
/// AES-GCM, AES-CCM, ChaCha20-Poly1305. CCM needs the length first and checks the tag before it returns a byte. The others stream and check
/// the tag last.
/// </summary>
internal sealed class AeadSession(CryptoTransform transform, DriverKind kind) : SoftwareSession<CipherContext>(transform, kind)
{
    private readonly bool _lengthFirst = transform.Algorithm.Libcrypto.LengthFirst;

    public override int Process(in CryptOp op)
    {
        using Rental<CipherContext> rental = new(Contexts);
        bool matches = true;
        string? refused =
            op.Direction == CryptDirection.Encrypt ? Encrypt(rental.Context, in op) : Decrypt(rental.Context, in op, out matches);
        if (refused is not null)
        {
            throw Refused(Algorithm, refused);
        }

        if (!matches)
        {
            rental.Refuse();
            return TagMismatch;
        }

        int length = op.Source.Length;
        rental.Finish(length);
        return length;
    }

    private protected override CipherContext CreateContext() => new(Transform);

    /// <summary>Null, or the step that libcrypto refused.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private string? Encrypt(CipherContext context, in CryptOp op)
    {
        if (context.For(CryptDirection.Encrypt) is not { } cipher)
        {
            return "key";
        }

        if (op.Source.Length is > 0 and <= EvpCipherContextHandle.ShortMessage && op.AssociatedData.IsEmpty && !_lengthFirst)
        {
            return cipher.SealShort(op.Iv, op.Source, op.Destination, op.Tag) ? null : "encrypt";
        }

        return
            cipher.Start(op.Iv)
            && (!_lengthFirst || cipher.AnnounceLength(op.Source.Length))
            && (op.AssociatedData.IsEmpty || cipher.UpdateAssociatedData(op.AssociatedData))
            && ((!_lengthFirst && op.Source.IsEmpty) || cipher.Update(op.Source, op.Destination))
            && cipher.Finish()
            && cipher.GetTag(op.Tag)
            ? null
            : "encrypt";
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private string? Decrypt(CipherContext context, in CryptOp op, out bool matches)
    {
        matches = false;
        if (context.For(CryptDirection.Decrypt) is not { } cipher)
        {
            return "key";
        }

        if (
            !cipher.Start(op.Iv)
            || !cipher.ExpectTag(op.ExpectedTag)
            || (_lengthFirst && !cipher.AnnounceLength(op.Source.Length))
            || (!op.AssociatedData.IsEmpty && !cipher.UpdateAssociatedData(op.AssociatedData))
        )
        {
            return "decrypt";
        }

        // From here on libcrypto fails only for a wrong tag. CCM reports it at the data, the others at the end.
        matches = _lengthFirst
            ? cipher.Update(op.Source, op.Destination)
            : (op.Source.IsEmpty || cipher.Update(op.Source, op.Destination)) && cipher.Finish();
        if (!matches)
        {
            LibCrypto.ClearErrors();
        }

        return null;
    }
}

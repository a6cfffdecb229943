using System.Runtime.CompilerServices;
using CryptoDev.Native;

namespace CryptoDev.Drivers.Software;

/// <summary>Unkeyed digests.</summary>
internal sealed class DigestSession(CryptoTransform transform, DriverKind kind) : SoftwareSession<DigestContext>(transform, kind)
{
    public override int Process(in CryptOp op)
    {
        using Rental<DigestContext> rental = new(Contexts);
        if (!Run(rental.Context.Digest, in op))
        {
            throw Refused(Algorithm, "digest");
        }

        rental.Finish(op.Source.Length);
        return op.Tag.Length;
    }

    public override DigestState BeginDigest()
    {
        nint digest = LibCryptoContext.Instance.Digest(Transform.Algorithm.Libcrypto.Name!);
        return new EvpDigestState(Transform, new EvpDigestContextHandle(digest));
    }

    private protected override DigestContext CreateContext() => new(LibCryptoContext.Instance.Digest(Transform.Algorithm.Libcrypto.Name!));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Run(EvpDigestContextHandle digest, in CryptOp op) =>
        op.AssociatedData.IsEmpty && op.Source.Length <= EvpCipherContextHandle.ShortMessage
            ? digest.ComputeShort(op.Source, op.Tag)
            : digest.Start() && digest.Update(op.AssociatedData) && digest.Update(op.Source) && digest.Finish(op.Tag);
}

/// <summary>One EVP digest context.</summary>
internal sealed class DigestContext(nint digest) : RentedContext
{
    public EvpDigestContextHandle Digest { get; } = new(digest);

    public override void Dispose() => Digest.Dispose();
}

/// <summary>A running digest. For KPDK the key is appended at the end.</summary>
internal sealed class EvpDigestState(CryptoTransform transform, EvpDigestContextHandle digest, bool appendKey = false) : DigestState
{
    public override void Update(ReadOnlySpan<byte> source)
    {
        if (!digest.Update(source))
        {
            throw SoftwareSession<DigestContext>.Refused(transform.Algorithm, "update");
        }
    }

    [SkipLocalsInit]
    public override void Final(Span<byte> destination)
    {
        using KeyLease key = new(transform);
        Span<byte> full = stackalloc byte[LibCrypto.EVP_MAX_MD_SIZE];
        if ((appendKey && !digest.Update(key.Bytes)) || !digest.Finish(full))
        {
            throw SoftwareSession<DigestContext>.Refused(transform.Algorithm, "finish");
        }

        full[..destination.Length].CopyTo(destination);
    }

    public override DigestState Clone() => new EvpDigestState(transform, new EvpDigestContextHandle(digest), appendKey);

    public override void Dispose() => digest.Dispose();
}

using System.Runtime.CompilerServices;
using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev.Drivers.Software;

/// <summary>HMAC and CMAC by EVP_MAC, keyed once per context.</summary>
internal sealed class MacSession(CryptoTransform transform, DriverKind kind) : SoftwareSession<MacContext>(transform, kind)
{
    public override int Process(in CryptOp op)
    {
        using Rental<MacContext> rental = new(Contexts);
        if (!Run(rental.Context.Mac, in op))
        {
            throw Refused(Algorithm, "authenticate");
        }

        rental.Finish(op.Source.Length);
        return op.Tag.Length;
    }

    public override DigestState BeginDigest() => new EvpMacState(Transform.Algorithm, MacContext.Create(Transform));

    private protected override MacContext CreateContext() => new(Transform);

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Run(EvpMacContextHandle mac, in CryptOp op)
    {
        Span<byte> full = stackalloc byte[LibCrypto.EVP_MAX_MD_SIZE];
        bool done =
            op.AssociatedData.IsEmpty && op.Source.Length <= EvpCipherContextHandle.ShortMessage
                ? mac.ComputeShort(op.Source, full)
                : mac.Start() && (op.AssociatedData.IsEmpty || mac.Update(op.AssociatedData)) && mac.Update(op.Source) && mac.Finish(full);
        if (!done)
        {
            return false;
        }

        full[..op.Tag.Length].CopyTo(op.Tag);
        return true;
    }
}

/// <summary>One keyed EVP_MAC context.</summary>
internal sealed class MacContext(CryptoTransform transform) : RentedContext
{
    public EvpMacContextHandle Mac { get; } = Create(transform);

    public override void Dispose() => Mac.Dispose();

    /// <summary>A context with the transform's key, ready for a message.</summary>
    public static EvpMacContextHandle Create(CryptoTransform transform)
    {
        using KeyLease key = new(transform);
        LibcryptoRung rung = transform.Algorithm.Libcrypto;
        bool hmac = rung.Kind == LibcryptoKind.Hmac;
        EvpMacContextHandle mac = new(LibCryptoContext.Instance.Mac(hmac ? "HMAC" : "CMAC"));
        if (mac.SetKey(key.Bytes, hmac ? "digest" : "cipher", rung.NameFor(key.Bytes.Length)))
        {
            return mac;
        }

        CryptoDevException refusal = SoftwareSession<MacContext>.Refused(transform.Algorithm, "key");
        mac.Dispose();
        throw refusal;
    }
}

/// <summary>A running MAC.</summary>
internal sealed class EvpMacState(CryptoAlgorithm algorithm, EvpMacContextHandle mac) : DigestState
{
    public override void Update(ReadOnlySpan<byte> source)
    {
        if (!mac.Update(source))
        {
            throw SoftwareSession<MacContext>.Refused(algorithm, "update");
        }
    }

    [SkipLocalsInit]
    public override void Final(Span<byte> destination)
    {
        Span<byte> full = stackalloc byte[LibCrypto.EVP_MAX_MD_SIZE];
        if (!mac.Finish(full))
        {
            throw SoftwareSession<MacContext>.Refused(algorithm, "finish");
        }

        full[..destination.Length].CopyTo(destination);
    }

    public override DigestState Clone() => new EvpMacState(algorithm, new EvpMacContextHandle(mac));

    public override void Dispose() => mac.Dispose();
}

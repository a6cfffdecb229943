using System.Runtime.CompilerServices;

namespace CryptoDev.Drivers.Software;

/// <summary>
/// AES-XCBC-MAC (RFC 3566). libcrypto has no such MAC. It is CBC under a derived key; one of two other derived keys masks the last block.
/// </summary>
internal sealed class XcbcMacSession(CryptoTransform transform, DriverKind kind) : SoftwareSession<XcbcMacContext>(transform, kind)
{
    public override int Process(in CryptOp op)
    {
        using Rental<XcbcMacContext> rental = new(Contexts);
        if (!Run(rental.Context.State, in op))
        {
            throw Refused(Algorithm, "authenticate");
        }

        rental.Finish(op.Source.Length);
        return op.Tag.Length;
    }

    public override DigestState BeginDigest() => new XcbcMacDigestState(new XcbcMacState(Transform));

    private protected override XcbcMacContext CreateContext() => new(Transform);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Run(XcbcMacState state, in CryptOp op) =>
        state.Start() && state.Update(op.AssociatedData) && state.Update(op.Source) && state.Finish(op.Tag);
}

/// <summary>One state, reset for each message.</summary>
internal sealed class XcbcMacContext(CryptoTransform transform) : RentedContext
{
    public XcbcMacState State { get; } = new(transform);

    public override void Dispose() => State.Dispose();
}

/// <summary>A running XCBC-MAC.</summary>
internal sealed class XcbcMacDigestState(XcbcMacState state) : DigestState
{
    public override void Update(ReadOnlySpan<byte> source) => Require(state.Update(source), "update");

    public override void Final(Span<byte> destination) => Require(state.Finish(destination), "finish");

    public override DigestState Clone() => new XcbcMacDigestState(state.Clone());

    public override void Dispose() => state.Dispose();

    private static void Require(bool ok, string operation)
    {
        if (!ok)
        {
            throw SoftwareSession<XcbcMacContext>.Refused(CryptoAlgorithm.AesXcbcMac, operation);
        }
    }
}

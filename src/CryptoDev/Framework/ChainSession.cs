using CryptoDev.Drivers;

namespace CryptoDev.Framework;

/// <summary>Sessions of one driver, one per transform. Only descriptors use them.</summary>
internal sealed class ChainSession(IReadOnlyList<DriverSession> parts) : DriverSession
{
    public override SessionDriver Driver { get; } = SessionOpener.Describe(parts);

    public override long MaxMessageLength => parts.Min(part => part.MaxMessageLength);

    public override long MaxAssociatedDataLength => parts.Min(part => part.MaxAssociatedDataLength);

    public override long MaxTotalLength => parts.Min(part => part.MaxTotalLength);

    /// <summary>Zero, without the work of the parts: the session above counts each message once.</summary>
    public override SessionStatistics Statistics => default;

    public override DriverSession? Part(int transform) => parts[transform];

    public override int Process(in CryptOp op) =>
        throw new ArgumentException("This session is a chain of transforms; give the operation a buffer and descriptors.", nameof(op));

    public override DigestState BeginDigest() => throw new InvalidOperationException("A chain of transforms has no running digest.");

    public override void Dispose()
    {
        foreach (DriverSession part in parts)
        {
            part.Dispose();
        }
    }
}

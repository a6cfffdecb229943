using CryptoDev.Native;

namespace CryptoDev.Drivers.Software;

/// <summary>What every session of the software rung has: its transform and one place that words libcrypto's refusals.</summary>
/// <remarks>
/// Native calls stand in methods of their own, never inlined into the one that rents: the JIT (.NET 10) makes no native call of its own
/// inside a try block, as <c>using</c> is one, but goes by a stub for each.
/// </remarks>
internal abstract class SoftwareSession<TContext>(CryptoTransform transform, DriverKind kind)
    : PooledSession<TContext>(new SessionDriver { Name = SoftwareDriver.Name, Kind = kind }, transform.Algorithm)
    where TContext : RentedContext
{
    public override long MaxMessageLength { get; } = SoftwareDriver.LongestMessage(transform);

    protected CryptoTransform Transform { get; } = transform;

    /// <summary>libcrypto refused what the framework had checked: the context's state is unknown, so it is not used again.</summary>
    internal static CryptoDevException Refused(CryptoAlgorithm algorithm, string operation) =>
        new(0, SoftwareDriver.Name, $"{operation} {algorithm}", LibCrypto.TakeError());
}

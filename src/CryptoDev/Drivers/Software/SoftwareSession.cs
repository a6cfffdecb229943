using CryptoDev.Native;

namespace CryptoDev.Drivers.Software;

/// <summary>The common base of the sessions of the software rung: the transform, and the exception for a refusal by libcrypto.</summary>
/// <remarks>
/// Native calls are in methods of their own that are never inlined into the method that rents. Inside a try block, and <c>using</c> is one,
/// the JIT (.NET 10) makes no direct native call. It calls a stub instead.
/// </remarks>
internal abstract class SoftwareSession<TContext>(CryptoTransform transform, DriverKind kind)
    : PooledSession<TContext>(new SessionDriver { Name = SoftwareDriver.Name, Kind = kind }, transform.Algorithm)
    where TContext : RentedContext
{
    public override long MaxMessageLength { get; } = SoftwareDriver.LongestMessage(transform);

    public override long MaxAssociatedDataLength => long.MaxValue;

    public override long MaxTotalLength => long.MaxValue;

    protected CryptoTransform Transform { get; } = transform;

    /// <summary>
    /// libcrypto refused an operation that the framework had checked. The state of the context is unknown, so it is not used again.
    /// </summary>
    internal static CryptoDevException Refused(CryptoAlgorithm algorithm, string operation) =>
        new(0, SoftwareDriver.Name, $"{operation} {algorithm}", LibCrypto.TakeError());
}

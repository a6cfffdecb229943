using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev.Drivers.Software;

/// <summary>What every session of the software rung has: contexts to rent and one place that words libcrypto's refusals.</summary>
internal abstract class SoftwareSession<TContext>(CryptoTransform transform, DriverKind kind, Func<TContext> create) : DriverSession
    where TContext : RentedContext
{
    protected CryptoTransform Transform { get; } = transform;

    protected RentalPool<TContext> Contexts { get; } = new(create);

    public override SessionDriver Driver { get; } = new() { Name = SoftwareDriver.Name, Kind = kind };

    public override long MaxMessageLength { get; } = SoftwareDriver.LongestMessage(transform);

    public override SessionStatistics Statistics => Contexts.Statistics;

    public override DigestState BeginDigest() => throw new InvalidOperationException($"{Transform.Algorithm} has no running digest.");

    public override void Dispose() => Contexts.Dispose();

    /// <summary>Counts a finished message and gives the context back.</summary>
    protected void Finished(TContext context, int bytes)
    {
        context.Operations++;
        context.Bytes += bytes;
        Contexts.Return(context);
    }

    /// <summary>libcrypto refused what the framework had checked: the context's state is unknown, so it is not used again.</summary>
    protected CryptoDevException Failed(TContext context, string operation)
    {
        context.Failures++;
        Contexts.Discard(context);
        return Refused(Transform.Algorithm, operation);
    }

    internal static CryptoDevException Refused(CryptoAlgorithm algorithm, string operation) =>
        new(0, SoftwareDriver.Name, $"{operation} {algorithm}", LibCrypto.TakeError());
}

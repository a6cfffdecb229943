namespace CryptoDev.Drivers;

/// <summary>
/// A session whose operations each rent a context. It implements what most drivers have in common: the statistics, Dispose, and the answer
/// that there is no running digest.
/// </summary>
internal abstract class PooledSession<T> : DriverSession
    where T : RentedContext
{
    private protected PooledSession(SessionDriver driver, CryptoAlgorithm algorithm)
    {
        Driver = driver;
        Algorithm = algorithm;
        Contexts = new RentalPool<T>(CreateContext);
    }

    /// <summary>The same with a context that already exists.</summary>
    private protected PooledSession(SessionDriver driver, CryptoAlgorithm algorithm, T first)
        : this(driver, algorithm) => Contexts.Return(Contexts.Adopt(first));

    public sealed override SessionDriver Driver { get; }

    public override SessionStatistics Statistics => Contexts.Statistics;

    private protected CryptoAlgorithm Algorithm { get; }

    private protected RentalPool<T> Contexts { get; }

    public override DigestState BeginDigest() => throw new InvalidOperationException($"{Algorithm} has no running digest.");

    public override void Dispose() => Contexts.Dispose();

    /// <summary>Creates one more context. Several threads may call it at once.</summary>
    private protected abstract T CreateContext();
}

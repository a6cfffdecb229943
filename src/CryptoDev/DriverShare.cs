namespace CryptoDev;

/// <summary>A driver of a session, and what it did there. Immutable.</summary>
public sealed record DriverShare
{
    internal DriverShare(SessionDriver driver, SessionStatistics statistics)
    {
        Driver = driver;
        Statistics = statistics;
    }

    /// <summary>The driver, and why the drivers that the policy prefers to it do not run its messages.</summary>
    public SessionDriver Driver { get; }

    /// <summary>Counters of the messages that this driver has processed.</summary>
    public SessionStatistics Statistics { get; }
}

namespace CryptoDev.Cli.Check;

/// <summary>A driver's result differs from the expected one. The message is one sentence without key bytes.</summary>
internal sealed class DisagreementException(string sentence) : Exception(sentence);

/// <summary>The check of one subject on one driver: what ran and how it ended. Filled while the check runs.</summary>
internal sealed class CheckPair(string driver, CheckSubject subject)
{
    public string Driver { get; } = driver;

    public CheckSubject Subject { get; } = subject;

    public DriverPolicy Policy { get; } = DriverPolicy.Pinned(driver);

    /// <summary>The driver that ran it. Set when the first session is open.</summary>
    public SessionDriver? Runner { get; set; }

    public int KnownAnswers { get; set; }

    public long Messages { get; set; }

    public long Bytes { get; set; }

    /// <summary>The reason of the failure, or null.</summary>
    public string? Failure { get; set; }

    /// <summary>Whether the software driver also supports the subject.</summary>
    public bool HasReference { get; set; }

    /// <summary>The reference for random messages.</summary>
    public string Reference => HasReference ? "software" : "round trip";

    public override string ToString() => $"{Driver} {Subject.Name}";
}

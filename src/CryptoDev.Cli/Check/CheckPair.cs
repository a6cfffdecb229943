namespace CryptoDev.Cli.Check;

/// <summary>What went wrong between a driver and what was expected of it, in one sentence without key bytes.</summary>
internal sealed class DisagreementException(string sentence) : Exception(sentence);

/// <summary>One driver with one subject: what ran and how it ended. Filled while the check runs.</summary>
internal sealed class CheckPair(string driver, CheckSubject subject)
{
    public string Driver { get; } = driver;

    public CheckSubject Subject { get; } = subject;

    public DriverPolicy Policy { get; } = DriverPolicy.Pinned(driver);

    /// <summary>What ran it, from the first session on.</summary>
    public SessionDriver? Runner { get; set; }

    public int KnownAnswers { get; set; }

    public long Messages { get; set; }

    public long Bytes { get; set; }

    /// <summary>Why it failed, or null.</summary>
    public string? Failure { get; set; }

    /// <summary>Whether the software driver could be asked for the same.</summary>
    public bool HasReference { get; set; }

    /// <summary>What random messages are compared with.</summary>
    public string Reference => HasReference ? "software" : "round trip";

    public override string ToString() => $"{Driver} {Subject.Name}";
}

namespace CryptoDev.Cli.Check;

/// <summary>The check of one key operation on one driver: what ran and how it ended. Filled while the check runs.</summary>
internal sealed class KeyCheckPair(string driver, KeyOperation operation, DsaNonce nonce = DsaNonce.Deterministic)
{
    public string Driver { get; } = driver;

    public KeyOperation Operation { get; } = operation;

    /// <summary>How the driver chooses the nonce of a signature.</summary>
    public DsaNonce Nonce { get; } = nonce;

    public DriverPolicy Policy { get; } = DriverPolicy.Pinned(driver);

    /// <summary>The driver that ran it. Set after the first operation.</summary>
    public SessionDriver? Runner { get; set; }

    public int KnownAnswers { get; set; }

    public long Operations { get; set; }

    /// <summary>The reason of the failure, or null.</summary>
    public string? Failure { get; set; }

    public override string ToString() => $"{Driver} {Operation}";
}

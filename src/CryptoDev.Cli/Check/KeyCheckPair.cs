namespace CryptoDev.Cli.Check;

/// <summary>One driver with one key operation: what ran and how it ended. Filled while the check runs.</summary>
internal sealed class KeyCheckPair(string driver, KeyOperation operation, DsaNonce nonce = DsaNonce.Deterministic)
{
    public string Driver { get; } = driver;

    public KeyOperation Operation { get; } = operation;

    /// <summary>How its signatures are made.</summary>
    public DsaNonce Nonce { get; } = nonce;

    public DriverPolicy Policy { get; } = DriverPolicy.Pinned(driver);

    /// <summary>What ran it, from the first operation on.</summary>
    public SessionDriver? Runner { get; set; }

    public int KnownAnswers { get; set; }

    public long Operations { get; set; }

    /// <summary>Why it failed, or null.</summary>
    public string? Failure { get; set; }

    public override string ToString() => $"{Driver} {Operation}";
}

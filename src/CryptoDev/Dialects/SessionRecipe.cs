namespace CryptoDev.Dialects;

/// <summary>
/// A session call that passed the dialect's checks: which rows, how many key bytes to copy in, which IV and tag lengths hold.
/// </summary>
internal sealed record SessionRecipe
{
    public AlgorithmNumber? Cipher { get; init; }

    public AlgorithmNumber? Mac { get; init; }

    public AlgorithmNumber? Compression { get; init; }

    public int KeyLength { get; init; }

    public int MacKeyLength { get; init; }

    /// <summary>Bytes of the caller's IV.</summary>
    public int IvLength { get; init; }

    /// <summary>Bytes of the digest, MAC or tag.</summary>
    public int TagLength { get; init; }

    /// <summary>The key is given twice, as cipher key and as MAC key.</summary>
    public bool RepeatsKey { get; init; }
}

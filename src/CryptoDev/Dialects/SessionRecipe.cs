namespace CryptoDev.Dialects;

/// <summary>
/// A session call that passed the dialect's checks: the rows, the numbers of key bytes to copy in, and the lengths of IV and tag.
/// </summary>
internal sealed record SessionRecipe
{
    public AlgorithmNumber? Cipher { get; init; }

    public AlgorithmNumber? Mac { get; init; }

    public AlgorithmNumber? Compression { get; init; }

    public int KeyLength { get; init; }

    public int MacKeyLength { get; init; }

    /// <summary>The length of the caller's IV in bytes.</summary>
    public int IvLength { get; init; }

    /// <summary>The length of the digest, MAC or tag in bytes.</summary>
    public int TagLength { get; init; }

    /// <summary>
    /// Whether the kernel opens the session and then refuses each operation with EINVAL. Programs ask for a session to see what a device
    /// has.
    /// </summary>
    public bool IsUnusable { get; init; }

    /// <summary>Whether the call has the key twice, as cipher key and as MAC key.</summary>
    public bool RepeatsKey { get; init; }
}

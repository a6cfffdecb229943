namespace CryptoDev.Framework;

/// <summary>
/// Lengths in bytes that no row of <see cref="AlgorithmTable"/> exceeds. They size buffers on the stack. A test checks them against the
/// table.
/// </summary>
internal static class AlgorithmLimits
{
    /// <summary>The longest IV of GCM that libcrypto accepts. NIST SP 800-38D allows longer ones.</summary>
    public const int LongestIv = 128;

    /// <summary>The digest of SHA-512, SHA3-512 and BLAKE2b. The tag of a MAC is never longer.</summary>
    public const int LongestDigest = 64;

    /// <summary>The block of the ciphers. The IV of an algorithm that a kernel serves is never longer.</summary>
    public const int LongestBlock = 16;

    /// <summary>The longest message that a span holds together with a tag or digest.</summary>
    public const int LongestMessage = int.MaxValue - LongestDigest;

    /// <summary>The tag of an AEAD.</summary>
    public const int LongestAeadTag = 16;
}

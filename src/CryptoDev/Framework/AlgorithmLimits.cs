namespace CryptoDev.Framework;

/// <summary>
/// Lengths in bytes that no row of <see cref="AlgorithmTable"/> exceeds, for room on a stack. The table's test holds them against it.
/// </summary>
internal static class AlgorithmLimits
{
    /// <summary>The IV of GCM, as long as libcrypto takes one; NIST SP 800-38D allows more.</summary>
    public const int LongestIv = 128;

    /// <summary>The digest of SHA-512, SHA3-512 and BLAKE2b, and with it the tag of a MAC.</summary>
    public const int LongestDigest = 64;

    /// <summary>The block of the ciphers, and with it the IV of whatever a kernel serves.</summary>
    public const int LongestBlock = 16;

    /// <summary>The tag of an AEAD.</summary>
    public const int LongestAeadTag = 16;
}

namespace CryptoDev;

/// <summary>What a <see cref="CryptoAlgorithm"/> does to a message.</summary>
public enum AlgorithmKind
{
    /// <summary>A cipher without authentication, in a block or stream mode. The output is as long as the input.</summary>
    Cipher,

    /// <summary>Authenticated encryption with associated data (RFC 5116): one message, one nonce, one tag.</summary>
    Aead,

    /// <summary>An unkeyed hash function.</summary>
    Digest,

    /// <summary>A keyed digest: HMAC, CMAC, XCBC-MAC, GMAC, KPDK.</summary>
    Mac,

    /// <summary>Compression. The output is not as long as the input.</summary>
    Compression,
}

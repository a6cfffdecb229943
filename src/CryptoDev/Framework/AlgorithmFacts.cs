namespace CryptoDev.Framework;

/// <summary>
/// How the IV for the next piece of a message is computed. With it, a rung without running state can process a message piece by piece.
/// </summary>
internal enum IvChaining
{
    /// <summary>No IV: pieces are independent (ECB, NULL).</summary>
    None,

    /// <summary>The last ciphertext block is the next IV (CBC, CFB).</summary>
    LastCiphertextBlock,

    /// <summary>The last key stream block is the next IV (OFB).</summary>
    LastKeyStreamBlock,

    /// <summary>A 128-bit big-endian counter (CTR, NIST SP 800-38A).</summary>
    Counter128,

    /// <summary>A 32-bit little-endian counter in the first four bytes; it must not wrap (ChaCha20, RFC 8439).</summary>
    Counter32,

    /// <summary>The transform holds the state, and an IV cannot carry it (ARC4).</summary>
    InTransform,

    /// <summary>The message is one unit (XTS: one data unit; AEAD).</summary>
    WholeMessage,
}

/// <summary>A spelling accepted on input and the key length in bytes it implies (0: none).</summary>
internal readonly record struct AlgorithmAlias(string Name, int KeyLength = 0);

/// <summary>
/// The facts of AF_ALG about one algorithm. When <see cref="Name"/> is null, the rung cannot serve it and <see cref="Reason"/> says why.
/// </summary>
internal sealed record KernelRung
{
    /// <summary>Socket type: hash, skcipher, aead; null when not served.</summary>
    public string? Type { get; init; }

    /// <summary>The algorithm name for bind.</summary>
    public string? Name { get; init; }

    /// <summary>Why AF_ALG cannot serve the row.</summary>
    public string? Reason { get; init; }

    /// <summary>Key sizes if narrower than the row's.</summary>
    public SizeSet? KeySizes { get; init; }

    /// <summary>IV sizes if narrower than the row's.</summary>
    public SizeSet? IvSizes { get; init; }

    /// <summary>Tag sizes if narrower than the row's.</summary>
    public SizeSet? TagSizes { get; init; }

    /// <summary>How the IV of an operation is converted for the kernel (CCM needs a formatted 16-byte block).</summary>
    public KernelIvFormat IvFormat { get; init; }

    /// <summary>The message goes in as associated data and only the tag comes out (GMAC).</summary>
    public bool MessageIsAssociatedData { get; init; }

    public static KernelRung Hash(string name) => new() { Type = "hash", Name = name };

    public static KernelRung Cipher(string name) => new() { Type = "skcipher", Name = name };

    public static KernelRung Aead(string name) => new() { Type = "aead", Name = name };

    public static KernelRung Missing(string reason) => new() { Reason = reason };
}

/// <summary>The format in which AF_ALG needs the IV.</summary>
internal enum KernelIvFormat
{
    /// <summary>As the caller passes it.</summary>
    Plain,

    /// <summary>RFC 3610: byte 0 is L-1; the nonce and zeros up to 16 bytes follow.</summary>
    CcmCounterBlock,
}

/// <summary>Which libcrypto object computes a row.</summary>
internal enum LibcryptoKind
{
    /// <summary>Not served; the reason says why.</summary>
    Missing,

    /// <summary>EVP_CIPHER.</summary>
    Cipher,

    /// <summary>EVP_CIPHER with associated data and a tag.</summary>
    Aead,

    /// <summary>EVP_MD.</summary>
    Digest,

    /// <summary>EVP_MAC HMAC over the named digest.</summary>
    Hmac,

    /// <summary>EVP_MAC CMAC over the named cipher.</summary>
    Cmac,

    /// <summary>EVP_CIPHER GCM with the message as associated data.</summary>
    Gmac,

    /// <summary>AES-XCBC-MAC (RFC 3566) over the named cipher.</summary>
    XcbcMac,

    /// <summary>Key, pad, data, key over the named digest (RFC 1828, RFC 1852).</summary>
    KeyPadDataKey,

    /// <summary>The output equals the input.</summary>
    Null,

    /// <summary>A digest of zero bytes (NULL-HMAC).</summary>
    NullMac,

    /// <summary>DEFLATE and gzip by System.IO.Compression.</summary>
    Compression,
}

/// <summary>The facts of the software rung about one algorithm.</summary>
internal sealed record LibcryptoRung(LibcryptoKind Kind, string? Name = null)
{
    /// <summary>Why the software rung cannot serve the row.</summary>
    public string? Reason { get; init; }

    /// <summary>The algorithm is in OpenSSL's legacy provider.</summary>
    public bool Legacy { get; init; }

    /// <summary>The key length is divided by this before it selects the name: 2 for XTS, whose key is two keys.</summary>
    public int KeysInKey { get; init; } = 1;

    /// <summary>AEAD: the length of the message must be passed first, and the tag is checked before a byte is returned (CCM).</summary>
    public bool LengthFirst { get; init; }

    /// <summary>Compression: the gzip format of RFC 1952, with a checksum.</summary>
    public bool Gzip { get; init; }

    /// <summary>Compression: a message that does not shrink is refused.</summary>
    public bool MustShrink { get; init; }

    /// <summary>Compression: a message without its end is expanded as far as it goes.</summary>
    public bool NeedsNoEnd { get; init; }

    /// <summary>Compression: bytes behind the end of a message are refused.</summary>
    public bool EndsItsSource { get; init; }

    /// <summary>The name to fetch for a key of <paramref name="keyLength"/> bytes.</summary>
    public string NameFor(int keyLength) =>
        Name!.Replace(
            "{bits}",
            (keyLength * 8 / KeysInKey).ToString(System.Globalization.CultureInfo.InvariantCulture),
            StringComparison.Ordinal
        );
}

namespace CryptoDev.Framework;

internal static partial class AlgorithmTable
{
    /// <summary>A tag of fewer than four bytes gives no real protection. RFC 2104 section 5 advises at least half the digest.</summary>
    private const int ShortestTag = 4;

    // The kernel keeps the key in option memory (net.core.optmem_max, 20480 bytes by default on 6.1). It answers ENOMEM to a larger key.
    private const int LongestMacKey = 1 << 20;
    private const int LongestKernelMacKey = 16384;

    internal static CryptoAlgorithm HmacMd5 { get; } = Hmac("hmac-md5", "CRYPTO_MD5_HMAC", 16, 16, "hmac(md5)", "MD5");

    internal static CryptoAlgorithm HmacSha1 { get; } = Hmac("hmac-sha1", "CRYPTO_SHA1_HMAC", 20, 20, "hmac(sha1)", "SHA1");

    internal static CryptoAlgorithm HmacRipemd160 { get; } =
        Hmac("hmac-ripemd160", "CRYPTO_RIPEMD160_HMAC", 20, 20, "hmac(rmd160)", "RIPEMD160");

    internal static CryptoAlgorithm HmacSha224 { get; } = Hmac("hmac-sha224", "CRYPTO_SHA2_224_HMAC", 28, 28, "hmac(sha224)", "SHA2-224");

    internal static CryptoAlgorithm HmacSha256 { get; } =
        Hmac("hmac-sha256", "CRYPTO_SHA2_256_HMAC", 32, 32, "hmac(sha256)", "SHA2-256", "CRYPTO_SHA2_HMAC");

    internal static CryptoAlgorithm HmacSha384 { get; } = Hmac("hmac-sha384", "CRYPTO_SHA2_384_HMAC", 48, 48, "hmac(sha384)", "SHA2-384");

    internal static CryptoAlgorithm HmacSha512 { get; } = Hmac("hmac-sha512", "CRYPTO_SHA2_512_HMAC", 64, 64, "hmac(sha512)", "SHA2-512");

    internal static CryptoAlgorithm HmacMd5_96 { get; } = Hmac("hmac-md5-96", "CRYPTO_MD5_HMAC_96", 16, 12, "hmac(md5)", "MD5");

    internal static CryptoAlgorithm HmacSha1_96 { get; } = Hmac("hmac-sha1-96", "CRYPTO_SHA1_HMAC_96", 20, 12, "hmac(sha1)", "SHA1");

    internal static CryptoAlgorithm HmacRipemd160_96 { get; } =
        Hmac("hmac-ripemd160-96", "CRYPTO_RIPEMD160_HMAC_96", 20, 12, "hmac(rmd160)", "RIPEMD160");

    internal static CryptoAlgorithm Md5Kpdk { get; } = Kpdk("md5-kpdk", "CRYPTO_MD5_KPDK", 16, "MD5");

    internal static CryptoAlgorithm Sha1Kpdk { get; } = Kpdk("sha1-kpdk", "CRYPTO_SHA1_KPDK", 20, "SHA1");

    internal static CryptoAlgorithm AesXcbcMac { get; } = Xcbc("aes-xcbc-mac", null, 16);

    internal static CryptoAlgorithm AesXcbcMac96 { get; } = Xcbc("aes-xcbc-mac-96", "CRYPTO_AES_XCBC_MAC_96", 12);

    internal static CryptoAlgorithm AesCmac { get; } =
        new()
        {
            Name = "aes-cmac",
            Kind = AlgorithmKind.Mac,
            KeySizes = AesKeys,
            DigestSize = 16,
            TagSizes = SizeSet.Range(16, ShortestTag, 16),
            RoundsForKey = AesRounds,
            Kernel = KernelRung.Hash("cmac(aes)"),
            Libcrypto = new(LibcryptoKind.Cmac, "AES-{bits}-CBC"),
            Aliases = [new("cmac"), new("cmac-aes"), new("aes-128-cmac", 16), new("aes-192-cmac", 24), new("aes-256-cmac", 32)],
        };

    internal static CryptoAlgorithm Aes128Gmac { get; } = Gmac("aes-128-gmac", "CRYPTO_AES_128_GMAC", 16, "CRYPTO_AES_128_NIST_GMAC");

    internal static CryptoAlgorithm Aes192Gmac { get; } = Gmac("aes-192-gmac", "CRYPTO_AES_192_GMAC", 24, "CRYPTO_AES_192_NIST_GMAC");

    internal static CryptoAlgorithm Aes256Gmac { get; } = Gmac("aes-256-gmac", "CRYPTO_AES_256_GMAC", 32, "CRYPTO_AES_256_NIST_GMAC");

    // NetBSD writes twelve zero bytes for NULL_HMAC and ignores the key, if there is one.
    internal static CryptoAlgorithm NullHmac { get; } =
        new()
        {
            Name = "null-hmac",
            BsdName = "CRYPTO_NULL_HMAC",
            Kind = AlgorithmKind.Mac,
            KeySizes = SizeSet.Range(0, 0, 256),
            DigestSize = 12,
            TagSizes = SizeSet.Exactly(12),
            Kernel = KernelRung.Missing("the kernel's digest_null has an empty digest where NULL-HMAC has twelve zero bytes"),
            Libcrypto = new(LibcryptoKind.NullMac),
        };

    private static CryptoAlgorithm Hmac(
        string name,
        string bsdName,
        int digestSize,
        int size,
        string kernelName,
        string digest,
        params string[] aliases
    ) =>
        new()
        {
            Name = name,
            BsdName = bsdName,
            Kind = AlgorithmKind.Mac,
            KeySizes = SizeSet.Range(digestSize, 0, LongestMacKey),
            DigestSize = size,
            TagSizes = SizeSet.Range(size, ShortestTag, size),
            Kernel = KernelRung.Hash(kernelName) with { KeySizes = SizeSet.Range(digestSize, 0, LongestKernelMacKey) },
            Libcrypto = new(LibcryptoKind.Hmac, digest),
            Aliases = [.. aliases.Select(alias => new AlgorithmAlias(alias))],
        };

    private static CryptoAlgorithm Kpdk(string name, string bsdName, int size, string digest) =>
        new()
        {
            Name = name,
            BsdName = bsdName,
            Kind = AlgorithmKind.Mac,
            KeySizes = SizeSet.Range(size, 1, 8192),
            DigestSize = size,
            TagSizes = SizeSet.Range(size, ShortestTag, size),
            Kernel = KernelRung.Missing("Linux has no key-pad-data-key digest (RFC 1828, RFC 1852)"),
            Libcrypto = new(LibcryptoKind.KeyPadDataKey, digest),
        };

    private static CryptoAlgorithm Xcbc(string name, string? bsdName, int size) =>
        new()
        {
            Name = name,
            BsdName = bsdName,
            Kind = AlgorithmKind.Mac,
            KeySizes = SizeSet.Exactly(16),
            DigestSize = size,
            TagSizes = SizeSet.Range(size, ShortestTag, size),
            RoundsForKey = AesRounds,
            Kernel = KernelRung.Hash("xcbc(aes)"),
            Libcrypto = new(LibcryptoKind.XcbcMac, "AES-{bits}-CBC"),
        };

    // Each message needs its own nonce, so there is no running state to clone. One message is one operation.
    private static CryptoAlgorithm Gmac(string name, string bsdName, int keySize, string alias) =>
        new()
        {
            Name = name,
            BsdName = bsdName,
            Kind = AlgorithmKind.Mac,
            KeySizes = SizeSet.Exactly(keySize),
            IvSizes = SizeSet.Range(12, 1, 128),
            DigestSize = 16,
            TagSizes = SizeSet.Ranges(16, (4, 4, 1), (8, 8, 1), (12, 16, 1)),
            Chaining = IvChaining.WholeMessage,
            RoundsForKey = AesRounds,
            Kernel = KernelRung.Aead("gcm(aes)") with { IvSizes = SizeSet.Exactly(12), MessageIsAssociatedData = true },
            Libcrypto = new(LibcryptoKind.Gmac, "AES-{bits}-GCM"),
            Aliases = [new(alias)],
        };
}

namespace CryptoDev.Framework;

internal static partial class AlgorithmTable
{
    internal static CryptoAlgorithm Md5 { get; } = Digest("md5", "CRYPTO_MD5", 16, "md5", "MD5");

    internal static CryptoAlgorithm Sha1 { get; } = Digest("sha1", "CRYPTO_SHA1", 20, "sha1", "SHA1", "sha-1");

    internal static CryptoAlgorithm Ripemd160 { get; } =
        Digest("ripemd160", "CRYPTO_RIPEMD160", 20, "rmd160", "RIPEMD160", "ripemd-160", "ripemd");

    internal static CryptoAlgorithm Sha224 { get; } = Digest("sha224", "CRYPTO_SHA2_224", 28, "sha224", "SHA2-224", "sha-224", "sha2-224");

    internal static CryptoAlgorithm Sha256 { get; } = Digest("sha256", "CRYPTO_SHA2_256", 32, "sha256", "SHA2-256", "sha-256", "sha2-256");

    internal static CryptoAlgorithm Sha384 { get; } = Digest("sha384", "CRYPTO_SHA2_384", 48, "sha384", "SHA2-384", "sha-384", "sha2-384");

    internal static CryptoAlgorithm Sha512 { get; } = Digest("sha512", "CRYPTO_SHA2_512", 64, "sha512", "SHA2-512", "sha-512", "sha2-512");

    internal static CryptoAlgorithm Sha3_224 { get; } = Digest("sha3-224", null, 28, "sha3-224", "SHA3-224");

    internal static CryptoAlgorithm Sha3_256 { get; } = Digest("sha3-256", null, 32, "sha3-256", "SHA3-256");

    internal static CryptoAlgorithm Sha3_384 { get; } = Digest("sha3-384", null, 48, "sha3-384", "SHA3-384");

    internal static CryptoAlgorithm Sha3_512 { get; } = Digest("sha3-512", null, 64, "sha3-512", "SHA3-512");

    internal static CryptoAlgorithm Blake2b { get; } = Digest("blake2b", "CRYPTO_BLAKE2B", 64, "blake2b-512", "BLAKE2B-512", "blake2b512");

    internal static CryptoAlgorithm Blake2s { get; } = Digest("blake2s", "CRYPTO_BLAKE2S", 32, "blake2s-256", "BLAKE2S-256", "blake2s256");

    private static CryptoAlgorithm Digest(
        string name,
        string? bsdName,
        int size,
        string kernelName,
        string libcryptoName,
        params string[] aliases
    ) =>
        new()
        {
            Name = name,
            BsdName = bsdName,
            Kind = AlgorithmKind.Digest,
            DigestSize = size,
            TagSizes = SizeSet.Exactly(size),
            Kernel = KernelRung.Hash(kernelName),
            Libcrypto = new(LibcryptoKind.Digest, libcryptoName),
            Aliases = [.. aliases.Select(alias => new AlgorithmAlias(alias))],
        };
}

namespace CryptoDev.Framework;

internal static partial class AlgorithmTable
{
    internal static CryptoAlgorithm Deflate { get; } = Compression("deflate", "CRYPTO_DEFLATE_COMP", new(LibcryptoKind.Compression));

    // The same as deflate, except that a message that would not shrink is refused.
    internal static CryptoAlgorithm DeflateNoGrow { get; } =
        Compression("deflate-nogrow", "CRYPTO_DEFLATE_COMP_NOGROW", new(LibcryptoKind.Compression) { MustShrink = true });

    internal static CryptoAlgorithm Gzip { get; } = Compression("gzip", "CRYPTO_GZIP_COMP", new(LibcryptoKind.Compression) { Gzip = true });

    private static CryptoAlgorithm Compression(string name, string bsdName, LibcryptoRung rung) =>
        new()
        {
            Name = name,
            BsdName = bsdName,
            Kind = AlgorithmKind.Compression,
            Chaining = IvChaining.WholeMessage,
            Kernel = KernelRung.Missing("AF_ALG has no socket type for compression"),
            Libcrypto = rung,
        };
}

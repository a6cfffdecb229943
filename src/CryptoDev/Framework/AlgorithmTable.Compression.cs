namespace CryptoDev.Framework;

internal static partial class AlgorithmTable
{
    internal static CryptoAlgorithm Deflate { get; } = Compression("deflate", "CRYPTO_DEFLATE_COMP", new(LibcryptoKind.Compression));

    // The same as deflate, except that a message that would not shrink is refused.
    internal static CryptoAlgorithm DeflateNoGrow { get; } =
        Compression("deflate-nogrow", "CRYPTO_DEFLATE_COMP_NOGROW", new(LibcryptoKind.Compression) { MustShrink = true });

    // The next two are for the emulated NetBSD, and not among the rows that a caller can name. Its kernels once wrote messages without
    // their end, and still read them. A caller of the library must be told of a message that was cut.
    internal static CryptoAlgorithm DeflateWithoutEnd { get; } =
        Compression("deflate-without-end", null, new(LibcryptoKind.Compression) { NeedsNoEnd = true });

    // The part of a gzip message between header and checksum.
    internal static CryptoAlgorithm DeflateInFrame { get; } =
        Compression("deflate-in-frame", null, new(LibcryptoKind.Compression) { EndsItsSource = true });

    internal static CryptoAlgorithm Gzip { get; } = Compression("gzip", "CRYPTO_GZIP_COMP", new(LibcryptoKind.Compression) { Gzip = true });

    private static CryptoAlgorithm Compression(string name, string? bsdName, LibcryptoRung rung) =>
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

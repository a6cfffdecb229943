namespace CryptoDev.Cli.Check;

/// <summary>
/// The published vectors that every driver must pass, at least one for each algorithm. Two kinds are not printed in this form in a
/// document, and their source says so. Block vectors from ECB documents are used as CBC with a zero IV, which is the same for one block.
/// RFC 1828 and RFC 1852 (KPDK) print no vectors. Theirs were computed by hand from the defined construction over the plain digest,
/// independently of this library.
/// </summary>
internal static partial class KnownAnswerTable
{
    public static IReadOnlyList<KnownAnswer> Rows { get; } = [.. Ciphers(), .. Digests(), .. Macs(), .. Compressions()];

    public static IEnumerable<KnownAnswer> For(CryptoAlgorithm algorithm) => Rows.Where(row => row.Algorithm == algorithm.Name);

    /// <summary>Written bit by bit from RFC 1951 3.2.4 and 3.2.6 and RFC 1952 2.3. 352441c2 is the CRC-32 of "abc".</summary>
    private static KnownAnswer[] Compressions() =>
        [
            new("deflate", "RFC 1951 3.2.6 (fixed Huffman codes), by hand", "", "", "\"abc", "4b4c4a0600"),
            new("deflate", "RFC 1951 3.2.4 (stored block), by hand", "", "", "\"hello", "010500faff68656c6c6f"),
            new("deflate-nogrow", "RFC 1951 3.2.6 (fixed Huffman codes), by hand", "", "", "\"abc", "4b4c4a0600"),
            new("gzip", "RFC 1952 2.3 over RFC 1951 3.2.6, by hand", "", "", "\"abc", "1f8b08000000000000ff4b4c4a0600c241243503000000"),
        ];
}

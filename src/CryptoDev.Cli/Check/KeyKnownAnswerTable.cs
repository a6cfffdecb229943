namespace CryptoDev.Cli.Check;

/// <summary>
/// One known answer of a key operation: operands in order and results, in hex. A verification has no result: its signature is valid.
/// </summary>
internal sealed record KeyKnownAnswer(KeyOperation Operation, string Source, IReadOnlyList<string> Operands, IReadOnlyList<string> Results);

/// <summary>
/// The published vectors that every driver with key operations must pass. If no document has a vector, there are small ones that were
/// computed by hand.
/// </summary>
internal static partial class KeyKnownAnswerTable
{
    public static IReadOnlyList<KeyKnownAnswer> Rows { get; } =
    [
        new(
            KeyOperation.ModExp,
            "RSA Laboratories, RSAES-OAEP Encryption Scheme (2000), public operation",
            [RsaMessage, "11", RsaModulus],
            [RsaCiphertext]
        ),
        new(
            KeyOperation.ModExp,
            "RFC 5114 A.1, as a power",
            [Dh1024PublicB, "b9a3b3ae8fefc1a2930496507086f8455d48943e", Dh1024Prime],
            [Dh1024Shared]
        ),
        new(KeyOperation.ModExp, "by hand: 4^13 mod 497", ["4", "d", "1f1"], ["1bd"]),
        new(KeyOperation.ModExp, "by hand: 3^200 mod 1000, an even modulus", ["3", "c8", "3e8"], ["1"]),
        new(KeyOperation.ModExp, "by hand: modulus 1", ["6", "9", "1"], ["0"]),
        new(KeyOperation.ModExp, "by hand: 0^0", ["0", "0", "7"], ["1"]),
        new(
            KeyOperation.ModExpCrt,
            "RSA Laboratories, RSAES-OAEP Encryption Scheme (2000), private operation",
            [RsaP, RsaQ, RsaCiphertext, RsaDp, RsaDq, RsaQInverse],
            [RsaMessage]
        ),
        new(
            KeyOperation.DsaSign,
            "RFC 6979 A.2.1, sha256 of 'sample'",
            [SampleDigest, Dsa1024P, "996f967f6c8e388d9e28d01e205fba957a5698b1", Dsa1024G, "411602cb19a6ccc34494d79d98ef1e7ed5af25f7"],
            ["81f2f5850be5bc123c43f71a3033e9384611c545", "4cdd914b65eb6c66a8aaad27299bee6b035f5e89"]
        ),
        new(
            KeyOperation.DsaVerify,
            "RFC 6979 A.2.1, sha256 of 'sample'",
            [
                SampleDigest,
                Dsa1024P,
                "996f967f6c8e388d9e28d01e205fba957a5698b1",
                Dsa1024G,
                Dsa1024Y,
                "81f2f5850be5bc123c43f71a3033e9384611c545",
                "4cdd914b65eb6c66a8aaad27299bee6b035f5e89",
            ],
            []
        ),
        new(
            KeyOperation.DsaSign,
            "RFC 6979 A.2.2, sha256 of 'sample'",
            [SampleDigest, Dsa2048P, Dsa2048Q, Dsa2048G, Dsa2048X],
            [Dsa2048R, Dsa2048S]
        ),
        new(
            KeyOperation.DsaVerify,
            "RFC 6979 A.2.2, sha256 of 'sample'",
            [SampleDigest, Dsa2048P, Dsa2048Q, Dsa2048G, Dsa2048Y, Dsa2048R, Dsa2048S],
            []
        ),
        new(
            KeyOperation.DhComputeKey,
            "RFC 5114 A.1",
            ["b9a3b3ae8fefc1a2930496507086f8455d48943e", Dh1024PublicB, Dh1024Prime],
            [Dh1024Shared]
        ),
        new(KeyOperation.DhComputeKey, "RFC 5114 A.3", [Dh2048PrivateA, Dh2048PublicB, Dh2048Prime], [Dh2048Shared]),
        new(KeyOperation.ModAdd, "by hand: 20 + 9 mod 23", ["14", "9", "17"], ["6"]),
        new(KeyOperation.ModAdd, "by hand: operands above the modulus", ["64", "c8", "7"], ["6"]),
        new(KeyOperation.ModAddInv, "by hand: -20 mod 23", ["14", "17"], ["3"]),
        new(KeyOperation.ModAddInv, "by hand: -0", ["0", "17"], ["0"]),
        new(KeyOperation.ModSub, "by hand: 9 - 20 mod 23", ["9", "14", "17"], ["c"]),
        new(KeyOperation.ModMult, "by hand: 20 * 9 mod 23", ["14", "9", "17"], ["13"]),
        new(KeyOperation.ModMultInv, "by hand: 20^-1 mod 23", ["14", "17"], ["f"]),
        new(KeyOperation.ModMultInv, "by hand: modulo 1", ["5", "1"], ["0"]),
        new(KeyOperation.Mod, "by hand: 200 mod 23", ["c8", "17"], ["10"]),
    ];
}

using System.Collections.Frozen;

namespace CryptoDev.Framework;

/// <summary>
/// The only table of algorithms, one row each, split into files by kind. To add an algorithm, add a row here and a vector to the tests.
/// </summary>
internal static partial class AlgorithmTable
{
    static AlgorithmTable()
    {
        // Set in the constructor, because field initialisers of a partial class run in no defined order between files.
        Rows =
        [
            AesEcb,
            AesCbc,
            AesCtr,
            AesXts,
            AesCfb,
            AesOfb,
            DesCbc,
            TripleDesCbc,
            BlowfishCbc,
            Cast5Cbc,
            CamelliaCbc,
            SkipjackCbc,
            Arc4,
            ChaCha20,
            Null,
            AesGcm,
            AesCcm,
            ChaCha20Poly1305,
            Md5,
            Sha1,
            Ripemd160,
            Sha224,
            Sha256,
            Sha384,
            Sha512,
            Sha3_224,
            Sha3_256,
            Sha3_384,
            Sha3_512,
            Blake2b,
            Blake2s,
            HmacMd5,
            HmacSha1,
            HmacRipemd160,
            HmacSha224,
            HmacSha256,
            HmacSha384,
            HmacSha512,
            HmacMd5_96,
            HmacSha1_96,
            HmacRipemd160_96,
            Md5Kpdk,
            Sha1Kpdk,
            AesXcbcMac,
            AesXcbcMac96,
            AesCmac,
            Aes128Gmac,
            Aes192Gmac,
            Aes256Gmac,
            NullHmac,
            Deflate,
            DeflateNoGrow,
            Gzip,
        ];
        ByName = AlgorithmNames.Index(Rows);
    }

    internal static IReadOnlyList<CryptoAlgorithm> Rows { get; }

    internal static FrozenDictionary<string, (CryptoAlgorithm Algorithm, int KeyLength)> ByName { get; }

    // A computed property, because the other files of this class may be initialised first.
    private static SizeSet AesKeys => SizeSet.Of(32, 16, 24, 32);

    /// <summary>IEEE 1619: a data unit has at most 2^20 blocks.</summary>
    private const int XtsDataUnit = 1 << 24;

    /// <summary>SP 800-38C A.1: with a nonce of n bytes the length field has 15 - n bytes.</summary>
    private static long CcmLongestMessage(int nonceLength) => (1L << (8 * Math.Min(15 - nonceLength, 7))) - 1;

    private static int AesRounds(int keyLength) => (keyLength / 4) + 6;

    private static AlgorithmAlias[] AesSpellings(string mode, params string[] more) =>
        [
            new($"aes-128-{mode}", 16),
            new($"aes-192-{mode}", 24),
            new($"aes-256-{mode}", 32),
            .. more.Select(name => new AlgorithmAlias(name)),
        ];
}

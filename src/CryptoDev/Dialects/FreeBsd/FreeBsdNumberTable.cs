using static CryptoDev.Ioctl.FreeBsd;

namespace CryptoDev.Dialects;

/// <summary>
/// FreeBSD's algorithm ids by release. The ids have not changed since 5.x. The only exception is CCM in the development branch of 2019 (39
/// for the cipher, 41 to 43 for the MAC).
/// </summary>
internal static class FreeBsdNumberTable
{
    /// <summary>Up to 12. An AEAD has a cipher id and a MAC id, with the same key twice.</summary>
    public static AlgorithmNumberTable Release12 { get; } =
        new([
            AlgorithmNumber.Cipher(CRYPTO_DES_CBC, nameof(CRYPTO_DES_CBC), CryptoAlgorithm.DesCbc, SizeSet.Exactly(8), 8, 8),
            AlgorithmNumber.Cipher(CRYPTO_3DES_CBC, nameof(CRYPTO_3DES_CBC), CryptoAlgorithm.TripleDesCbc, SizeSet.Exactly(24), 8, 8),
            AlgorithmNumber.Cipher(CRYPTO_BLF_CBC, nameof(CRYPTO_BLF_CBC), CryptoAlgorithm.BlowfishCbc, SizeSet.Range(16, 5, 56), 8, 8),
            AlgorithmNumber.Cipher(CRYPTO_CAST_CBC, nameof(CRYPTO_CAST_CBC), CryptoAlgorithm.Cast5Cbc, SizeSet.Range(16, 5, 16), 8, 8),
            AlgorithmNumber.Cipher(
                CRYPTO_SKIPJACK_CBC,
                nameof(CRYPTO_SKIPJACK_CBC),
                CryptoAlgorithm.SkipjackCbc,
                SizeSet.Exactly(10),
                8,
                8
            ),
            AlgorithmNumber.Cipher(CRYPTO_ARC4, nameof(CRYPTO_ARC4), CryptoAlgorithm.Arc4, SizeSet.Range(16, 1, 32), 1, 0, IvForm.None) with
            {
                RefusesIv = true,
            },
            AlgorithmNumber.Cipher(
                CRYPTO_CAMELLIA_CBC,
                nameof(CRYPTO_CAMELLIA_CBC),
                CryptoAlgorithm.CamelliaCbc,
                SizeSet.Range(32, 8, 32),
                16,
                16
            ),
            // The counter mode takes whole blocks in 12, and any number of bytes in 13.
            AlgorithmNumber.Cipher(CRYPTO_AES_ICM, nameof(CRYPTO_AES_ICM), CryptoAlgorithm.AesCtr, SizeSet.Range(32, 16, 32), 16, 16),
            AlgorithmNumber.Mac(CRYPTO_MD5_HMAC, nameof(CRYPTO_MD5_HMAC), CryptoAlgorithm.HmacMd5, SizeSet.Range(16, 0, 64)),
            .. Common(shortestMacKey: 0),
            .. Declared((CRYPTO_AES_NIST_GMAC, nameof(CRYPTO_AES_NIST_GMAC)), (CRYPTO_CHACHA20_POLY1305, nameof(CRYPTO_CHACHA20_POLY1305))),
        ]);

    /// <summary>13.0. An AEAD has only a cipher id. The older pair is accepted if the key lengths are equal (COMPAT_FREEBSD12).</summary>
    public static AlgorithmNumberTable Release13 { get; } =
        new([.. Since13(), .. Declared((CRYPTO_CHACHA20_POLY1305, nameof(CRYPTO_CHACHA20_POLY1305)))]);

    /// <summary>14. It also has ChaCha20-Poly1305.</summary>
    public static AlgorithmNumberTable Release14 { get; } =
        new([
            AlgorithmNumber.Aead(
                CRYPTO_CHACHA20_POLY1305,
                nameof(CRYPTO_CHACHA20_POLY1305),
                CryptoAlgorithm.ChaCha20Poly1305,
                SizeSet.Exactly(32),
                1,
                12
            ),
            .. Since13(),
        ]);

    private static IEnumerable<AlgorithmNumber> Since13() =>
        [
            AlgorithmNumber.Cipher(
                CRYPTO_CAMELLIA_CBC,
                nameof(CRYPTO_CAMELLIA_CBC),
                CryptoAlgorithm.CamelliaCbc,
                SizeSet.Range(32, 16, 32),
                16,
                16
            ),
            AlgorithmNumber.Cipher(CRYPTO_AES_ICM, nameof(CRYPTO_AES_ICM), CryptoAlgorithm.AesCtr, SizeSet.Range(32, 16, 32), 1, 16),
            Gmac(CryptoAlgorithm.Aes128Gmac, 16),
            Gmac(CryptoAlgorithm.Aes192Gmac, 24),
            Gmac(CryptoAlgorithm.Aes256Gmac, 32),
            .. Common(shortestMacKey: 1),
            .. Declared(
                (CRYPTO_DES_CBC, nameof(CRYPTO_DES_CBC)),
                (CRYPTO_3DES_CBC, nameof(CRYPTO_3DES_CBC)),
                (CRYPTO_BLF_CBC, nameof(CRYPTO_BLF_CBC)),
                (CRYPTO_CAST_CBC, nameof(CRYPTO_CAST_CBC)),
                (CRYPTO_SKIPJACK_CBC, nameof(CRYPTO_SKIPJACK_CBC)),
                (CRYPTO_MD5_HMAC, nameof(CRYPTO_MD5_HMAC)),
                (CRYPTO_ARC4, nameof(CRYPTO_ARC4)),
                (CRYPTO_XCHACHA20_POLY1305, nameof(CRYPTO_XCHACHA20_POLY1305))
            ),
        ];

    private static IEnumerable<AlgorithmNumber> Common(int shortestMacKey) =>
        [
            AlgorithmNumber.Cipher(CRYPTO_AES_CBC, nameof(CRYPTO_AES_CBC), CryptoAlgorithm.AesCbc, SizeSet.Range(32, 16, 32), 16, 16) with
            {
                Aliases = [nameof(CRYPTO_RIJNDAEL128_CBC)],
            },
            AlgorithmNumber.Cipher(
                CRYPTO_AES_XTS,
                nameof(CRYPTO_AES_XTS),
                CryptoAlgorithm.AesXts,
                SizeSet.Range(64, 32, 64),
                16,
                8,
                IvForm.UnitNumber
            ),
            AlgorithmNumber.Cipher(CRYPTO_CHACHA20, nameof(CRYPTO_CHACHA20), CryptoAlgorithm.ChaCha20, SizeSet.Range(32, 16, 32), 1, 16),
            AlgorithmNumber.Cipher(
                CRYPTO_NULL_CBC,
                nameof(CRYPTO_NULL_CBC),
                CryptoAlgorithm.Null,
                SizeSet.Range(0, 0, 256),
                4,
                0,
                IvForm.None
            ),
            AlgorithmNumber.Aead(
                CRYPTO_AES_NIST_GCM_16,
                nameof(CRYPTO_AES_NIST_GCM_16),
                CryptoAlgorithm.AesGcm,
                SizeSet.Range(32, 16, 32),
                1,
                12
            ),
            AlgorithmNumber.Aead(CRYPTO_AES_CCM_16, nameof(CRYPTO_AES_CCM_16), CryptoAlgorithm.AesCcm, SizeSet.Range(32, 16, 32), 1, 12),
            AlgorithmNumber.Mac(
                CRYPTO_SHA1_HMAC,
                nameof(CRYPTO_SHA1_HMAC),
                CryptoAlgorithm.HmacSha1,
                SizeSet.Range(20, shortestMacKey, 64)
            ),
            AlgorithmNumber.Mac(
                CRYPTO_RIPEMD160_HMAC,
                nameof(CRYPTO_RIPEMD160_HMAC),
                CryptoAlgorithm.HmacRipemd160,
                SizeSet.Range(20, shortestMacKey, 64)
            ),
            AlgorithmNumber.Mac(
                CRYPTO_SHA2_224_HMAC,
                nameof(CRYPTO_SHA2_224_HMAC),
                CryptoAlgorithm.HmacSha224,
                SizeSet.Range(28, shortestMacKey, 64)
            ),
            AlgorithmNumber.Mac(
                CRYPTO_SHA2_256_HMAC,
                nameof(CRYPTO_SHA2_256_HMAC),
                CryptoAlgorithm.HmacSha256,
                SizeSet.Range(32, shortestMacKey, 64)
            ),
            AlgorithmNumber.Mac(
                CRYPTO_SHA2_384_HMAC,
                nameof(CRYPTO_SHA2_384_HMAC),
                CryptoAlgorithm.HmacSha384,
                SizeSet.Range(48, shortestMacKey, 128)
            ),
            AlgorithmNumber.Mac(
                CRYPTO_SHA2_512_HMAC,
                nameof(CRYPTO_SHA2_512_HMAC),
                CryptoAlgorithm.HmacSha512,
                SizeSet.Range(64, shortestMacKey, 128)
            ),
            AlgorithmNumber.Mac(CRYPTO_SHA1, nameof(CRYPTO_SHA1), CryptoAlgorithm.Sha1, SizeSet.None),
            AlgorithmNumber.Mac(CRYPTO_SHA2_224, nameof(CRYPTO_SHA2_224), CryptoAlgorithm.Sha224, SizeSet.None),
            AlgorithmNumber.Mac(CRYPTO_SHA2_256, nameof(CRYPTO_SHA2_256), CryptoAlgorithm.Sha256, SizeSet.None),
            AlgorithmNumber.Mac(CRYPTO_SHA2_384, nameof(CRYPTO_SHA2_384), CryptoAlgorithm.Sha384, SizeSet.None),
            AlgorithmNumber.Mac(CRYPTO_SHA2_512, nameof(CRYPTO_SHA2_512), CryptoAlgorithm.Sha512, SizeSet.None),
            // In FreeBSD these can have a key. Without a key they are the framework's digests. With a key no rung has them.
            AlgorithmNumber.Mac(CRYPTO_BLAKE2B, nameof(CRYPTO_BLAKE2B), CryptoAlgorithm.Blake2b, SizeSet.None),
            AlgorithmNumber.Mac(CRYPTO_BLAKE2S, nameof(CRYPTO_BLAKE2S), CryptoAlgorithm.Blake2s, SizeSet.None),
            // FreeBSD writes sixteen zero bytes. NetBSD and the framework have twelve.
            AlgorithmNumber.Mac(CRYPTO_NULL_HMAC, nameof(CRYPTO_NULL_HMAC), CryptoAlgorithm.NullHmac, SizeSet.None, 16),
            AlgorithmNumber.Mate(CRYPTO_AES_128_NIST_GMAC, nameof(CRYPTO_AES_128_NIST_GMAC), SizeSet.Exactly(16)),
            AlgorithmNumber.Mate(CRYPTO_AES_192_NIST_GMAC, nameof(CRYPTO_AES_192_NIST_GMAC), SizeSet.Exactly(24)),
            AlgorithmNumber.Mate(CRYPTO_AES_256_NIST_GMAC, nameof(CRYPTO_AES_256_NIST_GMAC), SizeSet.Exactly(32)),
            AlgorithmNumber.Mate(CRYPTO_AES_CCM_CBC_MAC, nameof(CRYPTO_AES_CCM_CBC_MAC), SizeSet.Of(32, 16, 24, 32)),
            .. Declared(
                (CRYPTO_MD5_KPDK, nameof(CRYPTO_MD5_KPDK)),
                (CRYPTO_SHA1_KPDK, nameof(CRYPTO_SHA1_KPDK)),
                (CRYPTO_MD5, nameof(CRYPTO_MD5)),
                (CRYPTO_DEFLATE_COMP, nameof(CRYPTO_DEFLATE_COMP)),
                (CRYPTO_RIPEMD160, nameof(CRYPTO_RIPEMD160)),
                (CRYPTO_POLY1305, nameof(CRYPTO_POLY1305))
            ),
        ];

    private static AlgorithmNumber Gmac(CryptoAlgorithm algorithm, int keySize) =>
        AlgorithmNumber.Mac(CRYPTO_AES_NIST_GMAC, nameof(CRYPTO_AES_NIST_GMAC), algorithm, SizeSet.Exactly(keySize)) with
        {
            IvSize = 12,
            IvForm = IvForm.Exact,
        };

    private static IEnumerable<AlgorithmNumber> Declared(params (uint Id, string Name)[] ids) =>
        ids.Select(id => AlgorithmNumber.Declared(id.Id, id.Name));
}

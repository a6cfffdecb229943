using CryptoDev.Ioctl;
using static CryptoDev.Ioctl.IoctlDirection;
using static CryptoDev.Ioctl.OpenBsd;

namespace CryptoDev.Dialects;

/// <summary>
/// The numbers of OpenBSD. Sources: cryptodev.h r1.35 (2002) and r1.60 (2014), cryptodev.c r1.42, r1.62 and r1.80, xform.c.
/// </summary>
internal static class OpenBsdTable
{
    /// <summary>The rows below, in the order of their declaration.</summary>
    public static IoctlTable Rows { get; } = new(IoctlEncodings.Bsd);

    public static StructCodec<session_op> SessionOp { get; } = Rows.Struct<session_op>();

    public static StructCodec<crypt_op> CryptOp { get; } = Rows.Struct<crypt_op>();

    public static StructCodec<crparam> Crparam { get; } = Rows.Struct<crparam>();

    public static StructCodec<crypt_kop> CryptKop { get; } =
        Rows.Struct<crypt_kop>((typeof(crparam_array), StructPart.Array(Crparam, (int)CRK_MAXPARAM)));

    public static IoctlInfo CRIOGET { get; } = Rows.Ioctl(Both, 100, null, "needed: the opened device itself takes nothing else");

    public static IoctlInfo CIOCGSESSION { get; } = Rows.Ioctl(Both, 101, SessionOp.Info);

    public static IoctlInfo CIOCFSESSION { get; } = Rows.Ioctl(ToKernel, 102, null);

    public static IoctlInfo CIOCCRYPT { get; } = Rows.Ioctl(Both, 103, CryptOp.Info);

    public static IoctlInfo CIOCKEY { get; } = Rows.Ioctl(Both, 104, CryptKop.Info);

    public static IoctlInfo CIOCASYMFEAT { get; } = Rows.Ioctl(FromKernel, 105, null, "CIOCSYMFEAT before 2005");

    public static CallWordTable Words { get; } =
        new([(0, CryptAction.Unspecified), (COP_ENCRYPT, CryptAction.Encrypt), (COP_DECRYPT, CryptAction.Decrypt)], []);

    /// <summary>2002 to 2004. It has MACs. They are always cut to twelve bytes, and their keys are as long as the digest.</summary>
    public static AlgorithmNumberTable Numbers2002 { get; } =
        new([
            .. Common(),
            AlgorithmNumber.Cipher(
                CRYPTO_SKIPJACK_CBC,
                nameof(CRYPTO_SKIPJACK_CBC),
                CryptoAlgorithm.SkipjackCbc,
                SizeSet.Exactly(10),
                8,
                8
            ),
            .. Cut(CRYPTO_MD5_HMAC, nameof(CRYPTO_MD5_HMAC), CryptoAlgorithm.HmacMd5_96, CryptoAlgorithm.HmacMd5),
            .. Cut(CRYPTO_SHA1_HMAC, nameof(CRYPTO_SHA1_HMAC), CryptoAlgorithm.HmacSha1_96, CryptoAlgorithm.HmacSha1),
            .. Cut(CRYPTO_RIPEMD160_HMAC, nameof(CRYPTO_RIPEMD160_HMAC), CryptoAlgorithm.HmacRipemd160_96, CryptoAlgorithm.HmacRipemd160),
            AlgorithmNumber.Mac(CRYPTO_MD5, nameof(CRYPTO_MD5), CryptoAlgorithm.Md5, SizeSet.None),
            AlgorithmNumber.Mac(CRYPTO_SHA1, nameof(CRYPTO_SHA1), CryptoAlgorithm.Sha1, SizeSet.None),
            .. Declared(
                (CRYPTO_MD5_KPDK, nameof(CRYPTO_MD5_KPDK)),
                (CRYPTO_SHA1_KPDK, nameof(CRYPTO_SHA1_KPDK)),
                (CRYPTO_DEFLATE_COMP, nameof(CRYPTO_DEFLATE_COMP)),
                (CRYPTO_NULL, nameof(CRYPTO_NULL))
            ),
        ]);

    /// <summary>2012 to 2014. AES-CTR, XTS and NULL are new. All MACs were removed in 2004.</summary>
    public static AlgorithmNumberTable Numbers2014 { get; } =
        new([
            .. Common(),
            AlgorithmNumber.Cipher(
                CRYPTO_AES_CTR,
                nameof(CRYPTO_AES_CTR),
                CryptoAlgorithm.AesCtr,
                SizeSet.Range(36, 20, 36),
                16,
                16,
                IvForm.Rfc3686
            ),
            AlgorithmNumber.Cipher(
                CRYPTO_AES_XTS,
                nameof(CRYPTO_AES_XTS),
                CryptoAlgorithm.AesXts,
                SizeSet.Of(64, 32, 64),
                16,
                16,
                IvForm.UnitNumber
            ),
            // NULL has no IV, but the kernel copies a block of four bytes as its IV. They have no meaning.
            AlgorithmNumber.Cipher(CRYPTO_NULL, nameof(CRYPTO_NULL), CryptoAlgorithm.Null, SizeSet.Range(0, 0, 256), 4, 4, IvForm.None),
            .. Declared(
                (CRYPTO_MD5_HMAC, nameof(CRYPTO_MD5_HMAC)),
                (CRYPTO_SHA1_HMAC, nameof(CRYPTO_SHA1_HMAC)),
                (CRYPTO_RIPEMD160_HMAC, nameof(CRYPTO_RIPEMD160_HMAC)),
                (CRYPTO_MD5, nameof(CRYPTO_MD5)),
                (CRYPTO_SHA1, nameof(CRYPTO_SHA1)),
                (CRYPTO_DEFLATE_COMP, nameof(CRYPTO_DEFLATE_COMP)),
                (CRYPTO_LZS_COMP, nameof(CRYPTO_LZS_COMP)),
                (CRYPTO_SHA2_256_HMAC, nameof(CRYPTO_SHA2_256_HMAC)),
                (CRYPTO_SHA2_384_HMAC, nameof(CRYPTO_SHA2_384_HMAC)),
                (CRYPTO_SHA2_512_HMAC, nameof(CRYPTO_SHA2_512_HMAC)),
                (CRYPTO_AES_GCM_16, nameof(CRYPTO_AES_GCM_16)),
                (CRYPTO_AES_128_GMAC, nameof(CRYPTO_AES_128_GMAC)),
                (CRYPTO_AES_192_GMAC, nameof(CRYPTO_AES_192_GMAC)),
                (CRYPTO_AES_256_GMAC, nameof(CRYPTO_AES_256_GMAC)),
                (CRYPTO_AES_GMAC, nameof(CRYPTO_AES_GMAC)),
                (CRYPTO_ESN, nameof(CRYPTO_ESN))
            ),
        ]);

    private static IEnumerable<AlgorithmNumber> Common() =>
        [
            AlgorithmNumber.Cipher(CRYPTO_DES_CBC, nameof(CRYPTO_DES_CBC), CryptoAlgorithm.DesCbc, SizeSet.Exactly(8), 8, 8),
            AlgorithmNumber.Cipher(CRYPTO_3DES_CBC, nameof(CRYPTO_3DES_CBC), CryptoAlgorithm.TripleDesCbc, SizeSet.Exactly(24), 8, 8),
            AlgorithmNumber.Cipher(CRYPTO_BLF_CBC, nameof(CRYPTO_BLF_CBC), CryptoAlgorithm.BlowfishCbc, SizeSet.Range(16, 5, 56), 8, 8),
            AlgorithmNumber.Cipher(CRYPTO_CAST_CBC, nameof(CRYPTO_CAST_CBC), CryptoAlgorithm.Cast5Cbc, SizeSet.Range(16, 5, 16), 8, 8),
            AlgorithmNumber.Cipher(CRYPTO_AES_CBC, nameof(CRYPTO_AES_CBC), CryptoAlgorithm.AesCbc, SizeSet.Range(32, 16, 32), 16, 16) with
            {
                Aliases = [nameof(CRYPTO_RIJNDAEL128_CBC)],
            },
            AlgorithmNumber.Cipher(CRYPTO_ARC4, nameof(CRYPTO_ARC4), CryptoAlgorithm.Arc4, SizeSet.Range(16, 1, 32), 1, 0, IvForm.None) with
            {
                RefusesIv = true,
            },
        ];

    /// <summary>
    /// Two rows for a MAC that is always cut to twelve bytes: one for the algorithm with the cut MAC, and one for the algorithm with the
    /// full MAC when at most twelve bytes are wanted.
    /// </summary>
    private static IEnumerable<AlgorithmNumber> Cut(uint id, string name, CryptoAlgorithm cut, CryptoAlgorithm whole) =>
        new[] { cut, whole }.Select(algorithm => AlgorithmNumber.Mac(id, name, algorithm, SizeSet.Exactly(whole.DigestSize), 12));

    private static IEnumerable<AlgorithmNumber> Declared(params (uint Id, string Name)[] ids) =>
        ids.Select(id => AlgorithmNumber.Declared(id.Id, id.Name));
}

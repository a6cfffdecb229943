using CryptoDev.Ioctl;
using static CryptoDev.Ioctl.IoctlDirection;
using static CryptoDev.Ioctl.NetBsd;

namespace CryptoDev.Dialects;

/// <summary>The numbers of NetBSD. Sources: cryptodev.h r1.44, cryptodev.c r1.84, xform.c, ocryptodev.[ch] r1.6.</summary>
internal static class NetBsdTable
{
    private const string Compat50 = "kernels with COMPAT_50";

    /// <summary>The rows below, in the order of their declaration.</summary>
    public static IoctlTable Rows { get; } = new(IoctlEncodings.Bsd);

    public static StructCodec<session_op> SessionOp { get; } = Rows.Struct<session_op>();

    public static StructCodec<session_n_op> SessionNOp { get; } = Rows.Struct<session_n_op>();

    public static StructCodec<crypt_op> CryptOp { get; } = Rows.Struct<crypt_op>();

    public static StructCodec<crypt_n_op> CryptNOp { get; } = Rows.Struct<crypt_n_op>();

    public static StructCodec<crypt_sgop> CryptSgop { get; } = Rows.Struct<crypt_sgop>();

    public static StructCodec<crypt_sfop> CryptSfop { get; } = Rows.Struct<crypt_sfop>();

    public static StructCodec<crypt_mop> CryptMop { get; } = Rows.Struct<crypt_mop>();

    public static StructCodec<crypt_mkop> CryptMkop { get; } = Rows.Struct<crypt_mkop>();

    public static StructCodec<cryptret> Cryptret { get; } = Rows.Struct<cryptret>();

    public static StructCodec<crypt_result> CryptResult { get; } = Rows.Struct<crypt_result>();

    public static StructCodec<crparam> Crparam { get; } = Rows.Struct<crparam>();

    public static StructCodec<crypt_kop> CryptKop { get; } =
        Rows.Struct<crypt_kop>((typeof(crparam_array), StructPart.Array(Crparam, (int)CRK_MAXPARAM)));

    public static StructCodec<crypt_n_kop> CryptNKop { get; } =
        Rows.Struct<crypt_n_kop>((typeof(crparam_array), StructPart.Array(Crparam, (int)CRK_MAXPARAM)));

    public static StructCodec<osession_op> OsessionOp { get; } = Rows.Struct<osession_op>();

    public static StructCodec<osession_n_op> OsessionNOp { get; } = Rows.Struct<osession_n_op>();

    public static StructCodec<ocrypt_op> OcryptOp { get; } = Rows.Struct<ocrypt_op>();

    public static StructCodec<ocrypt_n_op> OcryptNOp { get; } = Rows.Struct<ocrypt_n_op>();

    public static StructCodec<ocrypt_sgop> OcryptSgop { get; } = Rows.Struct<ocrypt_sgop>();

    public static StructCodec<ocrypt_mop> OcryptMop { get; } = Rows.Struct<ocrypt_mop>();

    public static IoctlInfo CRIOGET { get; } = Rows.Ioctl(Both, 100, null, "not needed: every open has its own context");

    public static IoctlInfo CIOCFSESSION { get; } = Rows.Ioctl(ToKernel, 102, null);

    public static IoctlInfo CIOCKEY { get; } = Rows.Ioctl(Both, 104, CryptKop.Info);

    public static IoctlInfo CIOCASYMFEAT { get; } = Rows.Ioctl(FromKernel, 105, null);

    public static IoctlInfo CIOCNFKEYM { get; } = Rows.Ioctl(Both, 108, CryptMkop.Info);

    public static IoctlInfo CIOCNFSESSION { get; } = Rows.Ioctl(ToKernel, 109, CryptSfop.Info);

    public static IoctlInfo CIOCNCRYPTRETM { get; } = Rows.Ioctl(Both, 110, Cryptret.Info);

    public static IoctlInfo CIOCNCRYPTRET { get; } = Rows.Ioctl(Both, 111, CryptResult.Info);

    public static IoctlInfo CIOCGSESSION { get; } = Rows.Ioctl(Both, 112, SessionOp.Info);

    public static IoctlInfo CIOCNGSESSION { get; } = Rows.Ioctl(Both, 113, CryptSgop.Info);

    public static IoctlInfo CIOCCRYPT { get; } = Rows.Ioctl(Both, 114, CryptOp.Info);

    public static IoctlInfo CIOCNCRYPTM { get; } = Rows.Ioctl(Both, 115, CryptMop.Info);

    public static IoctlInfo OCIOCGSESSION { get; } = Rows.Ioctl(Both, 101, OsessionOp.Info, Compat50);

    public static IoctlInfo OCIOCCRYPT { get; } = Rows.Ioctl(Both, 103, OcryptOp.Info, Compat50);

    public static IoctlInfo OCIOCNGSESSION { get; } =
        Rows.Ioctl(Both, 106, OcryptSgop.Info, Compat50 + ", where it is EINVAL: the kernel tests the new number");

    public static IoctlInfo OCIOCNCRYPTM { get; } = Rows.Ioctl(Both, 107, OcryptMop.Info, Compat50 + ", where only a count of 1 is safe");

    public static CallWordTable Words { get; } =
        new(
            [
                (0, CryptAction.Unspecified),
                (COP_ENCRYPT, CryptAction.Encrypt),
                (COP_DECRYPT, CryptAction.Decrypt),
                (COP_COMP, CryptAction.Compress),
                (COP_DECOMP, CryptAction.Expand),
            ],
            [(COP_F_BATCH, CryptCallFlags.Batch), (COP_F_MORE, CryptCallFlags.More)]
        );

    /// <summary>
    /// NetBSD 10. A MAC key has exactly one length. For SHA2_HMAC the key's length chooses the hash, and the MAC is half the digest. The
    /// two longer hashes work since December 2019, and have ids of their own.
    /// </summary>
    public static AlgorithmNumberTable Numbers10 { get; } =
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
            AlgorithmNumber.Cipher(CRYPTO_AES_CBC, nameof(CRYPTO_AES_CBC), CryptoAlgorithm.AesCbc, SizeSet.Range(32, 16, 32), 16, 16) with
            {
                Aliases = [nameof(CRYPTO_RIJNDAEL128_CBC)],
            },
            AlgorithmNumber.Cipher(
                CRYPTO_CAMELLIA_CBC,
                nameof(CRYPTO_CAMELLIA_CBC),
                CryptoAlgorithm.CamelliaCbc,
                SizeSet.Range(32, 8, 32),
                16,
                16
            ),
            AlgorithmNumber.Cipher(
                CRYPTO_AES_CTR,
                nameof(CRYPTO_AES_CTR),
                CryptoAlgorithm.AesCtr,
                SizeSet.Range(36, 20, 36),
                16,
                8,
                IvForm.Rfc3686
            ),
            AlgorithmNumber.Aead(
                CRYPTO_AES_GCM_16,
                nameof(CRYPTO_AES_GCM_16),
                CryptoAlgorithm.AesGcm,
                SizeSet.Range(36, 20, 36),
                4,
                8,
                IvForm.SaltFirst
            ),
            AlgorithmNumber.Cipher(
                CRYPTO_NULL_CBC,
                nameof(CRYPTO_NULL_CBC),
                CryptoAlgorithm.Null,
                SizeSet.Range(0, 0, 256),
                4,
                0,
                IvForm.None
            ) with
            {
                RefusesIv = true,
            },
            AlgorithmNumber.Cipher(CRYPTO_ARC4, nameof(CRYPTO_ARC4), CryptoAlgorithm.Arc4, SizeSet.Range(16, 1, 32), 1, 0, IvForm.None) with
            {
                RefusesIv = true,
            },
            AlgorithmNumber.Mac(CRYPTO_MD5_HMAC, nameof(CRYPTO_MD5_HMAC), CryptoAlgorithm.HmacMd5, SizeSet.Exactly(16)),
            AlgorithmNumber.Mac(CRYPTO_MD5_HMAC_96, nameof(CRYPTO_MD5_HMAC_96), CryptoAlgorithm.HmacMd5_96, SizeSet.Exactly(16)),
            AlgorithmNumber.Mac(CRYPTO_SHA1_HMAC, nameof(CRYPTO_SHA1_HMAC), CryptoAlgorithm.HmacSha1, SizeSet.Exactly(20)),
            AlgorithmNumber.Mac(CRYPTO_SHA1_HMAC_96, nameof(CRYPTO_SHA1_HMAC_96), CryptoAlgorithm.HmacSha1_96, SizeSet.Exactly(20)),
            AlgorithmNumber.Mac(CRYPTO_RIPEMD160_HMAC, nameof(CRYPTO_RIPEMD160_HMAC), CryptoAlgorithm.HmacRipemd160, SizeSet.Exactly(20)),
            AlgorithmNumber.Mac(
                CRYPTO_RIPEMD160_HMAC_96,
                nameof(CRYPTO_RIPEMD160_HMAC_96),
                CryptoAlgorithm.HmacRipemd160_96,
                SizeSet.Exactly(20)
            ),
            AlgorithmNumber.Mac(CRYPTO_SHA2_HMAC, nameof(CRYPTO_SHA2_HMAC), CryptoAlgorithm.HmacSha256, SizeSet.Exactly(32), 16) with
            {
                Aliases = [nameof(CRYPTO_SHA2_256_HMAC)],
            },
            AlgorithmNumber.Mac(CRYPTO_SHA2_384_HMAC, nameof(CRYPTO_SHA2_384_HMAC), CryptoAlgorithm.HmacSha384, SizeSet.Exactly(48), 24),
            AlgorithmNumber.Mac(CRYPTO_SHA2_512_HMAC, nameof(CRYPTO_SHA2_512_HMAC), CryptoAlgorithm.HmacSha512, SizeSet.Exactly(64), 32),
            AlgorithmNumber.Mac(CRYPTO_SHA2_HMAC, nameof(CRYPTO_SHA2_HMAC), CryptoAlgorithm.HmacSha384, SizeSet.Exactly(48), 24),
            AlgorithmNumber.Mac(CRYPTO_SHA2_HMAC, nameof(CRYPTO_SHA2_HMAC), CryptoAlgorithm.HmacSha512, SizeSet.Exactly(64), 32),
            AlgorithmNumber.Mac(CRYPTO_MD5, nameof(CRYPTO_MD5), CryptoAlgorithm.Md5, SizeSet.None),
            AlgorithmNumber.Mac(CRYPTO_SHA1, nameof(CRYPTO_SHA1), CryptoAlgorithm.Sha1, SizeSet.None),
            AlgorithmNumber.Mac(CRYPTO_AES_XCBC_MAC_96, nameof(CRYPTO_AES_XCBC_MAC_96), CryptoAlgorithm.AesXcbcMac96, SizeSet.Exactly(16)),
            AlgorithmNumber.Mac(CRYPTO_NULL_HMAC, nameof(CRYPTO_NULL_HMAC), CryptoAlgorithm.NullHmac, SizeSet.None),
            Gmac(CRYPTO_AES_128_GMAC, nameof(CRYPTO_AES_128_GMAC), CryptoAlgorithm.Aes128Gmac, 20),
            Gmac(CRYPTO_AES_192_GMAC, nameof(CRYPTO_AES_192_GMAC), CryptoAlgorithm.Aes192Gmac, 28),
            Gmac(CRYPTO_AES_256_GMAC, nameof(CRYPTO_AES_256_GMAC), CryptoAlgorithm.Aes256Gmac, 36),
            AlgorithmNumber.Compression(CRYPTO_DEFLATE_COMP, nameof(CRYPTO_DEFLATE_COMP), CryptoAlgorithm.Deflate),
            AlgorithmNumber.Compression(CRYPTO_GZIP_COMP, nameof(CRYPTO_GZIP_COMP), CryptoAlgorithm.Gzip),
            // The header and the software driver have these ids, but the session call does not. AES_GMAC as a cipher copies the
            // data and authenticates it. No rung of the framework does this in one session.
            AlgorithmNumber.Declared(CRYPTO_MD5_KPDK, nameof(CRYPTO_MD5_KPDK)),
            AlgorithmNumber.Declared(CRYPTO_SHA1_KPDK, nameof(CRYPTO_SHA1_KPDK)),
            AlgorithmNumber.Declared(CRYPTO_DEFLATE_COMP_NOGROW, nameof(CRYPTO_DEFLATE_COMP_NOGROW)),
            AlgorithmNumber.Declared(CRYPTO_AES_GMAC, nameof(CRYPTO_AES_GMAC)),
        ]);

    /// <summary>
    /// NetBSD 7 (2015). A session of a longer hash opens by SHA2_HMAC. Each operation fails, because it looks for the id of the call, and
    /// the driver has the session under the hash's own id.
    /// </summary>
    public static AlgorithmNumberTable Numbers7 { get; } = new([.. Numbers10.Rows.Select(InRelease7)]);

    private static AlgorithmNumber InRelease7(AlgorithmNumber row) =>
        row.Id is CRYPTO_SHA2_384_HMAC or CRYPTO_SHA2_512_HMAC ? AlgorithmNumber.Declared(row.Id, row.Name)
        : row.Id == CRYPTO_SHA2_HMAC && row.Algorithm != CryptoAlgorithm.HmacSha256 ? row with { IsUnusable = true }
        : row;

    // Four bytes of the nonce follow the key, as in GCM's key.
    private static AlgorithmNumber Gmac(uint id, string name, CryptoAlgorithm algorithm, int keyLength) =>
        AlgorithmNumber.Mate(id, name, SizeSet.Exactly(keyLength)) with
        {
            Algorithm = algorithm,
            IvForm = IvForm.SaltFirst,
            TagSize = 16,
        };
}

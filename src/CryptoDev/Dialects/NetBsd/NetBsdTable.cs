using CryptoDev.Ioctl;
using static CryptoDev.Ioctl.NetBsd;

namespace CryptoDev.Dialects;

/// <summary>NetBSD's numbers. Sources: cryptodev.h r1.44, cryptodev.c r1.84, xform.c, ocryptodev.[ch] r1.6.</summary>
internal static class NetBsdTable
{
    private const string Compat50 = "kernels with COMPAT_50";

    private static readonly (Type, StructPart) s_parameters;

    static NetBsdTable()
    {
        Crparam = new StructCodec<crparam>();
        s_parameters = (typeof(crparam_array), StructPart.Array(Crparam, (int)CRK_MAXPARAM));
        CryptKop = new StructCodec<crypt_kop>(s_parameters);
        CryptNKop = new StructCodec<crypt_n_kop>(s_parameters);

        CRIOGET = Request(nameof(CRIOGET), IoctlDirection.Both, 100, null, "not needed: every open has its own context");
        CIOCFSESSION = Request(nameof(CIOCFSESSION), IoctlDirection.ToKernel, 102, null);
        CIOCKEY = Request(nameof(CIOCKEY), IoctlDirection.Both, 104, CryptKop.Info);
        CIOCASYMFEAT = Request(nameof(CIOCASYMFEAT), IoctlDirection.FromKernel, 105, null);
        CIOCNFKEYM = Request(nameof(CIOCNFKEYM), IoctlDirection.Both, 108, CryptMkop.Info);
        CIOCNFSESSION = Request(nameof(CIOCNFSESSION), IoctlDirection.ToKernel, 109, CryptSfop.Info);
        CIOCNCRYPTRETM = Request(nameof(CIOCNCRYPTRETM), IoctlDirection.Both, 110, Cryptret.Info);
        CIOCNCRYPTRET = Request(nameof(CIOCNCRYPTRET), IoctlDirection.Both, 111, CryptResult.Info);
        CIOCGSESSION = Request(nameof(CIOCGSESSION), IoctlDirection.Both, 112, SessionOp.Info);
        CIOCNGSESSION = Request(nameof(CIOCNGSESSION), IoctlDirection.Both, 113, CryptSgop.Info);
        CIOCCRYPT = Request(nameof(CIOCCRYPT), IoctlDirection.Both, 114, CryptOp.Info);
        CIOCNCRYPTM = Request(nameof(CIOCNCRYPTM), IoctlDirection.Both, 115, CryptMop.Info);
        OCIOCGSESSION = Request(nameof(OCIOCGSESSION), IoctlDirection.Both, 101, OsessionOp.Info, Compat50);
        OCIOCCRYPT = Request(nameof(OCIOCCRYPT), IoctlDirection.Both, 103, OcryptOp.Info, Compat50);
        OCIOCNGSESSION = Request(
            nameof(OCIOCNGSESSION),
            IoctlDirection.Both,
            106,
            OcryptSgop.Info,
            Compat50 + ", where it is EINVAL: the kernel tests the new number"
        );
        OCIOCNCRYPTM = Request(
            nameof(OCIOCNCRYPTM),
            IoctlDirection.Both,
            107,
            OcryptMop.Info,
            Compat50 + ", where only a count of 1 is safe"
        );
        Requests =
        [
            CRIOGET,
            CIOCFSESSION,
            CIOCKEY,
            CIOCASYMFEAT,
            CIOCNFKEYM,
            CIOCNFSESSION,
            CIOCNCRYPTRETM,
            CIOCNCRYPTRET,
            CIOCGSESSION,
            CIOCNGSESSION,
            CIOCCRYPT,
            CIOCNCRYPTM,
            OCIOCGSESSION,
            OCIOCCRYPT,
            OCIOCNGSESSION,
            OCIOCNCRYPTM,
        ];
        Structs =
        [
            SessionOp.Info,
            SessionNOp.Info,
            CryptOp.Info,
            CryptNOp.Info,
            CryptSgop.Info,
            CryptSfop.Info,
            CryptMop.Info,
            CryptMkop.Info,
            Cryptret.Info,
            CryptResult.Info,
            Crparam.Info,
            CryptKop.Info,
            CryptNKop.Info,
            OsessionOp.Info,
            OsessionNOp.Info,
            OcryptOp.Info,
            OcryptNOp.Info,
            OcryptSgop.Info,
            OcryptMop.Info,
        ];
    }

    public static StructCodec<session_op> SessionOp { get; } = new();

    public static StructCodec<session_n_op> SessionNOp { get; } = new();

    public static StructCodec<crypt_op> CryptOp { get; } = new();

    public static StructCodec<crypt_n_op> CryptNOp { get; } = new();

    public static StructCodec<crypt_sgop> CryptSgop { get; } = new();

    public static StructCodec<crypt_sfop> CryptSfop { get; } = new();

    public static StructCodec<crypt_mop> CryptMop { get; } = new();

    public static StructCodec<crypt_mkop> CryptMkop { get; } = new();

    public static StructCodec<cryptret> Cryptret { get; } = new();

    public static StructCodec<crypt_result> CryptResult { get; } = new();

    public static StructCodec<crparam> Crparam { get; }

    public static StructCodec<crypt_kop> CryptKop { get; }

    public static StructCodec<crypt_n_kop> CryptNKop { get; }

    public static StructCodec<osession_op> OsessionOp { get; } = new();

    public static StructCodec<osession_n_op> OsessionNOp { get; } = new();

    public static StructCodec<ocrypt_op> OcryptOp { get; } = new();

    public static StructCodec<ocrypt_n_op> OcryptNOp { get; } = new();

    public static StructCodec<ocrypt_sgop> OcryptSgop { get; } = new();

    public static StructCodec<ocrypt_mop> OcryptMop { get; } = new();

    public static IoctlInfo CRIOGET { get; }

    public static IoctlInfo CIOCFSESSION { get; }

    public static IoctlInfo CIOCKEY { get; }

    public static IoctlInfo CIOCASYMFEAT { get; }

    public static IoctlInfo CIOCNFKEYM { get; }

    public static IoctlInfo CIOCNFSESSION { get; }

    public static IoctlInfo CIOCNCRYPTRETM { get; }

    public static IoctlInfo CIOCNCRYPTRET { get; }

    public static IoctlInfo CIOCGSESSION { get; }

    public static IoctlInfo CIOCNGSESSION { get; }

    public static IoctlInfo CIOCCRYPT { get; }

    public static IoctlInfo CIOCNCRYPTM { get; }

    public static IoctlInfo OCIOCGSESSION { get; }

    public static IoctlInfo OCIOCCRYPT { get; }

    public static IoctlInfo OCIOCNGSESSION { get; }

    public static IoctlInfo OCIOCNCRYPTM { get; }

    public static IReadOnlyList<IoctlInfo> Requests { get; }

    public static IReadOnlyList<StructInfo> Structs { get; }

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

    /// <summary>MAC keys have exactly one length, and HMAC-SHA-2 gives half its digest, by the key's length.</summary>
    public static AlgorithmNumberTable Numbers { get; } =
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
            AlgorithmNumber.Mac(CRYPTO_SHA2_HMAC, nameof(CRYPTO_SHA2_HMAC), CryptoAlgorithm.HmacSha384, SizeSet.Exactly(48), 24),
            AlgorithmNumber.Mac(CRYPTO_SHA2_HMAC, nameof(CRYPTO_SHA2_HMAC), CryptoAlgorithm.HmacSha512, SizeSet.Exactly(64), 32),
            AlgorithmNumber.Mac(CRYPTO_MD5, nameof(CRYPTO_MD5), CryptoAlgorithm.Md5, SizeSet.None),
            AlgorithmNumber.Mac(CRYPTO_SHA1, nameof(CRYPTO_SHA1), CryptoAlgorithm.Sha1, SizeSet.None),
            AlgorithmNumber.Mac(CRYPTO_AES_XCBC_MAC_96, nameof(CRYPTO_AES_XCBC_MAC_96), CryptoAlgorithm.AesXcbcMac96, SizeSet.Exactly(16)),
            AlgorithmNumber.Mac(CRYPTO_NULL_HMAC, nameof(CRYPTO_NULL_HMAC), CryptoAlgorithm.NullHmac, SizeSet.None),
            AlgorithmNumber.Mate(CRYPTO_AES_128_GMAC, nameof(CRYPTO_AES_128_GMAC), SizeSet.Exactly(20)),
            AlgorithmNumber.Mate(CRYPTO_AES_192_GMAC, nameof(CRYPTO_AES_192_GMAC), SizeSet.Exactly(28)),
            AlgorithmNumber.Mate(CRYPTO_AES_256_GMAC, nameof(CRYPTO_AES_256_GMAC), SizeSet.Exactly(36)),
            AlgorithmNumber.Compression(CRYPTO_DEFLATE_COMP, nameof(CRYPTO_DEFLATE_COMP), CryptoAlgorithm.Deflate),
            AlgorithmNumber.Compression(CRYPTO_GZIP_COMP, nameof(CRYPTO_GZIP_COMP), CryptoAlgorithm.Gzip),
            // In the header and in the software driver; r1.84's session call does not know them. AES_GMAC as a cipher passes data through
            // and authenticates it, which no rung of the framework does in one session.
            AlgorithmNumber.Declared(CRYPTO_MD5_KPDK, nameof(CRYPTO_MD5_KPDK)),
            AlgorithmNumber.Declared(CRYPTO_SHA1_KPDK, nameof(CRYPTO_SHA1_KPDK)),
            AlgorithmNumber.Declared(CRYPTO_DEFLATE_COMP_NOGROW, nameof(CRYPTO_DEFLATE_COMP_NOGROW)),
            AlgorithmNumber.Declared(CRYPTO_SHA2_384_HMAC, nameof(CRYPTO_SHA2_384_HMAC)),
            AlgorithmNumber.Declared(CRYPTO_SHA2_512_HMAC, nameof(CRYPTO_SHA2_512_HMAC)),
            AlgorithmNumber.Declared(CRYPTO_AES_GMAC, nameof(CRYPTO_AES_GMAC)),
        ]);

    private static IoctlInfo Request(string name, IoctlDirection direction, byte number, StructInfo? argument, string note = "") =>
        new(IoctlEncodings.Bsd, name, direction, number, argument, note);
}

using CryptoDev.Ioctl;
using static CryptoDev.Ioctl.CryptodevLinux;

namespace CryptoDev.Dialects;

/// <summary>cryptodev-linux's numbers. Source: crypto/cryptodev.h, ioctl.c, cryptlib.c of version 1.14.</summary>
internal static class CryptodevLinuxTable
{
    private const string Async = "modules built with ENABLE_ASYNC";

    // ioctl.c hands a 32-bit caller's pointers on for these two as they are, so it refuses them instead.
    private const string NotForIlp32 = "64-bit kernels refuse it to 32-bit callers";

    static CryptodevLinuxTable()
    {
        StructPart name = StructPart.Characters((int)CRYPTODEV_MAX_ALG_NAME);
        AlgInfo = new StructCodec<alg_info>((typeof(alg_name), name));
        SessionInfoOp = new StructCodec<session_info_op>((typeof(alg_info), AlgInfo));
        CryptKop = new StructCodec<crypt_kop>((typeof(crparam_array), StructPart.Array(Crparam, (int)CRK_MAXPARAM)));

        CRIOGET = Request(nameof(CRIOGET), IoctlDirection.Both, 101, null, "not needed: a duplicate of the descriptor");
        CIOCGSESSION = Request(nameof(CIOCGSESSION), IoctlDirection.Both, 102, SessionOp.Info);
        CIOCFSESSION = Request(nameof(CIOCFSESSION), IoctlDirection.ToKernel, 103, null);
        CIOCCRYPT = Request(nameof(CIOCCRYPT), IoctlDirection.Both, 104, CryptOp.Info);
        CIOCKEY = Request(nameof(CIOCKEY), IoctlDirection.Both, 105, CryptKop.Info, "defined, and answered with EINVAL");
        CIOCASYMFEAT = Request(nameof(CIOCASYMFEAT), IoctlDirection.FromKernel, 106, null, "always 0");
        CIOCGSESSINFO = Request(nameof(CIOCGSESSINFO), IoctlDirection.Both, 107, SessionInfoOp.Info);
        CIOCAUTHCRYPT = Request(nameof(CIOCAUTHCRYPT), IoctlDirection.Both, 109, CryptAuthOp.Info, NotForIlp32, offeredToIlp32: false);
        CIOCASYNCCRYPT = Request(
            nameof(CIOCASYNCCRYPT),
            IoctlDirection.ToKernel,
            110,
            CryptOp.Info,
            Async + "; " + NotForIlp32,
            offeredToIlp32: false
        );
        CIOCASYNCFETCH = Request(
            nameof(CIOCASYNCFETCH),
            IoctlDirection.FromKernel,
            111,
            CryptOp.Info,
            Async + "; " + NotForIlp32,
            offeredToIlp32: false
        );
        CIOCCPHASH = Request(nameof(CIOCCPHASH), IoctlDirection.ToKernel, 112, CphashOp.Info, NotForIlp32, offeredToIlp32: false);
        Requests =
        [
            CRIOGET,
            CIOCGSESSION,
            CIOCFSESSION,
            CIOCCRYPT,
            CIOCKEY,
            CIOCASYMFEAT,
            CIOCGSESSINFO,
            CIOCAUTHCRYPT,
            CIOCASYNCCRYPT,
            CIOCASYNCFETCH,
            CIOCCPHASH,
        ];
        Structs =
        [
            SessionOp.Info,
            CryptOp.Info,
            CryptAuthOp.Info,
            AlgInfo.Info,
            SessionInfoOp.Info,
            CphashOp.Info,
            Crparam.Info,
            CryptKop.Info,
        ];
    }

    public static StructCodec<session_op> SessionOp { get; } = new();

    public static StructCodec<crypt_op> CryptOp { get; } = new();

    public static StructCodec<crypt_auth_op> CryptAuthOp { get; } = new();

    public static StructCodec<alg_info> AlgInfo { get; }

    public static StructCodec<session_info_op> SessionInfoOp { get; }

    public static StructCodec<cphash_op> CphashOp { get; } = new();

    public static StructCodec<crparam> Crparam { get; } = new();

    public static StructCodec<crypt_kop> CryptKop { get; }

    public static IoctlInfo CRIOGET { get; }

    public static IoctlInfo CIOCGSESSION { get; }

    public static IoctlInfo CIOCFSESSION { get; }

    public static IoctlInfo CIOCCRYPT { get; }

    public static IoctlInfo CIOCKEY { get; }

    public static IoctlInfo CIOCASYMFEAT { get; }

    public static IoctlInfo CIOCGSESSINFO { get; }

    public static IoctlInfo CIOCAUTHCRYPT { get; }

    public static IoctlInfo CIOCASYNCCRYPT { get; }

    public static IoctlInfo CIOCASYNCFETCH { get; }

    public static IoctlInfo CIOCCPHASH { get; }

    public static IReadOnlyList<IoctlInfo> Requests { get; }

    public static IReadOnlyList<StructInfo> Structs { get; }

    public static CallWordTable Words { get; } =
        new(
            [(COP_ENCRYPT, CryptAction.Encrypt), (COP_DECRYPT, CryptAction.Decrypt)],
            [
                (COP_FLAG_UPDATE, CryptCallFlags.Update),
                (COP_FLAG_FINAL, CryptCallFlags.Final),
                (COP_FLAG_WRITE_IV, CryptCallFlags.WriteIv),
                (COP_FLAG_NO_ZC, CryptCallFlags.NoZeroCopy),
                (COP_FLAG_AEAD_TLS_TYPE, CryptCallFlags.Tls),
                (COP_FLAG_AEAD_SRTP_TYPE, CryptCallFlags.Srtp),
                (COP_FLAG_RESET, CryptCallFlags.Reset),
            ]
        );

    /// <summary>
    /// What the session call's switch knows; the rest of the header is declared only. Sizes are those of the kernel's own algorithms.
    /// </summary>
    public static AlgorithmNumberTable Numbers { get; } =
        new([
            Cipher(CRYPTO_DES_CBC, nameof(CRYPTO_DES_CBC), CryptoAlgorithm.DesCbc),
            Cipher(CRYPTO_3DES_CBC, nameof(CRYPTO_3DES_CBC), CryptoAlgorithm.TripleDesCbc),
            Cipher(CRYPTO_BLF_CBC, nameof(CRYPTO_BLF_CBC), CryptoAlgorithm.BlowfishCbc),
            Cipher(CRYPTO_AES_CBC, nameof(CRYPTO_AES_CBC), CryptoAlgorithm.AesCbc) with
            {
                Aliases = [nameof(CRYPTO_RIJNDAEL128_CBC)],
            },
            Cipher(CRYPTO_CAMELLIA_CBC, nameof(CRYPTO_CAMELLIA_CBC), CryptoAlgorithm.CamelliaCbc),
            Cipher(CRYPTO_AES_CTR, nameof(CRYPTO_AES_CTR), CryptoAlgorithm.AesCtr),
            Cipher(CRYPTO_AES_XTS, nameof(CRYPTO_AES_XTS), CryptoAlgorithm.AesXts) with
            {
                BlockSize = 16,
            },
            Cipher(CRYPTO_AES_ECB, nameof(CRYPTO_AES_ECB), CryptoAlgorithm.AesEcb) with
            {
                IvForm = IvForm.None,
            },
            Cipher(CRYPTO_AES_CFB, nameof(CRYPTO_AES_CFB), CryptoAlgorithm.AesCfb),
            Cipher(CRYPTO_AES_OFB, nameof(CRYPTO_AES_OFB), CryptoAlgorithm.AesOfb),
            Cipher(CRYPTO_NULL, nameof(CRYPTO_NULL), CryptoAlgorithm.Null) with
            {
                IvForm = IvForm.None,
            },
            AlgorithmNumber.Aead(CRYPTO_AES_GCM, nameof(CRYPTO_AES_GCM), CryptoAlgorithm.AesGcm, CryptoAlgorithm.AesGcm.KeySizes, 1, 12),
            AlgorithmNumber.Aead(
                CRYPTO_AES_CCM,
                nameof(CRYPTO_AES_CCM),
                CryptoAlgorithm.AesCcm,
                CryptoAlgorithm.AesCcm.KeySizes,
                1,
                16,
                IvForm.CcmBlock
            ),
            Mac(CRYPTO_MD5_HMAC, nameof(CRYPTO_MD5_HMAC), CryptoAlgorithm.HmacMd5),
            Mac(CRYPTO_SHA1_HMAC, nameof(CRYPTO_SHA1_HMAC), CryptoAlgorithm.HmacSha1),
            Mac(CRYPTO_RIPEMD160_HMAC, nameof(CRYPTO_RIPEMD160_HMAC), CryptoAlgorithm.HmacRipemd160),
            Mac(CRYPTO_SHA2_224_HMAC, nameof(CRYPTO_SHA2_224_HMAC), CryptoAlgorithm.HmacSha224),
            Mac(CRYPTO_SHA2_256_HMAC, nameof(CRYPTO_SHA2_256_HMAC), CryptoAlgorithm.HmacSha256),
            Mac(CRYPTO_SHA2_384_HMAC, nameof(CRYPTO_SHA2_384_HMAC), CryptoAlgorithm.HmacSha384),
            Mac(CRYPTO_SHA2_512_HMAC, nameof(CRYPTO_SHA2_512_HMAC), CryptoAlgorithm.HmacSha512),
            Mac(CRYPTO_MD5, nameof(CRYPTO_MD5), CryptoAlgorithm.Md5),
            Mac(CRYPTO_SHA1, nameof(CRYPTO_SHA1), CryptoAlgorithm.Sha1),
            Mac(CRYPTO_RIPEMD160, nameof(CRYPTO_RIPEMD160), CryptoAlgorithm.Ripemd160),
            Mac(CRYPTO_SHA2_224, nameof(CRYPTO_SHA2_224), CryptoAlgorithm.Sha224),
            Mac(CRYPTO_SHA2_256, nameof(CRYPTO_SHA2_256), CryptoAlgorithm.Sha256),
            Mac(CRYPTO_SHA2_384, nameof(CRYPTO_SHA2_384), CryptoAlgorithm.Sha384),
            Mac(CRYPTO_SHA2_512, nameof(CRYPTO_SHA2_512), CryptoAlgorithm.Sha512),
            AlgorithmNumber.Declared(CRYPTO_CAST_CBC, nameof(CRYPTO_CAST_CBC)),
            AlgorithmNumber.Declared(CRYPTO_SKIPJACK_CBC, nameof(CRYPTO_SKIPJACK_CBC)),
            AlgorithmNumber.Declared(CRYPTO_MD5_KPDK, nameof(CRYPTO_MD5_KPDK)),
            AlgorithmNumber.Declared(CRYPTO_SHA1_KPDK, nameof(CRYPTO_SHA1_KPDK)),
            AlgorithmNumber.Declared(CRYPTO_ARC4, nameof(CRYPTO_ARC4)),
            AlgorithmNumber.Declared(CRYPTO_DEFLATE_COMP, nameof(CRYPTO_DEFLATE_COMP)),
            AlgorithmNumber.Declared(CRYPTO_LZS_COMP, nameof(CRYPTO_LZS_COMP)),
            AlgorithmNumber.Declared(CRYPTO_TLS11_AES_CBC_HMAC_SHA1, nameof(CRYPTO_TLS11_AES_CBC_HMAC_SHA1)),
            AlgorithmNumber.Declared(CRYPTO_TLS12_AES_CBC_HMAC_SHA256, nameof(CRYPTO_TLS12_AES_CBC_HMAC_SHA256)),
        ]);

    private static AlgorithmNumber Cipher(uint id, string name, CryptoAlgorithm algorithm) =>
        AlgorithmNumber.Cipher(id, name, algorithm, algorithm.KeySizes, algorithm.BlockSize, algorithm.IvSizes.Default);

    // A plain hash is given no key, but the call copies one of any length up to the limit all the same.
    private static AlgorithmNumber Mac(uint id, string name, CryptoAlgorithm algorithm) =>
        AlgorithmNumber.Mac(id, name, algorithm, SizeSet.Range(algorithm.KeySizes.Default, 0, (int)CRYPTO_HMAC_MAX_KEY_LEN));

    private static IoctlInfo Request(
        string name,
        IoctlDirection direction,
        byte number,
        StructInfo? argument,
        string note = "",
        bool offeredToIlp32 = true
    ) => new(IoctlEncodings.Linux, name, direction, number, argument, note, offeredToIlp32);
}

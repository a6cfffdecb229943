using CryptoDev.Ioctl;
using static CryptoDev.Ioctl.CryptodevLinux;
using static CryptoDev.Ioctl.IoctlDirection;

namespace CryptoDev.Dialects;

/// <summary>The numbers of cryptodev-linux. Source: crypto/cryptodev.h, ioctl.c, cryptlib.c of version 1.14.</summary>
internal static class CryptodevLinuxTable
{
    private const string Async = "modules built with ENABLE_ASYNC";

    // ioctl.c does not convert the pointers of 32-bit callers for these two ioctls, so a 64-bit kernel refuses them.
    private const string NotForIlp32 = "64-bit kernels refuse it to 32-bit callers";

    /// <summary>The rows below, in the order of their declaration.</summary>
    public static IoctlTable Rows { get; } = new(IoctlEncodings.Linux);

    public static StructCodec<session_op> SessionOp { get; } = Rows.Struct<session_op>();

    public static StructCodec<crypt_op> CryptOp { get; } = Rows.Struct<crypt_op>();

    public static StructCodec<crypt_auth_op> CryptAuthOp { get; } = Rows.Struct<crypt_auth_op>();

    public static StructCodec<alg_info> AlgInfo { get; } =
        Rows.Struct<alg_info>((typeof(alg_name), StructPart.Characters((int)CRYPTODEV_MAX_ALG_NAME)));

    public static StructCodec<session_info_op> SessionInfoOp { get; } = Rows.Struct<session_info_op>((typeof(alg_info), AlgInfo));

    public static StructCodec<cphash_op> CphashOp { get; } = Rows.Struct<cphash_op>();

    public static StructCodec<crparam> Crparam { get; } = Rows.Struct<crparam>();

    public static StructCodec<crypt_kop> CryptKop { get; } =
        Rows.Struct<crypt_kop>((typeof(crparam_array), StructPart.Array(Crparam, (int)CRK_MAXPARAM)));

    public static IoctlInfo CRIOGET { get; } = Rows.Ioctl(Both, 101, null, "not needed: a duplicate of the descriptor");

    public static IoctlInfo CIOCGSESSION { get; } = Rows.Ioctl(Both, 102, SessionOp.Info);

    public static IoctlInfo CIOCFSESSION { get; } = Rows.Ioctl(ToKernel, 103, null);

    public static IoctlInfo CIOCCRYPT { get; } = Rows.Ioctl(Both, 104, CryptOp.Info);

    public static IoctlInfo CIOCKEY { get; } = Rows.Ioctl(Both, 105, CryptKop.Info, "defined, and answered with EINVAL");

    public static IoctlInfo CIOCASYMFEAT { get; } = Rows.Ioctl(FromKernel, 106, null, "always 0");

    public static IoctlInfo CIOCGSESSINFO { get; } = Rows.Ioctl(Both, 107, SessionInfoOp.Info);

    public static IoctlInfo CIOCAUTHCRYPT { get; } = Rows.Ioctl(Both, 109, CryptAuthOp.Info, NotForIlp32, offeredToIlp32: false);

    public static IoctlInfo CIOCASYNCCRYPT { get; } =
        Rows.Ioctl(ToKernel, 110, CryptOp.Info, Async + "; " + NotForIlp32, offeredToIlp32: false);

    public static IoctlInfo CIOCASYNCFETCH { get; } =
        Rows.Ioctl(FromKernel, 111, CryptOp.Info, Async + "; " + NotForIlp32, offeredToIlp32: false);

    public static IoctlInfo CIOCCPHASH { get; } = Rows.Ioctl(ToKernel, 112, CphashOp.Info, NotForIlp32, offeredToIlp32: false);

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
    /// The ids that the session call's switch knows. The other ids of the header are only declared. The sizes are those of the kernel's
    /// algorithms.
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

    // A plain hash has no key, but the call still copies a key of any length up to the limit.
    private static AlgorithmNumber Mac(uint id, string name, CryptoAlgorithm algorithm) =>
        AlgorithmNumber.Mac(id, name, algorithm, SizeSet.Range(algorithm.KeySizes.Default, 0, (int)CRYPTO_HMAC_MAX_KEY_LEN));
}

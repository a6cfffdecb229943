namespace CryptoDev.Ioctl;

/// <summary>The ABI of cryptodev-linux 1.14 in C spelling: ids, flags, structs and request codes.</summary>
/// <remarks>C original: <c>crypto/cryptodev.h</c>. The traps are in docs/dialects.md.</remarks>
public static partial class CryptodevLinux
{
    /// <summary>DES-CBC.</summary>
    public const uint CRYPTO_DES_CBC = 1;

    /// <summary>Triple DES CBC.</summary>
    public const uint CRYPTO_3DES_CBC = 2;

    /// <summary>Blowfish-CBC.</summary>
    public const uint CRYPTO_BLF_CBC = 3;

    /// <summary>CAST5-CBC.</summary>
    public const uint CRYPTO_CAST_CBC = 4;

    /// <summary>Skipjack-CBC.</summary>
    public const uint CRYPTO_SKIPJACK_CBC = 5;

    /// <summary>HMAC-MD5.</summary>
    public const uint CRYPTO_MD5_HMAC = 6;

    /// <summary>HMAC-SHA1.</summary>
    public const uint CRYPTO_SHA1_HMAC = 7;

    /// <summary>HMAC-RIPEMD160.</summary>
    public const uint CRYPTO_RIPEMD160_HMAC = 8;

    /// <summary>Keyed MD5: key, padding, data, key.</summary>
    public const uint CRYPTO_MD5_KPDK = 9;

    /// <summary>Keyed SHA-1: key, padding, data, key.</summary>
    public const uint CRYPTO_SHA1_KPDK = 10;

    /// <summary>AES-CBC under its old name.</summary>
    public const uint CRYPTO_RIJNDAEL128_CBC = 11;

    /// <summary>AES-CBC.</summary>
    public const uint CRYPTO_AES_CBC = 11;

    /// <summary>ARC4.</summary>
    public const uint CRYPTO_ARC4 = 12;

    /// <summary>MD5.</summary>
    public const uint CRYPTO_MD5 = 13;

    /// <summary>SHA-1.</summary>
    public const uint CRYPTO_SHA1 = 14;

    /// <summary>Raw DEFLATE.</summary>
    public const uint CRYPTO_DEFLATE_COMP = 15;

    /// <summary>The identity cipher.</summary>
    public const uint CRYPTO_NULL = 16;

    /// <summary>LZS compression.</summary>
    public const uint CRYPTO_LZS_COMP = 17;

    /// <summary>HMAC-SHA-256.</summary>
    public const uint CRYPTO_SHA2_256_HMAC = 18;

    /// <summary>HMAC-SHA-384.</summary>
    public const uint CRYPTO_SHA2_384_HMAC = 19;

    /// <summary>HMAC-SHA-512.</summary>
    public const uint CRYPTO_SHA2_512_HMAC = 20;

    /// <summary>AES-CTR.</summary>
    public const uint CRYPTO_AES_CTR = 21;

    /// <summary>AES-XTS.</summary>
    public const uint CRYPTO_AES_XTS = 22;

    /// <summary>AES-ECB.</summary>
    public const uint CRYPTO_AES_ECB = 23;

    /// <summary>AES-CFB.</summary>
    public const uint CRYPTO_AES_CFB = 24;

    /// <summary>AES-OFB.</summary>
    public const uint CRYPTO_AES_OFB = 25;

    /// <summary>AES-GCM.</summary>
    public const uint CRYPTO_AES_GCM = 50;

    /// <summary>AES-CCM.</summary>
    public const uint CRYPTO_AES_CCM = 51;

    /// <summary>Camellia-CBC.</summary>
    public const uint CRYPTO_CAMELLIA_CBC = 101;

    /// <summary>RIPEMD-160.</summary>
    public const uint CRYPTO_RIPEMD160 = 102;

    /// <summary>SHA-224.</summary>
    public const uint CRYPTO_SHA2_224 = 103;

    /// <summary>SHA-256.</summary>
    public const uint CRYPTO_SHA2_256 = 104;

    /// <summary>SHA-384.</summary>
    public const uint CRYPTO_SHA2_384 = 105;

    /// <summary>SHA-512.</summary>
    public const uint CRYPTO_SHA2_512 = 106;

    /// <summary>HMAC-SHA-224.</summary>
    public const uint CRYPTO_SHA2_224_HMAC = 107;

    /// <summary>TLS 1.1 record: AES-CBC and HMAC-SHA-1, vendor kernels.</summary>
    public const uint CRYPTO_TLS11_AES_CBC_HMAC_SHA1 = 108;

    /// <summary>TLS 1.2 record: AES-CBC and HMAC-SHA-256, vendor kernels.</summary>
    public const uint CRYPTO_TLS12_AES_CBC_HMAC_SHA256 = 109;

    /// <summary>The largest id.</summary>
    public const uint CRYPTO_ALGORITHM_MAX = 109;

    /// <summary>Encrypt.</summary>
    public const ushort COP_ENCRYPT = 0;

    /// <summary>Decrypt.</summary>
    public const ushort COP_DECRYPT = 1;

    /// <summary>Reset, update, final.</summary>
    public const ushort COP_FLAG_NONE = 0x00;

    /// <summary>Update without final; with a length of 0 it finalises.</summary>
    public const ushort COP_FLAG_UPDATE = 0x01;

    /// <summary>Update and final, without a reset before them.</summary>
    public const ushort COP_FLAG_FINAL = 0x02;

    /// <summary>Write the chained IV back.</summary>
    public const ushort COP_FLAG_WRITE_IV = 0x04;

    /// <summary>Copy instead of pinning the caller's pages.</summary>
    public const ushort COP_FLAG_NO_ZC = 0x08;

    /// <summary><c>CIOCAUTHCRYPT</c>: TLS record, MAC then pad then encrypt.</summary>
    public const ushort COP_FLAG_AEAD_TLS_TYPE = 0x10;

    /// <summary><c>CIOCAUTHCRYPT</c>: SRTP packet.</summary>
    public const ushort COP_FLAG_AEAD_SRTP_TYPE = 0x20;

    /// <summary>Reset the hash first.</summary>
    public const ushort COP_FLAG_RESET = 0x40;

    /// <summary>Not a plain software or CPU instruction driver.</summary>
    public const uint SIOP_FLAG_KERNEL_DRIVER_ONLY = 1;

    /// <summary>Bytes of the longest cipher key.</summary>
    public const uint CRYPTO_CIPHER_MAX_KEY_LEN = 64;

    /// <summary>Bytes of the longest MAC key.</summary>
    public const uint CRYPTO_HMAC_MAX_KEY_LEN = 512;

    /// <summary>Bytes of an algorithm name.</summary>
    public const uint CRYPTODEV_MAX_ALG_NAME = 64;

    /// <summary>a^p mod m.</summary>
    public const uint CRK_MOD_EXP = 0;

    /// <summary>RSA by the Chinese remainder theorem.</summary>
    public const uint CRK_MOD_EXP_CRT = 1;

    /// <summary>DSA signature.</summary>
    public const uint CRK_DSA_SIGN = 2;

    /// <summary>DSA verification.</summary>
    public const uint CRK_DSA_VERIFY = 3;

    /// <summary>Diffie-Hellman shared value.</summary>
    public const uint CRK_DH_COMPUTE_KEY = 4;

    /// <summary>The smallest <c>CRK_*</c>.</summary>
    public const uint CRK_ALGORITHM_MIN = 0;

    /// <summary>The largest <c>CRK_*</c>.</summary>
    public const uint CRK_ALGORITHM_MAX = 4;

    /// <summary>The largest number of parameters of a key operation.</summary>
    public const uint CRK_MAXPARAM = 8;

    /// <summary>Bit of <see cref="CRK_MOD_EXP"/> in the answer of <c>CIOCASYMFEAT</c>.</summary>
    public const uint CRF_MOD_EXP = 1 << (int)CRK_MOD_EXP;

    /// <summary>Bit of <see cref="CRK_MOD_EXP_CRT"/> in the answer of <c>CIOCASYMFEAT</c>.</summary>
    public const uint CRF_MOD_EXP_CRT = 1 << (int)CRK_MOD_EXP_CRT;

    /// <summary>Bit of <see cref="CRK_DSA_SIGN"/> in the answer of <c>CIOCASYMFEAT</c>.</summary>
    public const uint CRF_DSA_SIGN = 1 << (int)CRK_DSA_SIGN;

    /// <summary>Bit of <see cref="CRK_DSA_VERIFY"/> in the answer of <c>CIOCASYMFEAT</c>.</summary>
    public const uint CRF_DSA_VERIFY = 1 << (int)CRK_DSA_VERIFY;

    /// <summary>Bit of <see cref="CRK_DH_COMPUTE_KEY"/> in the answer of <c>CIOCASYMFEAT</c>.</summary>
    public const uint CRF_DH_COMPUTE_KEY = 1 << (int)CRK_DH_COMPUTE_KEY;
}

namespace CryptoDev.Ioctl;

/// <summary>The ABI of OpenBSD's device, 2002 to 2014, in C spelling: ids, flags, structs and request codes.</summary>
/// <remarks>C original: <c>crypto/cryptodev.h</c> before the ids were renumbered in 2017. The traps are in docs/dialects.md.</remarks>
public static partial class OpenBsd
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

    /// <summary>AES-GCM.</summary>
    public const uint CRYPTO_AES_GCM_16 = 23;

    /// <summary>AES-128-GMAC.</summary>
    public const uint CRYPTO_AES_128_GMAC = 24;

    /// <summary>AES-192-GMAC.</summary>
    public const uint CRYPTO_AES_192_GMAC = 25;

    /// <summary>AES-256-GMAC.</summary>
    public const uint CRYPTO_AES_256_GMAC = 26;

    /// <summary>AES-GMAC.</summary>
    public const uint CRYPTO_AES_GMAC = 27;

    /// <summary>A marker for extended sequence numbers. Only the kernel uses it.</summary>
    public const uint CRYPTO_ESN = 28;

    /// <summary>The largest id.</summary>
    public const uint CRYPTO_ALGORITHM_MAX = 28;

    /// <summary>Encrypt.</summary>
    public const ushort COP_ENCRYPT = 1;

    /// <summary>Decrypt.</summary>
    public const ushort COP_DECRYPT = 2;

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

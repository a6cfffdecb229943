namespace CryptoDev.Ioctl;

/// <summary>The ABI of NetBSD's device, with COMPAT_50, in C spelling: ids, flags, structs and request codes.</summary>
/// <remarks>C original: <c>crypto/cryptodev.h</c>. The traps are in docs/dialects.md.</remarks>
public static partial class NetBsd
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

    /// <summary>HMAC-SHA-256.</summary>
    public const uint CRYPTO_SHA2_256_HMAC = 15;

    /// <summary>HMAC-SHA-256, 384 or 512 by the key length.</summary>
    public const uint CRYPTO_SHA2_HMAC = 15;

    /// <summary>A MAC of zero bytes.</summary>
    public const uint CRYPTO_NULL_HMAC = 16;

    /// <summary>The identity cipher.</summary>
    public const uint CRYPTO_NULL_CBC = 17;

    /// <summary>Raw DEFLATE.</summary>
    public const uint CRYPTO_DEFLATE_COMP = 18;

    /// <summary>HMAC-MD5 cut to 96 bits.</summary>
    public const uint CRYPTO_MD5_HMAC_96 = 19;

    /// <summary>HMAC-SHA1 cut to 96 bits.</summary>
    public const uint CRYPTO_SHA1_HMAC_96 = 20;

    /// <summary>HMAC-RIPEMD160 cut to 96 bits.</summary>
    public const uint CRYPTO_RIPEMD160_HMAC_96 = 21;

    /// <summary>gzip.</summary>
    public const uint CRYPTO_GZIP_COMP = 22;

    /// <summary>Raw DEFLATE that refuses to grow.</summary>
    public const uint CRYPTO_DEFLATE_COMP_NOGROW = 23;

    /// <summary>HMAC-SHA-384.</summary>
    public const uint CRYPTO_SHA2_384_HMAC = 24;

    /// <summary>HMAC-SHA-512.</summary>
    public const uint CRYPTO_SHA2_512_HMAC = 25;

    /// <summary>Camellia-CBC.</summary>
    public const uint CRYPTO_CAMELLIA_CBC = 26;

    /// <summary>AES-CTR.</summary>
    public const uint CRYPTO_AES_CTR = 27;

    /// <summary>AES-XCBC-MAC cut to 96 bits.</summary>
    public const uint CRYPTO_AES_XCBC_MAC_96 = 28;

    /// <summary>AES-GCM.</summary>
    public const uint CRYPTO_AES_GCM_16 = 29;

    /// <summary>AES-128-GMAC.</summary>
    public const uint CRYPTO_AES_128_GMAC = 30;

    /// <summary>AES-192-GMAC.</summary>
    public const uint CRYPTO_AES_192_GMAC = 31;

    /// <summary>AES-256-GMAC.</summary>
    public const uint CRYPTO_AES_256_GMAC = 32;

    /// <summary>AES-GMAC.</summary>
    public const uint CRYPTO_AES_GMAC = 33;

    /// <summary>The largest id.</summary>
    public const uint CRYPTO_ALGORITHM_MAX = 33;

    /// <summary>Bytes of the longest MAC.</summary>
    public const uint CRYPTO_MAX_MAC_LEN = 32;

    /// <summary>Encrypt.</summary>
    public const ushort COP_ENCRYPT = 1;

    /// <summary>Decrypt.</summary>
    public const ushort COP_DECRYPT = 2;

    /// <summary>Compress.</summary>
    public const ushort COP_COMP = 3;

    /// <summary>Expand.</summary>
    public const ushort COP_DECOMP = 4;

    /// <summary>The operation may be delayed and batched.</summary>
    public const ushort COP_F_BATCH = 0x0008;

    /// <summary>More data to compress follows.</summary>
    public const ushort COP_F_MORE = 0x0010;

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

    /// <summary>(a + b) mod m.</summary>
    public const uint CRK_MOD_ADD = 5;

    /// <summary>-a mod m.</summary>
    public const uint CRK_MOD_ADDINV = 6;

    /// <summary>(a - b) mod m.</summary>
    public const uint CRK_MOD_SUB = 7;

    /// <summary>(a * b) mod m.</summary>
    public const uint CRK_MOD_MULT = 8;

    /// <summary>a^-1 mod m.</summary>
    public const uint CRK_MOD_MULTINV = 9;

    /// <summary>a mod m.</summary>
    public const uint CRK_MOD = 10;

    /// <summary>The smallest <c>CRK_*</c>.</summary>
    public const uint CRK_ALGORITHM_MIN = 0;

    /// <summary>The largest <c>CRK_*</c>.</summary>
    public const uint CRK_ALGORITHM_MAX = 10;

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

    /// <summary>Bit of <see cref="CRK_MOD_ADD"/> in the answer of <c>CIOCASYMFEAT</c>.</summary>
    public const uint CRF_MOD_ADD = 1 << (int)CRK_MOD_ADD;

    /// <summary>Bit of <see cref="CRK_MOD_ADDINV"/> in the answer of <c>CIOCASYMFEAT</c>.</summary>
    public const uint CRF_MOD_ADDINV = 1 << (int)CRK_MOD_ADDINV;

    /// <summary>Bit of <see cref="CRK_MOD_SUB"/> in the answer of <c>CIOCASYMFEAT</c>.</summary>
    public const uint CRF_MOD_SUB = 1 << (int)CRK_MOD_SUB;

    /// <summary>Bit of <see cref="CRK_MOD_MULT"/> in the answer of <c>CIOCASYMFEAT</c>.</summary>
    public const uint CRF_MOD_MULT = 1 << (int)CRK_MOD_MULT;

    /// <summary>Bit of <see cref="CRK_MOD_MULTINV"/> in the answer of <c>CIOCASYMFEAT</c>.</summary>
    public const uint CRF_MOD_MULTINV = 1 << (int)CRK_MOD_MULTINV;

    /// <summary>Bit of <see cref="CRK_MOD"/> in the answer of <c>CIOCASYMFEAT</c>.</summary>
    public const uint CRF_MOD = 1 << (int)CRK_MOD;
}

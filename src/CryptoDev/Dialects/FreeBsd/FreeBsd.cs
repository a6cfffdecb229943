namespace CryptoDev.Ioctl;

/// <summary>The ABI of FreeBSD's device, releases 12 to 14, in C spelling: ids, flags, structs and request codes.</summary>
/// <remarks>C original: <c>crypto/cryptodev.h</c>. The traps are in docs/dialects.md.</remarks>
public static partial class FreeBsd
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

    /// <summary>A MAC of zero bytes.</summary>
    public const uint CRYPTO_NULL_HMAC = 15;

    /// <summary>The identity cipher.</summary>
    public const uint CRYPTO_NULL_CBC = 16;

    /// <summary>Raw DEFLATE.</summary>
    public const uint CRYPTO_DEFLATE_COMP = 17;

    /// <summary>HMAC-SHA-256.</summary>
    public const uint CRYPTO_SHA2_256_HMAC = 18;

    /// <summary>HMAC-SHA-384.</summary>
    public const uint CRYPTO_SHA2_384_HMAC = 19;

    /// <summary>HMAC-SHA-512.</summary>
    public const uint CRYPTO_SHA2_512_HMAC = 20;

    /// <summary>Camellia-CBC.</summary>
    public const uint CRYPTO_CAMELLIA_CBC = 21;

    /// <summary>AES-XTS.</summary>
    public const uint CRYPTO_AES_XTS = 22;

    /// <summary>AES-CTR with a 16-byte counter block.</summary>
    public const uint CRYPTO_AES_ICM = 23;

    /// <summary>AES-GMAC.</summary>
    public const uint CRYPTO_AES_NIST_GMAC = 24;

    /// <summary>AES-GCM.</summary>
    public const uint CRYPTO_AES_NIST_GCM_16 = 25;

    /// <summary>AES-128-GMAC.</summary>
    public const uint CRYPTO_AES_128_NIST_GMAC = 26;

    /// <summary>AES-192-GMAC.</summary>
    public const uint CRYPTO_AES_192_NIST_GMAC = 27;

    /// <summary>AES-256-GMAC.</summary>
    public const uint CRYPTO_AES_256_NIST_GMAC = 28;

    /// <summary>BLAKE2b.</summary>
    public const uint CRYPTO_BLAKE2B = 29;

    /// <summary>BLAKE2s.</summary>
    public const uint CRYPTO_BLAKE2S = 30;

    /// <summary>ChaCha20 with a 64-bit counter.</summary>
    public const uint CRYPTO_CHACHA20 = 31;

    /// <summary>HMAC-SHA-224.</summary>
    public const uint CRYPTO_SHA2_224_HMAC = 32;

    /// <summary>RIPEMD-160.</summary>
    public const uint CRYPTO_RIPEMD160 = 33;

    /// <summary>SHA-224.</summary>
    public const uint CRYPTO_SHA2_224 = 34;

    /// <summary>SHA-256.</summary>
    public const uint CRYPTO_SHA2_256 = 35;

    /// <summary>SHA-384.</summary>
    public const uint CRYPTO_SHA2_384 = 36;

    /// <summary>SHA-512.</summary>
    public const uint CRYPTO_SHA2_512 = 37;

    /// <summary>Poly1305.</summary>
    public const uint CRYPTO_POLY1305 = 38;

    /// <summary>The MAC half of AES-CCM.</summary>
    public const uint CRYPTO_AES_CCM_CBC_MAC = 39;

    /// <summary>AES-CCM.</summary>
    public const uint CRYPTO_AES_CCM_16 = 40;

    /// <summary>ChaCha20-Poly1305.</summary>
    public const uint CRYPTO_CHACHA20_POLY1305 = 41;

    /// <summary>XChaCha20-Poly1305.</summary>
    public const uint CRYPTO_XCHACHA20_POLY1305 = 42;

    /// <summary>The largest id.</summary>
    public const uint CRYPTO_ALGORITHM_MAX = 42;

    /// <summary>Encrypt.</summary>
    public const ushort COP_ENCRYPT = 1;

    /// <summary>Decrypt.</summary>
    public const ushort COP_DECRYPT = 2;

    /// <summary>Encrypt, then MAC.</summary>
    public const ushort COP_F_CIPHER_FIRST = 0x0001;

    /// <summary>The operation may be delayed and batched.</summary>
    public const ushort COP_F_BATCH = 0x0008;

    /// <summary>Hardware drivers may serve.</summary>
    public const int CRYPTO_FLAG_HARDWARE = 0x01000000;

    /// <summary>Software drivers may serve.</summary>
    public const int CRYPTO_FLAG_SOFTWARE = 0x02000000;

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
    public const uint CRK_ALGORITM_MIN = 0;

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

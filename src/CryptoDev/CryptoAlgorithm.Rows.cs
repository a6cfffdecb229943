using CryptoDev.Framework;

namespace CryptoDev;

/// <content>The rows by name.</content>
public sealed partial class CryptoAlgorithm
{
    /// <summary>AES-ECB (NIST SP 800-38A).</summary>
    public static CryptoAlgorithm AesEcb => AlgorithmTable.AesEcb;

    /// <summary>AES-CBC (NIST SP 800-38A).</summary>
    public static CryptoAlgorithm AesCbc => AlgorithmTable.AesCbc;

    /// <summary>AES-CTR with a 16-byte big-endian counter block (NIST SP 800-38A).</summary>
    public static CryptoAlgorithm AesCtr => AlgorithmTable.AesCtr;

    /// <summary>AES-XTS; the key is two AES keys, which must differ (IEEE 1619, NIST SP 800-38E).</summary>
    public static CryptoAlgorithm AesXts => AlgorithmTable.AesXts;

    /// <summary>AES-CFB128 (NIST SP 800-38A).</summary>
    public static CryptoAlgorithm AesCfb => AlgorithmTable.AesCfb;

    /// <summary>AES-OFB (NIST SP 800-38A).</summary>
    public static CryptoAlgorithm AesOfb => AlgorithmTable.AesOfb;

    /// <summary>DES-CBC; weak keys are allowed. Broken: for old data only (FIPS 46-3).</summary>
    public static CryptoAlgorithm DesCbc => AlgorithmTable.DesCbc;

    /// <summary>Three-key Triple DES CBC (NIST SP 800-67).</summary>
    public static CryptoAlgorithm TripleDesCbc => AlgorithmTable.TripleDesCbc;

    /// <summary>Blowfish-CBC (Schneier 1993).</summary>
    public static CryptoAlgorithm BlowfishCbc => AlgorithmTable.BlowfishCbc;

    /// <summary>CAST5-CBC (CAST-128); keys up to 80 bits take 12 rounds (RFC 2144).</summary>
    public static CryptoAlgorithm Cast5Cbc => AlgorithmTable.Cast5Cbc;

    /// <summary>Camellia-CBC (RFC 3713).</summary>
    public static CryptoAlgorithm CamelliaCbc => AlgorithmTable.CamelliaCbc;

    /// <summary>Skipjack-CBC (NIST 1998).</summary>
    public static CryptoAlgorithm SkipjackCbc => AlgorithmTable.SkipjackCbc;

    /// <summary>ARC4; every message starts a fresh key stream. Broken: for old data only (RFC 6229 vectors).</summary>
    public static CryptoAlgorithm Arc4 => AlgorithmTable.Arc4;

    /// <summary>ChaCha20; IV = 32-bit little-endian counter, then the 12-byte nonce (RFC 8439).</summary>
    public static CryptoAlgorithm ChaCha20 => AlgorithmTable.ChaCha20;

    /// <summary>The identity (opencrypto(9)).</summary>
    public static CryptoAlgorithm Null => AlgorithmTable.Null;

    /// <summary>AES-GCM (NIST SP 800-38D).</summary>
    public static CryptoAlgorithm AesGcm => AlgorithmTable.AesGcm;

    /// <summary>AES-CCM (NIST SP 800-38C, RFC 3610).</summary>
    public static CryptoAlgorithm AesCcm => AlgorithmTable.AesCcm;

    /// <summary>ChaCha20-Poly1305 (RFC 8439).</summary>
    public static CryptoAlgorithm ChaCha20Poly1305 => AlgorithmTable.ChaCha20Poly1305;

    /// <summary>MD5. Broken: for old data only (RFC 1321).</summary>
    public static CryptoAlgorithm Md5 => AlgorithmTable.Md5;

    /// <summary>SHA-1. Broken for signatures (FIPS 180-4).</summary>
    public static CryptoAlgorithm Sha1 => AlgorithmTable.Sha1;

    /// <summary>RIPEMD-160 (ISO/IEC 10118-3).</summary>
    public static CryptoAlgorithm Ripemd160 => AlgorithmTable.Ripemd160;

    /// <summary>SHA-224 (FIPS 180-4).</summary>
    public static CryptoAlgorithm Sha224 => AlgorithmTable.Sha224;

    /// <summary>SHA-256 (FIPS 180-4).</summary>
    public static CryptoAlgorithm Sha256 => AlgorithmTable.Sha256;

    /// <summary>SHA-384 (FIPS 180-4).</summary>
    public static CryptoAlgorithm Sha384 => AlgorithmTable.Sha384;

    /// <summary>SHA-512 (FIPS 180-4).</summary>
    public static CryptoAlgorithm Sha512 => AlgorithmTable.Sha512;

    /// <summary>SHA3-224 (FIPS 202).</summary>
    public static CryptoAlgorithm Sha3_224 => AlgorithmTable.Sha3_224;

    /// <summary>SHA3-256 (FIPS 202).</summary>
    public static CryptoAlgorithm Sha3_256 => AlgorithmTable.Sha3_256;

    /// <summary>SHA3-384 (FIPS 202).</summary>
    public static CryptoAlgorithm Sha3_384 => AlgorithmTable.Sha3_384;

    /// <summary>SHA3-512 (FIPS 202).</summary>
    public static CryptoAlgorithm Sha3_512 => AlgorithmTable.Sha3_512;

    /// <summary>BLAKE2b with a 64-byte digest (RFC 7693).</summary>
    public static CryptoAlgorithm Blake2b => AlgorithmTable.Blake2b;

    /// <summary>BLAKE2s with a 32-byte digest (RFC 7693).</summary>
    public static CryptoAlgorithm Blake2s => AlgorithmTable.Blake2s;

    /// <summary>HMAC-MD5 (RFC 2104).</summary>
    public static CryptoAlgorithm HmacMd5 => AlgorithmTable.HmacMd5;

    /// <summary>HMAC-SHA-1 (RFC 2104).</summary>
    public static CryptoAlgorithm HmacSha1 => AlgorithmTable.HmacSha1;

    /// <summary>HMAC-RIPEMD-160 (RFC 2286).</summary>
    public static CryptoAlgorithm HmacRipemd160 => AlgorithmTable.HmacRipemd160;

    /// <summary>HMAC-SHA-224 (RFC 4231).</summary>
    public static CryptoAlgorithm HmacSha224 => AlgorithmTable.HmacSha224;

    /// <summary>HMAC-SHA-256 (RFC 4231).</summary>
    public static CryptoAlgorithm HmacSha256 => AlgorithmTable.HmacSha256;

    /// <summary>HMAC-SHA-384 (RFC 4231).</summary>
    public static CryptoAlgorithm HmacSha384 => AlgorithmTable.HmacSha384;

    /// <summary>HMAC-SHA-512 (RFC 4231).</summary>
    public static CryptoAlgorithm HmacSha512 => AlgorithmTable.HmacSha512;

    /// <summary>HMAC-MD5 cut to 96 bits (RFC 2403).</summary>
    public static CryptoAlgorithm HmacMd5_96 => AlgorithmTable.HmacMd5_96;

    /// <summary>HMAC-SHA-1 cut to 96 bits (RFC 2404).</summary>
    public static CryptoAlgorithm HmacSha1_96 => AlgorithmTable.HmacSha1_96;

    /// <summary>HMAC-RIPEMD-160 cut to 96 bits (RFC 2857).</summary>
    public static CryptoAlgorithm HmacRipemd160_96 => AlgorithmTable.HmacRipemd160_96;

    /// <summary>Keyed MD5: key, padding, data, key (RFC 1828).</summary>
    public static CryptoAlgorithm Md5Kpdk => AlgorithmTable.Md5Kpdk;

    /// <summary>Keyed SHA-1: key, padding, data, key (RFC 1852).</summary>
    public static CryptoAlgorithm Sha1Kpdk => AlgorithmTable.Sha1Kpdk;

    /// <summary>AES-XCBC-MAC (RFC 3566).</summary>
    public static CryptoAlgorithm AesXcbcMac => AlgorithmTable.AesXcbcMac;

    /// <summary>AES-XCBC-MAC cut to 96 bits (RFC 3566).</summary>
    public static CryptoAlgorithm AesXcbcMac96 => AlgorithmTable.AesXcbcMac96;

    /// <summary>AES-CMAC (NIST SP 800-38B, RFC 4493).</summary>
    public static CryptoAlgorithm AesCmac => AlgorithmTable.AesCmac;

    /// <summary>AES-GMAC with a 16-byte key (NIST SP 800-38D, RFC 4543).</summary>
    public static CryptoAlgorithm Aes128Gmac => AlgorithmTable.Aes128Gmac;

    /// <summary>AES-GMAC with a 24-byte key (NIST SP 800-38D, RFC 4543).</summary>
    public static CryptoAlgorithm Aes192Gmac => AlgorithmTable.Aes192Gmac;

    /// <summary>AES-GMAC with a 32-byte key (NIST SP 800-38D, RFC 4543).</summary>
    public static CryptoAlgorithm Aes256Gmac => AlgorithmTable.Aes256Gmac;

    /// <summary>Twelve zero bytes for every message (opencrypto(9)).</summary>
    public static CryptoAlgorithm NullHmac => AlgorithmTable.NullHmac;

    /// <summary>Raw DEFLATE (RFC 1951).</summary>
    public static CryptoAlgorithm Deflate => AlgorithmTable.Deflate;

    /// <summary>Raw DEFLATE that fails for a message that it cannot make shorter (RFC 1951, opencrypto(9)).</summary>
    public static CryptoAlgorithm DeflateNoGrow => AlgorithmTable.DeflateNoGrow;

    /// <summary>The gzip format (RFC 1952).</summary>
    public static CryptoAlgorithm Gzip => AlgorithmTable.Gzip;
}

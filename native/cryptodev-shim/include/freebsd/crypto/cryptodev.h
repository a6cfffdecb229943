/*
 * The /dev/crypto ABI of FreeBSD, releases 12 to 14, for C programs that talk to such a kernel, to a served device or to
 * the preloaded shim. A header of this project: it declares the numbers and layouts, which are facts, in words of its own.
 *
 * Left alone it has the names of all releases, with the newest's number where they differ. A program that needs one release as
 * it was defines CRYPTODEV_FREEBSD_RELEASE as 12, 13 or 14 first.
 */
#ifndef CRYPTODEV_FREEBSD_CRYPTODEV_H
#define CRYPTODEV_FREEBSD_CRYPTODEV_H

#include <stddef.h>
#include <stdint.h>
#if __STDC_HOSTED__
#include <sched.h> /* struct timespec, by whatever standard the program is compiled */
#include <sys/ioctl.h>
#include <sys/types.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Types of the BSDs that not every libc has. To say the same again is allowed since C11 and in C++. */
typedef char *caddr_t;
typedef const char *c_caddr_t;

/* What a field points to: bytes up to release 12, anything since. In C bytes suit both kinds of programs, in C++ anything does. */
#if defined(CRYPTODEV_FREEBSD_RELEASE) ? CRYPTODEV_FREEBSD_RELEASE < 13 : !defined(__cplusplus)
typedef caddr_t cryptodev_out_t_;
typedef c_caddr_t cryptodev_in_t_;
#else
typedef void *cryptodev_out_t_;
typedef const void *cryptodev_in_t_;
#endif

/* Request codes as the BSDs build them: bit 30 the kernel writes the argument, bit 31 it reads it; 13 bits of size. */
#define CRYPTODEV_IO_(direction, number, type) \
	((unsigned long)(direction) | (((unsigned long)sizeof(type) & 0x1fff) << 16) | ((unsigned long)'c' << 8) | (unsigned long)(number))
#define CRYPTODEV_IOR(number, type) CRYPTODEV_IO_(0x40000000u, number, type)
#define CRYPTODEV_IOW(number, type) CRYPTODEV_IO_(0x80000000u, number, type)
#define CRYPTODEV_IOWR(number, type) CRYPTODEV_IO_(0xc0000000u, number, type)

/* Sizes of the kernel's first tables. */
#define CRYPTO_DRIVERS_INITIAL 4
#define CRYPTO_SW_SESSIONS 32

/* Bytes of digests. */
#define NULL_HASH_LEN 16
#define MD5_HASH_LEN 16
#define SHA1_HASH_LEN 20
#define RIPEMD160_HASH_LEN 20
#define SHA2_224_HASH_LEN 28
#define SHA2_256_HASH_LEN 32
#define SHA2_384_HASH_LEN 48
#define SHA2_512_HASH_LEN 64
#define MD5_KPDK_HASH_LEN 16
#define SHA1_KPDK_HASH_LEN 20
#define AES_GMAC_HASH_LEN 16
#define POLY1305_HASH_LEN 16
#define AES_CBC_MAC_HASH_LEN 16
#define HASH_MAX_LEN SHA2_512_HASH_LEN
#define AALG_MAX_RESULT_LEN 64

/* Bytes of blocks, of hashes and of ciphers. */
#define MD5_BLOCK_LEN 64
#define SHA1_BLOCK_LEN 64
#define RIPEMD160_BLOCK_LEN 64
#define SHA2_224_BLOCK_LEN 64
#define SHA2_256_BLOCK_LEN 64
#define SHA2_384_BLOCK_LEN 128
#define SHA2_512_BLOCK_LEN 128
#define POLY1305_BLOCK_LEN 16
#define NULL_HMAC_BLOCK_LEN 64
#define HMAC_MAX_BLOCK_LEN SHA2_512_BLOCK_LEN
#define HMAC_IPAD_VAL 0x36
#define HMAC_OPAD_VAL 0x5C
#define NULL_BLOCK_LEN 4
#define DES_BLOCK_LEN 8
#define DES3_BLOCK_LEN 8
#define BLOWFISH_BLOCK_LEN 8
#define SKIPJACK_BLOCK_LEN 8
#define CAST128_BLOCK_LEN 8
#define RIJNDAEL128_BLOCK_LEN 16
#define AES_BLOCK_LEN 16
#define AES_ICM_BLOCK_LEN 1
#define ARC4_BLOCK_LEN 1
#define CAMELLIA_BLOCK_LEN 16
#define CHACHA20_NATIVE_BLOCK_LEN 64
#define EALG_MAX_BLOCK_LEN CHACHA20_NATIVE_BLOCK_LEN

/* Bytes of IVs and nonces; XTS multiplies its tweak by the last. */
#define ARC4_IV_LEN 1
#define AES_GCM_IV_LEN 12
#define AES_CCM_IV_LEN 12
#define AES_XTS_IV_LEN 8
#define CHACHA20_POLY1305_IV_LEN 12
#define AES_XTS_ALPHA 0x87

/* Bytes of keys. */
#define AES_128_GMAC_KEY_LEN 16
#define AES_192_GMAC_KEY_LEN 24
#define AES_256_GMAC_KEY_LEN 32
#define AES_128_CBC_MAC_KEY_LEN 16
#define AES_192_CBC_MAC_KEY_LEN 24
#define AES_256_CBC_MAC_KEY_LEN 32
#define POLY1305_KEY_LEN 32
#define CHACHA20_POLY1305_KEY 32
#define NULL_MIN_KEY 0
#define NULL_MAX_KEY 256
#define DES_MIN_KEY 8
#define DES_MAX_KEY DES_MIN_KEY
#define TRIPLE_DES_MIN_KEY 24
#define TRIPLE_DES_MAX_KEY TRIPLE_DES_MIN_KEY
#define BLOWFISH_MIN_KEY 5
#define BLOWFISH_MAX_KEY 56
#define CAST_MIN_KEY 5
#define CAST_MAX_KEY 16
#define SKIPJACK_MIN_KEY 10
#define SKIPJACK_MAX_KEY SKIPJACK_MIN_KEY
#define RIJNDAEL_MIN_KEY 16
#define RIJNDAEL_MAX_KEY 32
#define AES_MIN_KEY RIJNDAEL_MIN_KEY
#define AES_MAX_KEY RIJNDAEL_MAX_KEY
#define AES_XTS_MIN_KEY (2 * AES_MIN_KEY)
#define AES_XTS_MAX_KEY (2 * AES_MAX_KEY)
#define ARC4_MIN_KEY 1
#define ARC4_MAX_KEY 32
#if defined(CRYPTODEV_FREEBSD_RELEASE) && CRYPTODEV_FREEBSD_RELEASE < 13
#define CAMELLIA_MIN_KEY 8
#else
#define CAMELLIA_MIN_KEY 16
#endif
#define CAMELLIA_MAX_KEY 32

/* What a driver says of an algorithm. */
#define CRYPTO_ALG_FLAG_SUPPORTED 0x01
#define CRYPTO_ALG_FLAG_RNG_ENABLE 0x02 /* has random numbers of its own for DSA and DH */
#define CRYPTO_ALG_FLAG_DSA_SHA 0x04    /* hashes the message of DSA itself */

/* Ciphers, MACs and digests: session_op.cipher and session_op.mac. */
#define CRYPTO_ALGORITHM_MIN 1
#define CRYPTO_DES_CBC 1
#define CRYPTO_3DES_CBC 2
#define CRYPTO_BLF_CBC 3
#define CRYPTO_CAST_CBC 4
#define CRYPTO_SKIPJACK_CBC 5
#define CRYPTO_MD5_HMAC 6
#define CRYPTO_SHA1_HMAC 7
#define CRYPTO_RIPEMD160_HMAC 8
#define CRYPTO_MD5_KPDK 9
#define CRYPTO_SHA1_KPDK 10
#define CRYPTO_RIJNDAEL128_CBC 11
#define CRYPTO_AES_CBC CRYPTO_RIJNDAEL128_CBC
#define CRYPTO_ARC4 12
#define CRYPTO_MD5 13
#define CRYPTO_SHA1 14
#define CRYPTO_NULL_HMAC 15
#define CRYPTO_NULL_CBC 16
#define CRYPTO_DEFLATE_COMP 17
#define CRYPTO_SHA2_256_HMAC 18
#define CRYPTO_SHA2_384_HMAC 19
#define CRYPTO_SHA2_512_HMAC 20
#define CRYPTO_CAMELLIA_CBC 21
#define CRYPTO_AES_XTS 22
#define CRYPTO_AES_ICM 23
#define CRYPTO_AES_NIST_GMAC 24
#define CRYPTO_AES_NIST_GCM_16 25
#define CRYPTO_AES_128_NIST_GMAC 26
#define CRYPTO_AES_192_NIST_GMAC 27
#define CRYPTO_AES_256_NIST_GMAC 28
#define CRYPTO_BLAKE2B 29
#define CRYPTO_BLAKE2S 30
#define CRYPTO_CHACHA20 31
#define CRYPTO_SHA2_224_HMAC 32
#define CRYPTO_RIPEMD160 33
#define CRYPTO_SHA2_224 34
#define CRYPTO_SHA2_256 35
#define CRYPTO_SHA2_384 36
#define CRYPTO_SHA2_512 37
#define CRYPTO_POLY1305 38
#define CRYPTO_AES_CCM_CBC_MAC 39
#define CRYPTO_AES_CCM_16 40
#define CRYPTO_AES_128_CCM_CBC_MAC CRYPTO_AES_CCM_CBC_MAC /* before the release of 12 one number for each length of key */
#define CRYPTO_AES_192_CCM_CBC_MAC CRYPTO_AES_CCM_CBC_MAC
#define CRYPTO_AES_256_CCM_CBC_MAC CRYPTO_AES_CCM_CBC_MAC
#define CRYPTO_CHACHA20_POLY1305 41
#define CRYPTO_XCHACHA20_POLY1305 42
#if defined(CRYPTODEV_FREEBSD_RELEASE) && CRYPTODEV_FREEBSD_RELEASE < 14
#define CRYPTO_ALGORITHM_MAX 40
#else
#define CRYPTO_ALGORITHM_MAX 42
#endif
#define CRYPTO_ALGO_VALID(number) ((number) >= CRYPTO_ALGORITHM_MIN && (number) <= CRYPTO_ALGORITHM_MAX)

/* session2_op.crid and crypt_kop.crk_crid: classes of drivers; neither bit: one driver by its id. */
#define CRYPTO_FLAG_HARDWARE 0x01000000
#define CRYPTO_FLAG_SOFTWARE 0x02000000

#define COP_ENCRYPT 1
#define COP_DECRYPT 2

#define COP_F_CIPHER_FIRST 0x0001
#define COP_F_BATCH 0x0008

/* Key operations: crypt_kop.crk_op. Inputs in the order of docs/dialects.md, then outputs; unused parameters zero. */
#define CRK_MAXPARAM 8
#define CRK_ALGORITM_MIN 0
#define CRK_MOD_EXP 0
#define CRK_MOD_EXP_CRT 1
#define CRK_DSA_SIGN 2
#define CRK_DSA_VERIFY 3
#define CRK_DH_COMPUTE_KEY 4
#define CRK_ALGORITHM_MAX 4
#define CRF_MOD_EXP (1 << CRK_MOD_EXP)
#define CRF_MOD_EXP_CRT (1 << CRK_MOD_EXP_CRT)
#define CRF_DSA_SIGN (1 << CRK_DSA_SIGN)
#define CRF_DSA_VERIFY (1 << CRK_DSA_VERIFY)
#define CRF_DH_COMPUTE_KEY (1 << CRK_DH_COMPUTE_KEY)

struct session_op {
	uint32_t cipher;
	uint32_t mac;
	uint32_t keylen;
	cryptodev_in_t_ key;
	int mackeylen;
	cryptodev_in_t_ mackey;
	uint32_t ses; /* out */
};

struct session2_op {
	uint32_t cipher;
	uint32_t mac;
	uint32_t keylen;
	cryptodev_in_t_ key;
	int mackeylen;
	cryptodev_in_t_ mackey;
	uint32_t ses; /* out */
	int crid;     /* in: driver or class; out: driver */
#if defined(CRYPTODEV_FREEBSD_RELEASE) && CRYPTODEV_FREEBSD_RELEASE < 14
	int pad[4]; /* zero */
#else
	int ivlen;  /* since 14; zero before */
	int maclen; /* since 14; zero before */
	int pad[2]; /* zero */
#endif
};

struct crypt_op {
	uint32_t ses;
	uint16_t op;
	uint16_t flags;
	uint32_t len;
	cryptodev_in_t_ src;
	cryptodev_out_t_ dst;
	cryptodev_out_t_ mac; /* since 13 decryption compares with it */
	cryptodev_in_t_ iv;  /* NULL: the IV stands first in src */
};

struct crypt_aead {
	uint32_t ses;
	uint16_t op;
	uint16_t flags;
	uint32_t len;
	uint32_t aadlen;
	uint32_t ivlen;
	cryptodev_in_t_ src;
	cryptodev_out_t_ dst;
	cryptodev_in_t_ aad;
	cryptodev_out_t_ tag;
	cryptodev_in_t_ iv;
};

struct crypt_find_op {
	int crid; /* -1: look the name up */
	char name[32];
};

struct crparam {
	cryptodev_out_t_ crp_p; /* least significant byte first */
	uint32_t crp_nbits;
};

struct crypt_kop {
	uint32_t crk_op;
	uint32_t crk_status; /* out */
	uint16_t crk_iparams;
	uint16_t crk_oparams;
	uint32_t crk_crid; /* CIOCKEY2: as session2_op.crid */
	struct crparam crk_param[CRK_MAXPARAM];
};

#if __STDC_HOSTED__
/* Times of release 12, which kernels built to measure keep. */
struct cryptotstat {
	struct timespec acc; /* sum */
	struct timespec min;
	struct timespec max;
	uint32_t count;
};
#endif

/* The sysctl kern.crypto_stats. */
#if __STDC_HOSTED__ && defined(CRYPTODEV_FREEBSD_RELEASE) && CRYPTODEV_FREEBSD_RELEASE < 13
typedef uint32_t cryptodev_count_t_;
#else
typedef uint64_t cryptodev_count_t_;
#endif
struct cryptostats {
	cryptodev_count_t_ cs_ops; /* requests of sessions, and how many failed */
	cryptodev_count_t_ cs_errs;
	cryptodev_count_t_ cs_kops; /* key operations, and how many failed */
	cryptodev_count_t_ cs_kerrs;
	cryptodev_count_t_ cs_intrs; /* runs of the two threads of the framework */
	cryptodev_count_t_ cs_rets;
	cryptodev_count_t_ cs_blocks; /* how often a driver had no room */
	cryptodev_count_t_ cs_kblocks;
#if __STDC_HOSTED__ && defined(CRYPTODEV_FREEBSD_RELEASE) && CRYPTODEV_FREEBSD_RELEASE < 13
	struct cryptotstat cs_invoke; /* from one station of a request to the next */
	struct cryptotstat cs_done;
	struct cryptotstat cs_cb;
	struct cryptotstat cs_finis;
#endif
};

#define CRIOGET CRYPTODEV_IOWR(100, uint32_t)
#define CIOCGSESSION CRYPTODEV_IOWR(101, struct session_op)
#define CIOCFSESSION CRYPTODEV_IOW(102, uint32_t)
#define CIOCCRYPT CRYPTODEV_IOWR(103, struct crypt_op)
#define CIOCKEY CRYPTODEV_IOWR(104, struct crypt_kop)
#define CIOCASYMFEAT CRYPTODEV_IOR(105, uint32_t)
#define CIOCGSESSION2 CRYPTODEV_IOWR(106, struct session2_op)
#define CIOCKEY2 CRYPTODEV_IOWR(107, struct crypt_kop)
#define CIOCFINDDEV CRYPTODEV_IOWR(108, struct crypt_find_op)
#define CRIOFINDDEV CIOCFINDDEV
#define CRIOASYMFEAT CIOCASYMFEAT
#define CIOCCRYPTAEAD CRYPTODEV_IOWR(109, struct crypt_aead)

/* What a kernel of either word size expects. A packing option of the compiler or a foreign definition shows up here. */
#if defined(__cplusplus) && __cplusplus >= 201103L
#define CRYPTODEV_ASSERT_(condition, text) static_assert(condition, text)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define CRYPTODEV_ASSERT_(condition, text) _Static_assert(condition, text)
#else
#define CRYPTODEV_ASSERT_(condition, text) struct cryptodev_no_assertion_
#endif
#define CRYPTODEV_SIZE_(type, lp64, ilp32) \
	CRYPTODEV_ASSERT_(sizeof(struct type) == (sizeof(void *) == 8 ? lp64 : ilp32), "size of " #type)
#define CRYPTODEV_AT_(type, field, lp64, ilp32) \
	CRYPTODEV_ASSERT_(offsetof(struct type, field) == (sizeof(void *) == 8 ? lp64 : ilp32), "offset of " #type "." #field)

CRYPTODEV_SIZE_(session_op, 48, 28);
CRYPTODEV_AT_(session_op, key, 16, 12);
CRYPTODEV_AT_(session_op, ses, 40, 24);
CRYPTODEV_SIZE_(session2_op, 64, 48);
CRYPTODEV_AT_(session2_op, crid, 44, 28);
#if defined(CRYPTODEV_FREEBSD_RELEASE) && CRYPTODEV_FREEBSD_RELEASE < 14
CRYPTODEV_AT_(session2_op, pad, 48, 32);
#else
CRYPTODEV_AT_(session2_op, ivlen, 48, 32);
CRYPTODEV_AT_(session2_op, maclen, 52, 36);
CRYPTODEV_AT_(session2_op, pad, 56, 40);
#endif
CRYPTODEV_SIZE_(crypt_op, 48, 28);
CRYPTODEV_AT_(crypt_op, src, 16, 12);
CRYPTODEV_AT_(crypt_op, iv, 40, 24);
CRYPTODEV_SIZE_(crypt_aead, 64, 40);
CRYPTODEV_AT_(crypt_aead, aadlen, 12, 12);
CRYPTODEV_AT_(crypt_aead, ivlen, 16, 16);
CRYPTODEV_AT_(crypt_aead, src, 24, 20);
CRYPTODEV_AT_(crypt_aead, tag, 48, 32);
CRYPTODEV_AT_(crypt_aead, iv, 56, 36);
CRYPTODEV_SIZE_(crypt_find_op, 36, 36);
CRYPTODEV_AT_(crypt_find_op, name, 4, 4);
CRYPTODEV_SIZE_(crparam, 16, 8);
CRYPTODEV_SIZE_(crypt_kop, 144, 80);
CRYPTODEV_AT_(crypt_kop, crk_iparams, 8, 8);
CRYPTODEV_AT_(crypt_kop, crk_oparams, 10, 10);
CRYPTODEV_AT_(crypt_kop, crk_param, 16, 16);

#undef CRYPTODEV_AT_
#undef CRYPTODEV_SIZE_
#undef CRYPTODEV_ASSERT_

#ifdef __cplusplus
}
#endif

#endif

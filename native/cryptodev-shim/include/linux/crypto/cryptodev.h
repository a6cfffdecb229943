/*
 * The /dev/crypto ABI of cryptodev-linux 1.14, for C programs that talk to the kernel module, to a served device or to the
 * preloaded shim. A header of this project: it declares the numbers and layouts, which are facts, in words of its own.
 */
#ifndef CRYPTODEV_LINUX_CRYPTODEV_H
#define CRYPTODEV_LINUX_CRYPTODEV_H

#include <stddef.h>
#include <stdint.h>
#if __STDC_HOSTED__ && defined(__linux__) && defined(__has_include)
#if __has_include(<linux/types.h>)
#include <linux/types.h> /* __u8 and its kin, which programs take from this header */
#endif
#endif
#ifndef __user
#define __user
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Request codes as asm-generic/ioctl.h builds them: bit 30 the kernel reads the argument, bit 31 it writes it. */
#define CRYPTODEV_IO_(direction, number, type) \
	(((unsigned long)(direction) << 30) | ((unsigned long)sizeof(type) << 16) | ((unsigned long)'c' << 8) | (unsigned long)(number))
#define CRYPTODEV_IOW(number, type) CRYPTODEV_IO_(1, number, type)
#define CRYPTODEV_IOR(number, type) CRYPTODEV_IO_(2, number, type)
#define CRYPTODEV_IOWR(number, type) CRYPTODEV_IO_(3, number, type)

/* Ciphers, MACs and digests: session_op.cipher and session_op.mac. */
enum cryptodev_crypto_op_t {
	CRYPTO_DES_CBC = 1,
	CRYPTO_3DES_CBC = 2,
	CRYPTO_BLF_CBC = 3,
	CRYPTO_CAST_CBC = 4,
	CRYPTO_SKIPJACK_CBC = 5,
	CRYPTO_MD5_HMAC = 6,
	CRYPTO_SHA1_HMAC = 7,
	CRYPTO_RIPEMD160_HMAC = 8,
	CRYPTO_MD5_KPDK = 9,
	CRYPTO_SHA1_KPDK = 10,
	CRYPTO_RIJNDAEL128_CBC = 11,
	CRYPTO_AES_CBC = CRYPTO_RIJNDAEL128_CBC,
	CRYPTO_ARC4 = 12,
	CRYPTO_MD5 = 13,
	CRYPTO_SHA1 = 14,
	CRYPTO_DEFLATE_COMP = 15,
	CRYPTO_NULL = 16,
	CRYPTO_LZS_COMP = 17,
	CRYPTO_SHA2_256_HMAC = 18,
	CRYPTO_SHA2_384_HMAC = 19,
	CRYPTO_SHA2_512_HMAC = 20,
	CRYPTO_AES_CTR = 21,
	CRYPTO_AES_XTS = 22,
	CRYPTO_AES_ECB = 23,
	CRYPTO_AES_CFB = 24,
	CRYPTO_AES_OFB = 25,
	CRYPTO_AES_GCM = 50,
	CRYPTO_AES_CCM = 51,
	CRYPTO_CAMELLIA_CBC = 101,
	CRYPTO_RIPEMD160 = 102,
	CRYPTO_SHA2_224 = 103,
	CRYPTO_SHA2_256 = 104,
	CRYPTO_SHA2_384 = 105,
	CRYPTO_SHA2_512 = 106,
	CRYPTO_SHA2_224_HMAC = 107,
	CRYPTO_TLS11_AES_CBC_HMAC_SHA1 = 108,
	CRYPTO_TLS12_AES_CBC_HMAC_SHA256 = 109,
	CRYPTO_ALGORITHM_ALL = 110
};
#define CRYPTO_ALGORITHM_MAX (CRYPTO_ALGORITHM_ALL - 1)

#define CRYPTO_CIPHER_MAX_KEY_LEN 64
#define CRYPTO_HMAC_MAX_KEY_LEN 512
#define CRYPTODEV_MAX_ALG_NAME 64

/* Bytes. */
#define DES_BLOCK_LEN 8
#define DES3_BLOCK_LEN 8
#define RIJNDAEL128_BLOCK_LEN 16
#define AES_BLOCK_LEN RIJNDAEL128_BLOCK_LEN
#define CAMELLIA_BLOCK_LEN 16
#define BLOWFISH_BLOCK_LEN 8
#define SKIPJACK_BLOCK_LEN 8
#define CAST128_BLOCK_LEN 8
#define EALG_MAX_BLOCK_LEN 16
#define AALG_MAX_RESULT_LEN 64
#define HASH_MAX_LEN 64

/* What a driver says of an algorithm. */
#define CRYPTO_ALG_FLAG_SUPPORTED 0x01
#define CRYPTO_ALG_FLAG_RNG_ENABLE 0x02 /* has random numbers of its own for DSA and DH */
#define CRYPTO_ALG_FLAG_DSA_SHA 0x04    /* hashes the message of DSA itself */

/* One less than on the BSDs: their 1 decrypts here. */
#define COP_ENCRYPT 0
#define COP_DECRYPT 1

/* crypt_op.flags and crypt_auth_op.flags. The kernel may set bits in the caller's struct: set the field before every call. */
#define COP_FLAG_NONE 0
#define COP_FLAG_UPDATE (1 << 0)
#define COP_FLAG_FINAL (1 << 1)
#define COP_FLAG_WRITE_IV (1 << 2)
#define COP_FLAG_NO_ZC (1 << 3)
#define COP_FLAG_AEAD_TLS_TYPE (1 << 4)
#define COP_FLAG_AEAD_SRTP_TYPE (1 << 5)
#define COP_FLAG_RESET (1 << 6)

/* session_info_op.flags */
#define SIOP_FLAG_KERNEL_DRIVER_ONLY 1

/* Key operations: crypt_kop.crk_op. */
#define CRK_MAXPARAM 8
enum cryptodev_crk_op_t {
	CRK_MOD_EXP = 0,
	CRK_MOD_EXP_CRT = 1,
	CRK_DSA_SIGN = 2,
	CRK_DSA_VERIFY = 3,
	CRK_DH_COMPUTE_KEY = 4,
	CRK_ALGORITHM_ALL = 5
};
#define CRK_ALGORITHM_MIN 0
#define CRK_ALGORITHM_MAX (CRK_ALGORITHM_ALL - 1)
#define CRF_MOD_EXP (1 << CRK_MOD_EXP)
#define CRF_MOD_EXP_CRT (1 << CRK_MOD_EXP_CRT)
#define CRF_DSA_SIGN (1 << CRK_DSA_SIGN)
#define CRF_DSA_VERIFY (1 << CRK_DSA_VERIFY)
#define CRF_DH_COMPUTE_KEY (1 << CRK_DH_COMPUTE_KEY)

struct session_op {
	uint32_t cipher;
	uint32_t mac;
	uint32_t keylen;
	uint8_t *key;
	uint32_t mackeylen;
	uint8_t *mackey;
	uint32_t ses; /* out */
};

struct crypt_op {
	uint32_t ses;
	uint16_t op;
	uint16_t flags;
	uint32_t len;
	uint8_t *src;
	uint8_t *dst;
	uint8_t *mac;
	uint8_t *iv; /* NULL: go on from the IV the session holds */
};

struct crypt_auth_op {
	uint32_t ses;
	uint16_t op;
	uint16_t flags;
	uint32_t len; /* in: bytes at src; out: bytes of the result */
	uint32_t auth_len;
	uint8_t *auth_src;
	uint8_t *src;
	uint8_t *dst;
	uint8_t *tag;
	uint32_t tag_len; /* 0: as the session has it */
	uint8_t *iv;
	uint32_t iv_len;
};

struct alg_info {
	char cra_name[CRYPTODEV_MAX_ALG_NAME];
	char cra_driver_name[CRYPTODEV_MAX_ALG_NAME];
};

struct session_info_op {
	uint32_t ses; /* in; the rest is out */
	struct alg_info cipher_info;
	struct alg_info hash_info;
	uint16_t alignmask;
	uint32_t flags;
};

struct cphash_op {
	uint32_t dst_ses;
	uint32_t src_ses;
};

struct crparam {
	uint8_t *crp_p; /* least significant byte first */
	uint32_t crp_nbits;
};

struct crypt_kop {
	uint32_t crk_op;
	uint32_t crk_status;
	uint16_t crk_iparams;
	uint16_t crk_oparams;
	uint32_t crk_pad1;
	struct crparam crk_param[CRK_MAXPARAM];
};

#define CRIOGET_NOT_NEEDED 1
#define CRIOGET CRYPTODEV_IOWR(101, uint32_t)
#define CIOCGSESSION CRYPTODEV_IOWR(102, struct session_op)
#define CIOCFSESSION CRYPTODEV_IOW(103, uint32_t)
#define CIOCCRYPT CRYPTODEV_IOWR(104, struct crypt_op)
#define CIOCKEY CRYPTODEV_IOWR(105, struct crypt_kop)
#define CIOCASYMFEAT CRYPTODEV_IOR(106, uint32_t)
#define CIOCGSESSINFO CRYPTODEV_IOWR(107, struct session_info_op)
#define CIOCAUTHCRYPT CRYPTODEV_IOWR(109, struct crypt_auth_op)
#define CIOCASYNCCRYPT CRYPTODEV_IOW(110, struct crypt_op)
#define CIOCASYNCFETCH CRYPTODEV_IOR(111, struct crypt_op)
#define CIOCCPHASH CRYPTODEV_IOW(112, struct cphash_op)

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
CRYPTODEV_AT_(session_op, mackeylen, 24, 16);
CRYPTODEV_AT_(session_op, mackey, 32, 20);
CRYPTODEV_AT_(session_op, ses, 40, 24);
CRYPTODEV_SIZE_(crypt_op, 48, 28);
CRYPTODEV_AT_(crypt_op, flags, 6, 6);
CRYPTODEV_AT_(crypt_op, len, 8, 8);
CRYPTODEV_AT_(crypt_op, src, 16, 12);
CRYPTODEV_AT_(crypt_op, iv, 40, 24);
CRYPTODEV_SIZE_(crypt_auth_op, 72, 44);
CRYPTODEV_AT_(crypt_auth_op, auth_len, 12, 12);
CRYPTODEV_AT_(crypt_auth_op, auth_src, 16, 16);
CRYPTODEV_AT_(crypt_auth_op, tag, 40, 28);
CRYPTODEV_AT_(crypt_auth_op, tag_len, 48, 32);
CRYPTODEV_AT_(crypt_auth_op, iv, 56, 36);
CRYPTODEV_AT_(crypt_auth_op, iv_len, 64, 40);
CRYPTODEV_SIZE_(session_info_op, 268, 268);
CRYPTODEV_AT_(session_info_op, hash_info, 132, 132);
CRYPTODEV_AT_(session_info_op, alignmask, 260, 260);
CRYPTODEV_AT_(session_info_op, flags, 264, 264);
CRYPTODEV_SIZE_(cphash_op, 8, 8);
CRYPTODEV_SIZE_(crparam, 16, 8);
CRYPTODEV_SIZE_(crypt_kop, 144, 80);
CRYPTODEV_AT_(crypt_kop, crk_param, 16, 16);

#undef CRYPTODEV_AT_
#undef CRYPTODEV_SIZE_
#undef CRYPTODEV_ASSERT_

#ifdef __cplusplus
}
#endif

#endif

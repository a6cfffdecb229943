/*
 * The /dev/crypto ABI of NetBSD, with the forms of 5.0 and before that kernels with COMPAT_50 take, for C programs that
 * talk to such a kernel, to a served device or to the preloaded shim. A header of this project: it declares the numbers
 * and layouts, which are facts, in words of its own.
 */
#ifndef CRYPTODEV_NETBSD_CRYPTODEV_H
#define CRYPTODEV_NETBSD_CRYPTODEV_H

#include <stddef.h>
#include <stdint.h>
#if __STDC_HOSTED__
#include <sched.h> /* struct timespec, by whatever standard the program is compiled */
#include <sys/ioctl.h>
#include <sys/time.h>
#include <sys/types.h>
#endif

#ifdef __cplusplus
extern "C" {
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

/* Bytes. */
#define HMAC_BLOCK_LEN 64
#define HMAC_IPAD_VAL 0x36
#define HMAC_OPAD_VAL 0x5C
#define DES_BLOCK_LEN 8
#define DES3_BLOCK_LEN 8
#define BLOWFISH_BLOCK_LEN 8
#define SKIPJACK_BLOCK_LEN 8
#define CAST128_BLOCK_LEN 8
#define RIJNDAEL128_BLOCK_LEN 16
#define EALG_MAX_BLOCK_LEN 16
#define AALG_MAX_RESULT_LEN 64

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
#define CRYPTO_SHA2_256_HMAC 15
#define CRYPTO_SHA2_HMAC CRYPTO_SHA2_256_HMAC
#define CRYPTO_NULL_HMAC 16
#define CRYPTO_NULL_CBC 17
#define CRYPTO_DEFLATE_COMP 18
#define CRYPTO_MD5_HMAC_96 19
#define CRYPTO_SHA1_HMAC_96 20
#define CRYPTO_RIPEMD160_HMAC_96 21
#define CRYPTO_GZIP_COMP 22
#define CRYPTO_DEFLATE_COMP_NOGROW 23
#define CRYPTO_SHA2_384_HMAC 24
#define CRYPTO_SHA2_512_HMAC 25
#define CRYPTO_CAMELLIA_CBC 26
#define CRYPTO_AES_CTR 27
#define CRYPTO_AES_XCBC_MAC_96 28
#define CRYPTO_AES_GCM_16 29
#define CRYPTO_AES_128_GMAC 30
#define CRYPTO_AES_192_GMAC 31
#define CRYPTO_AES_256_GMAC 32
#define CRYPTO_AES_GMAC 33
#define CRYPTO_ALGORITHM_MAX 33
#define CRYPTO_MAX_MAC_LEN 32

#define COP_ENCRYPT 1
#define COP_DECRYPT 2
#define COP_COMP 3
#define COP_DECOMP 4

#define COP_F_BATCH 0x0008
#define COP_F_MORE 0x0010

/* Key operations: crypt_kop.crk_op. Inputs in the order of docs/dialects.md, then outputs; unused parameters zero. */
#define CRK_MAXPARAM 8
#define CRK_ALGORITHM_MIN 0
#define CRK_MOD_EXP 0
#define CRK_MOD_EXP_CRT 1
#define CRK_DSA_SIGN 2
#define CRK_DSA_VERIFY 3
#define CRK_DH_COMPUTE_KEY 4
#define CRK_MOD_ADD 5
#define CRK_MOD_ADDINV 6
#define CRK_MOD_SUB 7
#define CRK_MOD_MULT 8
#define CRK_MOD_MULTINV 9
#define CRK_MOD 10
#define CRK_ALGORITHM_MAX 10
#define CRF_MOD_EXP (1 << CRK_MOD_EXP)
#define CRF_MOD_EXP_CRT (1 << CRK_MOD_EXP_CRT)
#define CRF_DSA_SIGN (1 << CRK_DSA_SIGN)
#define CRF_DSA_VERIFY (1 << CRK_DSA_VERIFY)
#define CRF_DH_COMPUTE_KEY (1 << CRK_DH_COMPUTE_KEY)
#define CRF_MOD_ADD (1 << CRK_MOD_ADD)
#define CRF_MOD_ADDINV (1 << CRK_MOD_ADDINV)
#define CRF_MOD_SUB (1 << CRK_MOD_SUB)
#define CRF_MOD_MULT (1 << CRK_MOD_MULT)
#define CRF_MOD_MULTINV (1 << CRK_MOD_MULTINV)
#define CRF_MOD (1 << CRK_MOD)

struct session_op {
	uint32_t cipher;
	uint32_t mac;
	uint32_t comp_alg;
	uint32_t keylen;
	void *key;
	int mackeylen;
	void *mackey;
	uint32_t ses; /* out */
};

struct session_n_op {
	uint32_t cipher;
	uint32_t mac;
	uint32_t comp_alg;
	uint32_t keylen;
	void *key;
	int mackeylen;
	void *mackey;
	uint32_t ses; /* out; 0 is never a session */
	int status;   /* out: errno of this element */
};

struct crypt_op {
	uint32_t ses;
	uint16_t op;
	uint16_t flags;
	uint32_t len;
	void *src;
	void *dst;
	void *mac;
	void *iv; /* NULL: made by the kernel when encrypting, first in src when decrypting */
	uint32_t dst_len;
};

struct crypt_n_op {
	uint32_t ses;
	uint16_t op;
	uint16_t flags;
	uint32_t len;
	uint32_t reqid; /* out */
	int status;     /* out */
	void *opaque;
	uint32_t keylen;
	void *key;
	uint32_t mackeylen;
	void *mackey;
	void *src;
	void *dst;
	void *mac;
	void *iv;
	uint32_t dst_len;
};

struct crypt_sgop {
	size_t count;
	struct session_n_op *sessions;
};

struct crypt_sfop {
	size_t count;
	uint32_t *sesid;
};

struct crypt_mop {
	size_t count;
	struct crypt_n_op *reqs;
};

struct crypt_result {
	uint32_t reqid;
	uint32_t status;
	void *opaque;
};

struct cryptret {
	size_t count; /* in: room at results; out: how many came */
	struct crypt_result *results;
};

struct crparam {
	void *crp_p; /* least significant byte first */
	uint32_t crp_nbits;
};

struct crypt_kop {
	uint32_t crk_op;
	uint32_t crk_status; /* out */
	uint16_t crk_iparams;
	uint16_t crk_oparams;
	uint32_t crk_pad1;
	struct crparam crk_param[CRK_MAXPARAM];
};

struct crypt_n_kop {
	uint32_t crk_op;
	uint32_t crk_status; /* out */
	uint16_t crk_iparams;
	uint16_t crk_oparams;
	uint32_t crk_reqid; /* out */
	struct crparam crk_param[CRK_MAXPARAM];
	void *crk_opaque;
};

struct crypt_mkop {
	size_t count;
	struct crypt_n_kop *reqs;
};

/* The forms of NetBSD 5.0 and before. */
struct osession_op {
	uint32_t cipher;
	uint32_t mac;
	uint32_t keylen;
	void *key;
	int mackeylen;
	void *mackey;
	uint32_t ses; /* out */
};

struct osession_n_op {
	uint32_t cipher;
	uint32_t mac;
	uint32_t keylen;
	void *key;
	int mackeylen;
	void *mackey;
	uint32_t ses; /* out */
	int status;   /* out */
};

struct ocrypt_op {
	uint32_t ses;
	uint16_t op;
	uint16_t flags;
	uint32_t len;
	void *src;
	void *dst;
	void *mac;
	void *iv;
};

struct ocrypt_n_op {
	uint32_t ses;
	uint16_t op;
	uint16_t flags;
	uint32_t len;
	uint32_t reqid; /* out */
	int status;     /* out */
	void *opaque;
	uint32_t keylen;
	void *key;
	uint32_t mackeylen;
	void *mackey;
	void *src;
	void *dst;
	void *mac;
	void *iv;
};

struct ocrypt_sgop {
	size_t count;
	struct osession_n_op *sessions;
};

struct ocrypt_mop {
	size_t count;
	struct ocrypt_n_op *reqs;
};

#if __STDC_HOSTED__
/* The sysctl kern.crypto_stats; times are kept only by kernels built to measure. */
struct cryptotstat {
	struct timespec acc; /* sum */
	struct timespec min;
	struct timespec max;
	uint32_t count;
};

struct cryptostats {
	uint32_t cs_ops;  /* requests of sessions, and how many failed */
	uint32_t cs_errs;
	uint32_t cs_kops; /* key operations, and how many failed */
	uint32_t cs_kerrs;
	uint32_t cs_intrs; /* runs of the two threads of the framework */
	uint32_t cs_rets;
	uint32_t cs_blocks; /* how often a driver had no room */
	uint32_t cs_kblocks;
	struct cryptotstat cs_invoke; /* from one station of a request to the next */
	struct cryptotstat cs_done;
	struct cryptotstat cs_cb;
	struct cryptotstat cs_finis;
};
#endif

#define CRIOGET CRYPTODEV_IOWR(100, uint32_t)
#define CIOCFSESSION CRYPTODEV_IOW(102, uint32_t)
#define CIOCKEY CRYPTODEV_IOWR(104, struct crypt_kop)
#define CIOCASYMFEAT CRYPTODEV_IOR(105, uint32_t)
#define CIOCNFKEYM CRYPTODEV_IOWR(108, struct crypt_mkop)
#define CIOCNFSESSION CRYPTODEV_IOW(109, struct crypt_sfop)
#define CIOCNCRYPTRETM CRYPTODEV_IOWR(110, struct cryptret)
#define CIOCNCRYPTRET CRYPTODEV_IOWR(111, struct crypt_result)
#define CIOCGSESSION CRYPTODEV_IOWR(112, struct session_op)
#define CIOCNGSESSION CRYPTODEV_IOWR(113, struct crypt_sgop)
#define CIOCCRYPT CRYPTODEV_IOWR(114, struct crypt_op)
#define CIOCNCRYPTM CRYPTODEV_IOWR(115, struct crypt_mop)
#define OCIOCGSESSION CRYPTODEV_IOWR(101, struct osession_op)
#define OCIOCCRYPT CRYPTODEV_IOWR(103, struct ocrypt_op)
#define OCIOCNGSESSION CRYPTODEV_IOWR(106, struct ocrypt_sgop)
#define OCIOCNCRYPTM CRYPTODEV_IOWR(107, struct ocrypt_mop)

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

CRYPTODEV_SIZE_(session_op, 48, 32);
CRYPTODEV_AT_(session_op, keylen, 12, 12);
CRYPTODEV_AT_(session_op, key, 16, 16);
CRYPTODEV_AT_(session_op, ses, 40, 28);
CRYPTODEV_SIZE_(session_n_op, 48, 36);
CRYPTODEV_AT_(session_n_op, status, 44, 32);
CRYPTODEV_SIZE_(crypt_op, 56, 32);
CRYPTODEV_AT_(crypt_op, iv, 40, 24);
CRYPTODEV_AT_(crypt_op, dst_len, 48, 28);
CRYPTODEV_SIZE_(crypt_n_op, 104, 60);
CRYPTODEV_AT_(crypt_n_op, opaque, 24, 20);
CRYPTODEV_AT_(crypt_n_op, keylen, 32, 24);
CRYPTODEV_AT_(crypt_n_op, mackey, 56, 36);
CRYPTODEV_AT_(crypt_n_op, src, 64, 40);
CRYPTODEV_AT_(crypt_n_op, iv, 88, 52);
CRYPTODEV_AT_(crypt_n_op, dst_len, 96, 56);
CRYPTODEV_SIZE_(crypt_sgop, 16, 8);
CRYPTODEV_SIZE_(crypt_sfop, 16, 8);
CRYPTODEV_SIZE_(crypt_mop, 16, 8);
CRYPTODEV_SIZE_(crypt_mkop, 16, 8);
CRYPTODEV_SIZE_(cryptret, 16, 8);
CRYPTODEV_SIZE_(crypt_result, 16, 12);
CRYPTODEV_AT_(crypt_result, opaque, 8, 8);
CRYPTODEV_SIZE_(crypt_n_kop, 152, 84);
CRYPTODEV_AT_(crypt_n_kop, crk_reqid, 12, 12);
CRYPTODEV_AT_(crypt_n_kop, crk_opaque, 144, 80);
CRYPTODEV_SIZE_(osession_op, 48, 28);
CRYPTODEV_SIZE_(osession_n_op, 48, 32);
CRYPTODEV_SIZE_(ocrypt_op, 48, 28);
CRYPTODEV_SIZE_(ocrypt_n_op, 96, 56);
CRYPTODEV_SIZE_(ocrypt_sgop, 16, 8);
CRYPTODEV_SIZE_(ocrypt_mop, 16, 8);
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

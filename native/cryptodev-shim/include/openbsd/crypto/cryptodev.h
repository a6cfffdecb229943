/*
 * The /dev/crypto ABI of OpenBSD, 2002 to 2014, for C programs that talk to such a kernel, to a served device or to the
 * preloaded shim. A header of this project: it declares the numbers and layouts, which are facts, in words of its own.
 * OpenBSD gave its algorithms other numbers in 2017, after the device had gone; those mean nothing here.
 */
#ifndef CRYPTODEV_OPENBSD_CRYPTODEV_H
#define CRYPTODEV_OPENBSD_CRYPTODEV_H

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
#define HMAC_MD5_BLOCK_LEN 64
#define HMAC_SHA1_BLOCK_LEN 64
#define HMAC_RIPEMD160_BLOCK_LEN 64
#define HMAC_SHA2_256_BLOCK_LEN 64
#define HMAC_SHA2_384_BLOCK_LEN 128
#define HMAC_SHA2_512_BLOCK_LEN 128
#define HMAC_MAX_BLOCK_LEN HMAC_SHA2_512_BLOCK_LEN

/* What a driver says of an algorithm. */
#define CRYPTO_ALG_FLAG_SUPPORTED 0x01
#define CRYPTO_ALG_FLAG_RNG_ENABLE 0x02 /* has random numbers of its own for DSA and DH */
#define CRYPTO_ALG_FLAG_DSA_SHA 0x04    /* hashes the message of DSA itself */

/* Ciphers, MACs and digests: session_op.cipher and session_op.mac. */
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
#define CRYPTO_DEFLATE_COMP 15
#define CRYPTO_NULL 16
#define CRYPTO_LZS_COMP 17
#define CRYPTO_SHA2_256_HMAC 18
#define CRYPTO_SHA2_384_HMAC 19
#define CRYPTO_SHA2_512_HMAC 20
#define CRYPTO_AES_CTR 21
#define CRYPTO_AES_XTS 22
#define CRYPTO_AES_GCM_16 23
#define CRYPTO_AES_128_GMAC 24
#define CRYPTO_AES_192_GMAC 25
#define CRYPTO_AES_256_GMAC 26
#define CRYPTO_AES_GMAC 27
#define CRYPTO_ESN 28
#define CRYPTO_ALGORITHM_MAX 28
#define CRYPTO_ALGORITHM_ALL (CRYPTO_ALGORITHM_MAX + 1)
#define CRYPTO_MAX_MAC_LEN 20

#define COP_ENCRYPT 1
#define COP_DECRYPT 2

/* Key operations: crypt_kop.crk_op. Inputs in the order of docs/dialects.md, then outputs; unused parameters zero. */
#define CRK_MAXPARAM 8
#define CRK_ALGORITHM_MIN 0
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
	caddr_t key;
	int mackeylen;
	caddr_t mackey;
	uint32_t ses; /* out */
};

struct crypt_op {
	uint32_t ses;
	uint16_t op;
	uint16_t flags; /* none defined: 0 */
	uint32_t len;
	caddr_t src;
	caddr_t dst;
	caddr_t mac;
	caddr_t iv; /* NULL: the IV stands first in src */
};

struct crparam {
	caddr_t crp_p; /* least significant byte first */
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

/* On the opened device only CRIOGET works; all else goes to the descriptor it gives. */
#define CRIOGET CRYPTODEV_IOWR(100, uint32_t)
#define CIOCGSESSION CRYPTODEV_IOWR(101, struct session_op)
#define CIOCFSESSION CRYPTODEV_IOW(102, uint32_t)
#define CIOCCRYPT CRYPTODEV_IOWR(103, struct crypt_op)
#define CIOCKEY CRYPTODEV_IOWR(104, struct crypt_kop)
#define CIOCASYMFEAT CRYPTODEV_IOR(105, uint32_t)
#define CIOCSYMFEAT CIOCASYMFEAT /* its name before 2005 */

/*
 * What follows no ioctl takes: the requests of opencrypto(9) inside the kernel, which this release's header shows to programs
 * too. The names are here for those that mention them; the layouts are of no kernel.
 */
#define CRD_F_ENCRYPT 0x01
#define CRD_F_IV_PRESENT 0x02  /* the IV is in the buffer */
#define CRD_F_IV_EXPLICIT 0x04 /* the IV is in crd_iv */
#define CRD_F_DSA_SHA_NEEDED 0x08
#define CRD_F_COMP 0x10
#define CRD_F_ESN 0x20
#define CRYPTO_F_IMBUF 0x0001 /* the buffer is a chain of mbufs, */
#define CRYPTO_F_IOV 0x0002   /* or a struct uio */
#define CRYPTO_F_REL 0x0004
#define CRYPTO_F_NOQUEUE 0x0008
#define CRYPTO_F_DONE 0x0010
#define CRYPTO_BUF_IOV 0x1
#define CRYPTO_BUF_MBUF 0x2
#define CRYPTO_OP_DECRYPT 0x0
#define CRYPTO_OP_ENCRYPT 0x1
#define CRYPTOCAP_F_CLEANUP 0x01
#define CRYPTOCAP_F_SOFTWARE 0x02
#define CRYPTOCAP_F_ENCRYPT_MAC 0x04
#define CRYPTOCAP_F_MAC_ENCRYPT 0x08

struct cryptoini {
	int cri_alg;
	int cri_klen; /* bits */
	int cri_rnd;
	caddr_t cri_key;
	union {
		uint8_t iv[EALG_MAX_BLOCK_LEN];
		uint8_t esn[4];
	} u;
	struct cryptoini *cri_next;
};
#define cri_iv u.iv
#define cri_esn u.esn

struct cryptodesc {
	int crd_skip;
	int crd_len;
	int crd_inject;
	int crd_flags;
	struct cryptoini CRD_INI;
	struct cryptodesc *crd_next;
};
#define crd_iv CRD_INI.cri_iv
#define crd_esn CRD_INI.cri_esn
#define crd_key CRD_INI.cri_key
#define crd_rnd CRD_INI.cri_rnd
#define crd_alg CRD_INI.cri_alg
#define crd_klen CRD_INI.cri_klen

struct cryptop {
	uint64_t crp_sid;
	int crp_ilen;
	int crp_olen;
	int crp_alloctype;
	int crp_etype; /* errno */
	int crp_flags;
	void *crp_buf;
	void *crp_opaque;
	struct cryptodesc *crp_desc;
	int (*crp_callback)(struct cryptop *);
	caddr_t crp_mac;
};

struct cryptkop {
	unsigned int krp_op;
	unsigned int krp_status;
	unsigned short krp_iparams;
	unsigned short krp_oparams;
	uint32_t krp_hid;
	struct crparam krp_param[CRK_MAXPARAM];
	int (*krp_callback)(struct cryptkop *);
};

struct cryptocap {
	uint64_t cc_operations;
	uint64_t cc_bytes;
	uint64_t cc_koperations;
	uint32_t cc_sessions;
	int cc_alg[CRYPTO_ALGORITHM_MAX + 1];
	int cc_kalg[CRK_ALGORITHM_MAX + 1];
	int cc_queued;
	uint8_t cc_flags;
	int (*cc_newsession)(uint32_t *, struct cryptoini *);
	int (*cc_process)(struct cryptop *);
	int (*cc_freesession)(uint64_t);
	int (*cc_kprocess)(struct cryptkop *);
};

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
CRYPTODEV_AT_(crypt_op, len, 8, 8);
CRYPTODEV_AT_(crypt_op, src, 16, 12);
CRYPTODEV_AT_(crypt_op, iv, 40, 24);
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

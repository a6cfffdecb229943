/* What the programs of this folder share: counting checks, and an AES-128-CBC of our own to hold every answer against. */
#ifndef SERVE_CHECK_H
#define SERVE_CHECK_H

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Milliseconds: a bound for what must come, scaled by how slow this machine is (patience.sh). */
static inline int patience(void)
{
	const char *factor = getenv("CRYPTODEV_TIME_FACTOR");
	int times = factor ? atoi(factor) : 1;
	return 60000 * (times < 1 ? 1 : times > 10000 ? 10000 : times);
}

static int checks_passed, checks_failed;

/* One line per check; errno as it was when the condition was computed. */
#define CHECK(name, condition) \
	do { \
		int holds_ = (condition); \
		int errno_ = errno; \
		if (holds_) { \
			checks_passed++; \
			printf("PASS  %s\n", name); \
		} else { \
			checks_failed++; \
			printf("FAIL  %s (%s:%d, errno %d)\n", name, __FILE__, __LINE__, errno_); \
		} \
		fflush(stdout); \
	} while (0)

static int finish(void)
{
	printf("%d passed, %d failed\n", checks_passed, checks_failed);
	return checks_failed != 0;
}

static uint8_t aes_sbox[256];

static uint8_t aes_double(uint8_t x) { return (uint8_t)((x << 1) ^ ((x >> 7) * 0x1b)); }

/* The S-box from its definition: inverse in GF(2^8) by walking with a generator and its inverse, then the affine map. */
static void aes_setup(void)
{
	uint8_t p = 1, q = 1;
	do {
		p = (uint8_t)(p ^ aes_double(p));
		q ^= (uint8_t)(q << 1);
		q ^= (uint8_t)(q << 2);
		q ^= (uint8_t)(q << 4);
		if (q & 0x80)
			q ^= 0x09;
		uint8_t r = q;
		for (int turn = 1; turn <= 4; turn++)
			r ^= (uint8_t)((q << turn) | (q >> (8 - turn)));
		aes_sbox[p] = r ^ 0x63;
	} while (p != 1);
	aes_sbox[0] = 0x63;
}

static void aes_expand(const uint8_t key[16], uint8_t round_keys[176])
{
	uint8_t constant = 1;
	memcpy(round_keys, key, 16);
	for (int at = 16; at < 176; at += 4) {
		uint8_t word[4];
		memcpy(word, round_keys + at - 4, 4);
		if (at % 16 == 0) {
			uint8_t first = word[0];
			word[0] = aes_sbox[word[1]] ^ constant;
			word[1] = aes_sbox[word[2]];
			word[2] = aes_sbox[word[3]];
			word[3] = aes_sbox[first];
			constant = aes_double(constant);
		}
		for (int i = 0; i < 4; i++)
			round_keys[at + i] = round_keys[at - 16 + i] ^ word[i];
	}
}

static void aes_block(const uint8_t round_keys[176], uint8_t state[16])
{
	for (int i = 0; i < 16; i++)
		state[i] ^= round_keys[i];
	for (int round = 1; round <= 10; round++) {
		uint8_t shifted[16];
		for (int i = 0; i < 16; i++)
			shifted[i] = aes_sbox[state[(i + 4 * (i % 4)) % 16]];
		for (int column = 0; column < 4; column++) {
			uint8_t *in = shifted + 4 * column;
			for (int i = 0; i < 4; i++) {
				uint8_t mixed = round == 10 ? in[i]
					: (uint8_t)(aes_double(in[i]) ^ aes_double(in[(i + 1) % 4]) ^ in[(i + 1) % 4] ^ in[(i + 2) % 4] ^ in[(i + 3) % 4]);
				state[4 * column + i] = mixed ^ round_keys[16 * round + 4 * column + i];
			}
		}
	}
}

/* Encrypts; iv is the last ciphertext block afterwards. */
static inline void aes_cbc(const uint8_t key[16], uint8_t iv[16], const uint8_t *in, uint8_t *out, size_t length)
{
	uint8_t round_keys[176];
	if (aes_sbox[0] == 0)
		aes_setup();
	aes_expand(key, round_keys);
	for (size_t at = 0; at + 16 <= length; at += 16) {
		for (int i = 0; i < 16; i++)
			iv[i] ^= in[at + i];
		aes_block(round_keys, iv);
		memcpy(out + at, iv, 16);
	}
}

static inline void fill(uint8_t *bytes, size_t length, uint32_t seed)
{
	for (size_t i = 0; i < length; i++) {
		seed = seed * 1664525u + 1013904223u;
		bytes[i] = (uint8_t)(seed >> 24);
	}
}

static inline void *room(size_t length)
{
	void *memory = malloc(length ? length : 1);
	if (!memory) {
		perror("malloc");
		exit(1);
	}
	return memory;
}

#endif

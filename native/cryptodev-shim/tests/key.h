/*
 * CIOCKEY, for the dialect whose header was included before: powers, RSA's private operation, Diffie-Hellman, DSA with the example
 * of FIPS 186-2, appendix 5, and NetBSD's modular operations. Numbers have their least significant byte first; a digest and a shared
 * value are no numbers.
 */
#ifndef SHIM_TESTS_KEY_H
#define SHIM_TESTS_KEY_H

#include "check.h"

#define DSA_P "8df2a494492276aa3d25759bb06869cbeac0d83afb8d0cf7cbb8324f0d7882e5" \
	      "d0762fc5b7210eafc2e9adac32ab7aac49693dfbf83724c2ec0736ee31c80291"
#define DSA_Q "c773218c737ec8ee993b4f2ded30f48edace915f"
#define DSA_G "626d027839ea0a13413163a55b4cb500299d5522956cefcb3bff10f399ce2c2e" \
	      "71cb9de5fa24babf58e5b79521925c9cc42e9f6f464b088cc572af53e6d78802"
#define DSA_X "2070b3223dba372fde1c0ffc7b2e3b498b260614"
#define DSA_Y "19131871d75b1612a819f29d78d1b0d7346f7aa77bb62a859bfd6c5675da9d21" \
	      "2d3a36ef1672ef660b8c7c255cc0ec74858fba33f44c06699630a76b030ee333"
#define DSA_R "8bac1ab66410435cb7181f95b16ab97c92b341c0"
#define DSA_S "41e2345f1f56df2458f426d155b4ba2db6dcd8c8"

struct big {
	uint8_t bytes[128];
	uint32_t bits;
};

static struct big big_of(const char *text)
{
	struct big number = { .bits = (uint32_t)strlen(text) * 4 };
	const uint8_t *bytes = hex(text);
	for (size_t n = 0; n < strlen(text) / 2; n++)
		number.bytes[strlen(text) / 2 - 1 - n] = bytes[n];
	return number;
}

static struct crparam parameter(struct big *number)
{
	return (struct crparam){ .crp_p = (void *)number->bytes, .crp_nbits = number->bits };
}

static int key_operation(int device, uint32_t operation, struct big *inputs, unsigned ins, struct big *outputs,
			 unsigned outs, uint32_t *status)
{
	struct crypt_kop kop;
	memset(&kop, 0, sizeof kop);
	kop.crk_op = operation;
	kop.crk_iparams = (uint16_t)ins;
	kop.crk_oparams = (uint16_t)outs;
	for (unsigned n = 0; n < ins; n++)
		kop.crk_param[n] = parameter(&inputs[n]);
	for (unsigned n = 0; n < outs; n++)
		kop.crk_param[ins + n] = parameter(&outputs[n]);
	int result = ioctl(device, CIOCKEY, &kop);
	*status = kop.crk_status;
	return result;
}

static uint64_t power(uint64_t base, uint64_t exponent, uint64_t modulus)
{
	uint64_t result = 1;
	for (; exponent; exponent >>= 1, base = base * base % modulus)
		if (exponent & 1)
			result = result * base % modulus;
	return result;
}

static void check_powers(int device)
{
	static const uint64_t numbers[][3] = { { 5, 117, 1000003 }, { 123456, 65537, 4294967291u }, { 2, 0, 97 }, { 0, 5, 97 } };
	uint32_t status;
	for (unsigned n = 0; n < sizeof numbers / sizeof numbers[0]; n++) {
		struct big in[3], out = { .bits = 64 };
		for (int i = 0; i < 3; i++) {
			in[i] = (struct big){ .bits = 64 };
			memcpy(in[i].bytes, &numbers[n][i], 8);
		}
		uint64_t expected = power(numbers[n][0], numbers[n][1], numbers[n][2]), found;
		memset(out.bytes, 0xaa, 8);
		CHECK(key_operation(device, CRK_MOD_EXP, in, 3, &out, 1, &status) == 0 && status == 0);
		memcpy(&found, out.bytes, 8);
		CHECK(found == expected);
	}
}

static void check_shared_secret(int device)
{
	const uint64_t modulus = 4294967291u, mine = 123457, yours = 7654321;
	const uint64_t public_number = power(2, yours, modulus), expected = power(public_number, mine, modulus);
	struct big in[3] = { { .bits = 64 }, { .bits = 64 }, { .bits = 64 } }, out = { .bits = 32 * 8 };
	uint32_t status;
	memcpy(in[0].bytes, &mine, 8);
	memcpy(in[1].bytes, &public_number, 8);
	memcpy(in[2].bytes, &modulus, 8);
	memset(out.bytes, 0xaa, sizeof out.bytes);
	/* As OpenSSL's engine asks: for eight times the bytes that it has room for. */
	CHECK(key_operation(device, CRK_DH_COMPUTE_KEY, in, 3, &out, 1, &status) == 0 && status == 0);
	for (int n = 0; n < 4; n++)
		CHECK(out.bytes[n] == (uint8_t)(expected >> (24 - 8 * n)));
	CHECK(out.bytes[4] == 0xaa);
}

/* Small numbers in, one out. */
static uint64_t computed(int device, uint32_t operation, const uint64_t *numbers, unsigned count)
{
	struct big in[6], out = { .bits = 64 };
	uint32_t status;
	uint64_t found;
	for (unsigned n = 0; n < count; n++) {
		in[n] = (struct big){ .bits = 64 };
		memcpy(in[n].bytes, &numbers[n], 8);
	}
	memset(out.bytes, 0xaa, 8);
	CHECK(key_operation(device, operation, in, count, &out, 1, &status) == 0 && status == 0);
	memcpy(&found, out.bytes, 8);
	return found;
}

/* p, q, message, dp, dq, q^-1 mod p. */
static void check_private_operation(int device)
{
	static const uint64_t numbers[] = { 61, 53, 2790, 53, 49, 38 };
	CHECK(computed(device, CRK_MOD_EXP_CRT, numbers, 6) == 65);
}

#ifdef CRK_MOD_ADD
static void check_modular(int device)
{
	static const uint64_t numbers[] = { 20, 9, 23 }, turned[] = { 9, 20, 23 }, alone[] = { 20, 23 }, large[] = { 200, 23 };
	CHECK(computed(device, CRK_MOD_ADD, numbers, 3) == 6);
	CHECK(computed(device, CRK_MOD_ADDINV, alone, 2) == 3);
	CHECK(computed(device, CRK_MOD_SUB, turned, 3) == 12);
	CHECK(computed(device, CRK_MOD_MULT, numbers, 3) == 19);
	CHECK(computed(device, CRK_MOD_MULTINV, alone, 2) == 15);
	CHECK(computed(device, CRK_MOD, large, 2) == 16);
}
#endif

static void check_signatures(int device)
{
	struct big digest = { .bits = 160 }, p = big_of(DSA_P), q = big_of(DSA_Q), g = big_of(DSA_G), x = big_of(DSA_X), y = big_of(DSA_Y);
	memcpy(digest.bytes, hex(ABC_SHA1), 20);
	struct big verify[7] = { digest, p, q, g, y, big_of(DSA_R), big_of(DSA_S) };
	struct big sign[5] = { digest, p, q, g, x }, made[2] = { { .bits = 160 }, { .bits = 160 } };
	uint32_t status;
	CHECK(key_operation(device, CRK_DSA_VERIFY, verify, 7, NULL, 0, &status) == 0 && status == 0);
	verify[0].bytes[3] ^= 1;
	CHECK(key_operation(device, CRK_DSA_VERIFY, verify, 7, NULL, 0, &status) != 0 || status != 0);
	CHECK(key_operation(device, CRK_DSA_SIGN, sign, 5, made, 2, &status) == 0 && status == 0);
	verify[0] = digest;
	verify[5] = made[0];
	verify[6] = made[1];
	CHECK(key_operation(device, CRK_DSA_VERIFY, verify, 7, NULL, 0, &status) == 0 && status == 0);
}

static void check_key_errors(int device)
{
	struct big in[3] = { { .bits = 64 }, { .bits = 64 }, { .bits = 64 } }, out = { .bits = 64 };
	struct crypt_kop kop;
	uint32_t status;
	in[0].bytes[0] = in[1].bytes[0] = 3;
	in[2].bytes[0] = 7;
	CHECK(key_operation(device, CRK_MOD_EXP, in, 2, &out, 1, &status) == -1 && errno == EINVAL);
	memset(&kop, 0, sizeof kop);
	kop.crk_op = CRK_MOD_EXP;
	kop.crk_iparams = 3;
	kop.crk_oparams = 1;
	for (int n = 0; n < 3; n++)
		kop.crk_param[n] = parameter(&in[n]);
	kop.crk_param[3] = parameter(&out);
	kop.crk_param[1].crp_p = (void *)8;
	FAILS(ioctl(device, CIOCKEY, &kop), EFAULT);
	kop.crk_param[1] = parameter(&in[1]);
	kop.crk_param[3].crp_p = (void *)8;
	FAILS(ioctl(device, CIOCKEY, &kop), EFAULT);
	FAILS(ioctl(device, CIOCKEY, (void *)8), EFAULT);
}

/* A device without them, as cryptodev-linux is. */
static inline void check_no_keys(int device)
{
	struct big in[3] = { { .bits = 64 }, { .bits = 64 }, { .bits = 64 } }, out = { .bits = 64 };
	uint32_t status;
	in[0].bytes[0] = in[1].bytes[0] = 3;
	in[2].bytes[0] = 7;
	out.bytes[0] = 0xaa;
	CHECK(key_operation(device, CRK_MOD_EXP, in, 3, &out, 1, &status) == -1 && errno == EINVAL);
	CHECK(out.bytes[0] == 0xaa);
}

static void check_keys(int device)
{
	check_powers(device);
	check_private_operation(device);
#ifdef CRK_MOD_ADD
	check_modular(device);
#endif
	check_shared_secret(device);
	check_signatures(device);
	check_key_errors(device);
}

#endif

/*
 * base^exponent mod modulus by libcrypto's constant-time routine, as a C program uses it. Each operation converts the
 * numbers from bytes and the result back to bytes.
 */
#include <openssl/bn.h>
#include <openssl/crypto.h>

#include "peer.h"

PEER_API const char *power_description(void);
PEER_API int power_run(const uint8_t *base, const uint8_t *exponent, const uint8_t *modulus, uint8_t *result, size_t length, long count);

const char *power_description(void)
{
	return OpenSSL_version(OPENSSL_VERSION);
}

int power_run(const uint8_t *base, const uint8_t *exponent, const uint8_t *modulus, uint8_t *result, size_t length, long count)
{
	BN_CTX *context = BN_CTX_new();
	BIGNUM *a = BN_new(), *e = BN_new(), *m = BN_new(), *r = BN_new();
	int failed = !context || !a || !e || !m || !r;

	for (; count > 0 && !failed; count--)
		failed = !BN_bin2bn(base, (int)length, a) || !BN_bin2bn(exponent, (int)length, e) || !BN_bin2bn(modulus, (int)length, m) ||
			 BN_mod_exp_mont_consttime(r, a, e, m, context, NULL) != 1 || BN_bn2binpad(r, result, (int)length) != (int)length;
	BN_clear_free(r);
	BN_free(m);
	BN_clear_free(e);
	BN_free(a);
	BN_CTX_free(context);
	return failed ? -1 : 0;
}

/*
 * What the switches of a device let through, in the dialect of the header: switches [open|session|features|key EXPECTED]...
 * EXPECTED is an errno, or 0; of features (CIOCASYMFEAT) 0 for none, 1 for some.
 */
#define _GNU_SOURCE
#include <crypto/cryptodev.h>

#include "key.h"

static int open_session(int device)
{
	uint8_t key[16] = { 1 };
#ifdef CRYPTO_FLAG_SOFTWARE
	/* FreeBSD's older call asks for hardware whatever the switches say. */
	struct session2_op op;
	memset(&op, 0, sizeof op);
	op.crid = CRYPTO_FLAG_HARDWARE | CRYPTO_FLAG_SOFTWARE;
	const unsigned long request = CIOCGSESSION2;
#else
	struct session_op op;
	memset(&op, 0, sizeof op);
	const unsigned long request = CIOCGSESSION;
#endif
	op.cipher = CRYPTO_AES_CBC;
	op.keylen = sizeof key;
	op.key = (void *)key;
	return ioctl(device, request, &op) == 0 ? 0 : errno;
}

static int power_of_numbers(int device)
{
	struct big in[3] = { { .bits = 64 }, { .bits = 64 }, { .bits = 64 } }, out = { .bits = 64 };
	uint32_t status;
	in[0].bytes[0] = 5;
	in[1].bytes[0] = 3;
	in[2].bytes[0] = 101;
	int result = key_operation(device, CRK_MOD_EXP, in, 3, &out, 1, &status) == 0 ? (int)status : errno;
	return result == 0 && out.bytes[0] != 125 % 101 ? -1 : result;
}

int main(int count, char **words)
{
	int device = open("/dev/crypto", O_RDWR | O_CLOEXEC), opened = device < 0 ? errno : 0;
	uint32_t number;
	if (opened == 0 && ioctl(device, CRIOGET, &number) == 0)
		device = (int)number;
	for (int n = 1; n + 1 < count; n += 2) {
		uint32_t features = 0;
		int expected = atoi(words[n + 1]), found;
		switch (words[n][0]) {
		case 'o': found = opened; break;
		case 's': found = open_session(device); break;
		case 'f': found = ioctl(device, CIOCASYMFEAT, &features) != 0 ? errno : features != 0; break;
		default: found = power_of_numbers(device); break;
		}
		printf("%s: %d\n", words[n], found);
		CHECK(found == expected);
	}
	/* Keys are the tests of others. */
	(void)check_keys;
	return finish("switches");
}

/*
 * The calls in the order of FreeBSD's test programs: the switch, open, CRIOGET (to 12, and by old programs since), a session, the name of
 * its driver, operations, the counters. FreeBSD's release is the header's.
 */
#define _GNU_SOURCE
#include <crypto/cryptodev.h>

#include "order.h"

#if CRYPTODEV_FREEBSD_RELEASE < 13
static const char switch_name[] = "kern.cryptodevallowsoft", stats_name[] = "kern.crypto_stats";
#else
static const char switch_name[] = "kern.crypto.allow_soft", stats_name[] = "kern.crypto.stats";
#endif

static int context(int asks)
{
	int device = open("/dev/crypto", O_RDWR | O_CLOEXEC), number;
	CHECK(device >= 0);
	if (!asks)
		return device;
	CHECK(ioctl(device, CRIOGET, &number) == 0 && number != device && close(device) == 0);
	return number;
}

static void run(int asks)
{
	struct session2_op session;
	struct crypt_op op;
	struct crypt_find_op find;
	uint8_t out[32], back[32], key[16];
	int device = context(asks);
	memcpy(key, hex(CBC_KEY), sizeof key);
	memset(&session, 0, sizeof session);
	session.cipher = CRYPTO_AES_CBC;
	session.keylen = sizeof key;
	session.key = (void *)key;
	session.crid = CRYPTO_FLAG_SOFTWARE;
	CHECK(ioctl(device, CIOCGSESSION2, &session) == 0);
	memset(&find, 0, sizeof find);
	find.crid = session.crid;
	CHECK(ioctl(device, CIOCFINDDEV, &find) == 0 && find.name[0] != 0);
	memset(&op, 0, sizeof op);
	op.ses = session.ses;
	op.op = COP_ENCRYPT;
	op.len = sizeof out;
	op.src = (void *)hex(CBC_PLAIN);
	op.dst = (void *)out;
	op.iv = (void *)hex(CBC_IV);
	CHECK(ioctl(device, CIOCCRYPT, &op) == 0 && same(out, CBC_CIPHER));
	op.op = COP_DECRYPT;
	op.src = (void *)out;
	op.dst = (void *)back;
	CHECK(ioctl(device, CIOCCRYPT, &op) == 0 && same(back, CBC_PLAIN));
	CHECK(ioctl(device, CIOCFSESSION, &session.ses) == 0 && close(device) == 0);
}

int main(void)
{
	struct cryptostats before, after;
	size_t length = sizeof before;
	int old = allow(NULL, switch_name, 1);
	CHECK(sysctlbyname(stats_name, &before, &length, NULL, 0) == 0 && length == sizeof before);
	for (int turn = 0; turn < 4; turn++)
		run(CRYPTODEV_FREEBSD_RELEASE < 13 || turn % 2);
	CHECK(sysctlbyname(stats_name, &after, &length, NULL, 0) == 0 && after.cs_ops == before.cs_ops + 8 && after.cs_errs == before.cs_errs);
	CHECK(sysctl_of(NULL, switch_name, NULL, &old) == 0);
	return finish("order-freebsd");
}

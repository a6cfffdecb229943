/*
 * The calls in the order of OpenBSD's test programs: for each case the switch is read and set, the device is opened and gives a context, a
 * session does one operation and is freed, both descriptors are closed, and the switch is set back.
 */
#define _GNU_SOURCE
#include <crypto/cryptodev.h>

#include "order.h"

static const int allow_soft = KERN_CRYPTODEVALLOWSOFT, user_crypto = KERN_USERCRYPTO;

static int run(uint16_t direction, const void *source, size_t length, void *destination)
{
	struct session_op session;
	struct crypt_op op;
	int device = open("/dev/crypto", O_RDWR, 0), context;
	CHECK(device >= 0 && ioctl(device, CRIOGET, &context) == 0 && context != device);
	CHECK(fcntl(context, F_SETFD, FD_CLOEXEC) == 0);
	memset(&session, 0, sizeof session);
	session.cipher = CRYPTO_AES_CBC;
	session.keylen = 16;
	session.key = (caddr_t)hex(CBC_KEY);
	int result = ioctl(context, CIOCGSESSION, &session);
	if (result == 0) {
		memset(&op, 0, sizeof op);
		op.ses = session.ses;
		op.op = direction;
		op.len = (u_int)length;
		op.src = (caddr_t)(uintptr_t)source;
		op.dst = destination;
		op.iv = (caddr_t)hex(CBC_IV);
		CHECK(ioctl(context, CIOCCRYPT, &op) == 0);
		CHECK(ioctl(context, CIOCFSESSION, &session.ses) == 0);
	}
	CHECK(close(context) == 0 && close(device) == 0);
	return result;
}

int main(void)
{
	uint8_t out[32], back[32];
	/* As today's releases have it, users may not open the device. */
	FAILS(open("/dev/crypto", O_RDWR), ENXIO);
	int users = allow(&user_crypto, "kern.usercrypto", 1);
	CHECK(users == 0);
	for (int turn = 0; turn < 4; turn++) {
		int old = allow(&allow_soft, "kern.cryptodevallowsoft", 1);
		CHECK(old == 0);
		CHECK(run(COP_ENCRYPT, hex(CBC_PLAIN), 32, out) == 0 && same(out, CBC_CIPHER));
		CHECK(run(COP_DECRYPT, out, 32, back) == 0 && same(back, CBC_PLAIN));
		CHECK(sysctl_of(&allow_soft, NULL, NULL, &old) == 0);
		CHECK(run(COP_ENCRYPT, hex(CBC_PLAIN), 32, out) == -1);
	}
	CHECK(sysctl_of(&user_crypto, NULL, NULL, &users) == 0);
	FAILS(open("/dev/crypto", O_RDWR), ENXIO);
	return finish("order-openbsd");
}

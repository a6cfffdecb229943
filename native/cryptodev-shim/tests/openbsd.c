/* The OpenBSD dialect: openbsd [DEVICE] */
#define _GNU_SOURCE
#include <crypto/cryptodev.h>

#include "key.h"

static int new_session(int device, uint32_t cipher, const char *key, uint32_t *session)
{
	struct session_op op;
	memset(&op, 0, sizeof op);
	op.cipher = cipher;
	op.keylen = (uint32_t)strlen(key) / 2;
	op.key = (caddr_t)hex(key);
	int result = ioctl(device, CIOCGSESSION, &op);
	*session = op.ses;
	return result;
}

static int run(int device, uint32_t session, uint16_t op, const void *source, uint32_t length, void *destination, const void *iv)
{
	struct crypt_op call;
	memset(&call, 0, sizeof call);
	call.ses = session;
	call.op = op;
	call.len = length;
	call.src = (void *)source;
	call.dst = destination;
	call.iv = (void *)iv;
	return ioctl(device, CIOCCRYPT, &call);
}

static void ciphers(int device)
{
	uint32_t session, other;
	uint8_t out[48], with_iv[48];
	CHECK(new_session(device, CRYPTO_AES_CBC, CBC_KEY, &session) == 0 && session == 0);
	for (int turn = 0; turn < 3; turn++)
		CHECK(run(device, session, COP_ENCRYPT, hex(CBC_PLAIN), 32, out, hex(CBC_IV)) == 0 && same(out, CBC_CIPHER));

	/* No IV: it stands in front of the message, and dst gets it back. */
	memcpy(with_iv, hex(CBC_IV), 16);
	memcpy(with_iv + 16, hex(CBC_PLAIN), 32);
	CHECK(run(device, session, COP_ENCRYPT, with_iv, 48, out, NULL) == 0 && same(out, CBC_IV) && same(out + 16, CBC_CIPHER));
	CHECK(new_session(device, CRYPTO_DES_CBC, "0123456789abcdef", &other) == 0 && other == 1);
	FAILS(run(device, session, COP_ENCRYPT, out, 65536, out, hex(CBC_IV)), E2BIG);
	FAILS(run(device, session, COP_ENCRYPT, (void *)8, 32, out, hex(CBC_IV)), EFAULT);
	FAILS(run(device, session, COP_ENCRYPT, hex(CBC_PLAIN), 32, (void *)8, hex(CBC_IV)), EFAULT);
	FAILS(ioctl(device, CIOCCRYPT, (void *)8), EFAULT);
	CHECK(ioctl(device, CIOCFSESSION, &session) == 0);
	FAILS(ioctl(device, CIOCFSESSION, &session), EINVAL);
	FAILS(run(device, session, COP_ENCRYPT, out, 32, out, hex(CBC_IV)), EINVAL);
}

int main(int count, char **words)
{
	int raw = open_device(count > 1 ? words[1] : "/dev/crypto"), device = raw;
	uint32_t number = 0, session, features = 0;
	uint8_t byte;

	/* Over CUSE, which cannot give descriptors, the opened device takes everything itself. */
	if (ioctl(raw, CRIOGET, &number) == 0) {
		device = (int)number;
		CHECK(device != raw && fcntl(device, F_GETFD) == 0);
		FAILS(new_session(raw, CRYPTO_AES_CBC, CBC_KEY, &session), EINVAL);
	} else {
		int error = errno; /* before CHECK clears it */
		CHECK(error == EOPNOTSUPP && !getenv("CRYPTODEV_SOCKET"));
	}
	FAILS(read(device, &byte, 1), EIO);
	ciphers(device);
	CHECK(ioctl(device, CIOCASYMFEAT, &features) == 0 && features & CRF_MOD_EXP);
	check_keys(device);

	/* Each CRIOGET is another context: its ids begin again. */
	uint32_t second = 0;
	if (device != raw) {
		CHECK(ioctl(raw, CRIOGET, &second) == 0 && (int)second != device);
		CHECK(new_session((int)second, CRYPTO_AES_CBC, CBC_KEY, &session) == 0 && session == 0);
		CHECK(close((int)second) == 0 && close(device) == 0);
	}
	CHECK(close(raw) == 0);
	return finish("openbsd");
}

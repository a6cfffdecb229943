/* The FreeBSD dialect of 13 and 14, and of 12 with --12 (CRIOGET, keys): freebsd [--12] [DEVICE] */
#define _GNU_SOURCE
#define CRYPTODEV_FREEBSD_RELEASE 14
#include <crypto/cryptodev.h>

#include "key.h"

static int new_session(int device, struct session2_op *op, uint32_t cipher, const char *key, uint32_t mac, const char *mac_key)
{
	memset(op, 0, sizeof *op);
	op->cipher = cipher;
	op->mac = mac;
	op->keylen = key ? (uint32_t)strlen(key) / 2 : 0;
	op->key = key ? hex(key) : NULL;
	op->mackeylen = mac_key ? (int)strlen(mac_key) / 2 : 0;
	op->mackey = mac_key ? hex(mac_key) : NULL;
	op->crid = CRYPTO_FLAG_HARDWARE | CRYPTO_FLAG_SOFTWARE;
	return ioctl(device, CIOCGSESSION2, op);
}

static void ciphers(int device)
{
	struct session2_op session;
	struct crypt_op call;
	uint8_t out[48], *edge = at_edge(20);
	CHECK(new_session(device, &session, CRYPTO_AES_CBC, CBC_KEY, 0, NULL) == 0);
	memset(&call, 0, sizeof call);
	call.ses = session.ses;
	call.op = COP_ENCRYPT;
	call.len = 32;
	call.src = hex(CBC_PLAIN);
	call.dst = out;
	call.iv = hex(CBC_IV);
	for (int turn = 0; turn < 3; turn++)
		CHECK(ioctl(device, CIOCCRYPT, &call) == 0 && same(out, CBC_CIPHER));
	call.len = 300000;
	FAILS(ioctl(device, CIOCCRYPT, &call), E2BIG);
	call.len = 262128;
	call.src = at_edge(4096);
	FAILS(ioctl(device, CIOCCRYPT, &call), EFAULT);

	struct crypt_find_op find;
	memset(&find, 0, sizeof find);
	find.crid = session.crid;
	CHECK(ioctl(device, CIOCFINDDEV, &find) == 0 && find.name[0] != 0);
	find.crid = -1;
	CHECK(ioctl(device, CIOCFINDDEV, &find) == 0 && find.crid == session.crid);
	strcpy(find.name, "no such driver");
	find.crid = -1;
	FAILS(ioctl(device, CIOCFINDDEV, &find), ENOENT);
	CHECK(ioctl(device, CIOCFSESSION, &session.ses) == 0);
	FAILS(ioctl(device, CIOCFSESSION, &session.ses), EINVAL);

	CHECK(new_session(device, &session, 0, NULL, CRYPTO_SHA1_HMAC, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b") == 0);
	for (int turn = 0; turn < 3; turn++) {
		memset(&call, 0, sizeof call);
		memset(edge, 0, 20);
		call.ses = session.ses;
		call.op = COP_ENCRYPT;
		call.len = 8;
		call.src = (void *)"Hi There";
		call.mac = edge;
		CHECK(ioctl(device, CIOCCRYPT, &call) == 0 && same(edge, HI_THERE_HMAC_SHA1));
	}
}

static void aead(int device, int is_12)
{
	struct session2_op session;
	struct crypt_aead call;
	uint8_t out[GCM_LENGTH], back[GCM_LENGTH], tag[16];
	CHECK((is_12 ? new_session(device, &session, CRYPTO_AES_NIST_GCM_16, GCM_KEY, CRYPTO_AES_128_NIST_GMAC, GCM_KEY)
		     : new_session(device, &session, CRYPTO_AES_NIST_GCM_16, GCM_KEY, 0, NULL)) == 0);
	if (is_12 && sizeof(void *) == 4) {
		/* The kernel of 12 has no form of this call for 32-bit programs. */
		memset(&call, 0, sizeof call);
		call.ses = session.ses;
		FAILS(ioctl(device, CIOCCRYPTAEAD, &call), EINVAL);
		return;
	}
	for (int turn = 0; turn < 3; turn++) {
		memset(tag, 0, sizeof tag);
		memset(&call, 0, sizeof call);
		call.ses = session.ses;
		call.op = COP_ENCRYPT;
		call.len = GCM_LENGTH;
		call.aadlen = sizeof GCM_AAD / 2;
		call.ivlen = 12;
		call.src = hex(GCM_PLAIN);
		call.dst = out;
		call.aad = hex(GCM_AAD);
		call.tag = tag;
		call.iv = hex(GCM_IV);
		CHECK(ioctl(device, CIOCCRYPTAEAD, &call) == 0 && same(out, GCM_CIPHER) && same(tag, GCM_TAG));
		call.op = COP_DECRYPT;
		call.src = out;
		call.dst = back;
		CHECK(ioctl(device, CIOCCRYPTAEAD, &call) == 0 && same(back, GCM_PLAIN));
		tag[0] ^= 1;
		memset(back, 0x33, sizeof back);
		FAILS(ioctl(device, CIOCCRYPTAEAD, &call), EBADMSG);
		CHECK(back[0] == 0x33 && back[GCM_LENGTH - 1] == 0x33);
	}
	call.tag = (void *)8;
	FAILS(ioctl(device, CIOCCRYPTAEAD, &call), EFAULT);
}

int main(int count, char **words)
{
	int is_12 = count > 1 && strcmp(words[1], "--12") == 0;
	int raw = open_device(count > 1 + is_12 ? words[1 + is_12] : "/dev/crypto"), device = raw;
	uint32_t number = 0;
	uint8_t byte;
	if (is_12 && ioctl(raw, CRIOGET, &number) == 0) {
		struct session2_op session;
		CHECK(new_session(raw, &session, CRYPTO_AES_CBC, CBC_KEY, 0, NULL) == -1 && errno == EINVAL);
		device = (int)number;
	}
	FAILS(read(device, &byte, 1), EIO);
	ciphers(device);
	aead(device, is_12);
	if (is_12)
		check_keys(device);
	CHECK(close(device) == 0 && (device == raw || close(raw) == 0));
	return finish(is_12 ? "freebsd --12" : "freebsd");
}

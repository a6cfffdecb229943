/*
 * The calls in the order of NetBSD's test programs: sysctl, open, sessions, CIOCNCRYPTM, and right behind it the results, without a poll
 * in between. On a software driver a request without COP_F_BATCH is done when CIOCNCRYPTM returns, and results come in the order of
 * submission.
 */
#define _GNU_SOURCE
#include <crypto/cryptodev.h>

#include "order.h"

#define SESSIONS 3
#define REQUESTS 24
#define TURNS 40

static const char switch_name[] = "kern.cryptodevallowsoft";
static uint8_t key[16], plain[32], iv[16], mac_key[20];
static uint8_t out[REQUESTS][32], mac[REQUESTS][20];

static void one(int device)
{
	struct session_op session;
	struct crypt_op op;
	memset(&session, 0, sizeof session);
	session.cipher = CRYPTO_AES_CBC;
	session.keylen = sizeof key;
	session.key = key;
	CHECK(ioctl(device, CIOCGSESSION, &session) == 0 && session.ses != 0);
	memset(&op, 0, sizeof op);
	op.ses = session.ses;
	op.op = COP_ENCRYPT;
	op.len = sizeof plain;
	op.src = plain;
	op.dst = out[0];
	op.iv = iv;
	CHECK(ioctl(device, CIOCCRYPT, &op) == 0 && same(out[0], CBC_CIPHER));
	op.op = COP_DECRYPT;
	op.src = out[0];
	CHECK(ioctl(device, CIOCCRYPT, &op) == 0 && memcmp(out[0], plain, sizeof plain) == 0);
	CHECK(ioctl(device, CIOCFSESSION, &session.ses) == 0);
}

static void submit(int device, struct crypt_n_op *requests, const uint32_t *sessions, size_t count)
{
	memset(requests, 0, REQUESTS * sizeof *requests);
	memset(out, 0, sizeof out);
	memset(mac, 0, sizeof mac);
	for (size_t n = 0; n < count; n++) {
		requests[n].ses = sessions[n % SESSIONS];
		requests[n].op = COP_ENCRYPT;
		requests[n].src = n % SESSIONS ? plain : (void *)"Hi There";
		requests[n].len = n % SESSIONS ? sizeof plain : 8;
		requests[n].dst = n % SESSIONS ? out[n] : NULL;
		requests[n].iv = n % SESSIONS ? iv : NULL;
		requests[n].mac = n % SESSIONS ? NULL : mac[n];
		requests[n].opaque = &requests[n];
	}
	struct crypt_mop batch = { count, requests };
	CHECK(ioctl(device, CIOCNCRYPTM, &batch) == 0);
}

static int is_right(size_t n)
{
	return n % SESSIONS ? same(out[n], CBC_CIPHER) : same(mac[n], HI_THERE_HMAC_SHA1);
}

static void many(int device)
{
	struct session_n_op sessions[SESSIONS];
	struct crypt_n_op requests[REQUESTS];
	struct crypt_result results[REQUESTS];
	uint32_t ids[SESSIONS];
	memset(sessions, 0, sizeof sessions);
	for (int n = 0; n < SESSIONS; n++) {
		if (n == 0) {
			sessions[n].mac = CRYPTO_SHA1_HMAC;
			sessions[n].mackeylen = sizeof mac_key;
			sessions[n].mackey = mac_key;
		} else {
			sessions[n].cipher = CRYPTO_AES_CBC;
			sessions[n].keylen = sizeof key;
			sessions[n].key = key;
		}
	}
	struct crypt_sgop create = { SESSIONS, sessions };
	CHECK(ioctl(device, CIOCNGSESSION, &create) == 0);
	for (int n = 0; n < SESSIONS; n++) {
		CHECK(sessions[n].status == 0);
		ids[n] = sessions[n].ses;
	}
	for (int turn = 0; turn < TURNS; turn++) {
		/* Each by its number: it is there at once. */
		submit(device, requests, ids, REQUESTS);
		for (size_t n = 0; n < REQUESTS; n++) {
			struct crypt_result result;
			memset(&result, 0, sizeof result);
			result.reqid = requests[n].reqid;
			CHECK(requests[n].status == 0 && ioctl(device, CIOCNCRYPTRET, &result) == 0);
			CHECK(result.status == 0 && result.opaque == &requests[n] && is_right(n));
		}

		/* All with one call, in the order of submission. */
		submit(device, requests, ids, REQUESTS);
		memset(results, 0, sizeof results);
		struct cryptret all = { REQUESTS, results };
		CHECK(ioctl(device, CIOCNCRYPTRETM, &all) == 0 && all.count == REQUESTS);
		for (size_t n = 0; n < REQUESTS; n++)
			CHECK(results[n].reqid == requests[n].reqid && results[n].status == 0 && results[n].opaque == &requests[n] && is_right(n));
		if (failed)
			break;
	}
	struct crypt_sfop end = { SESSIONS, ids };
	CHECK(ioctl(device, CIOCNFSESSION, &end) == 0);
	FAILS(ioctl(device, CIOCFSESSION, &ids[1]), EINVAL);
}

int main(void)
{
	uint32_t number = 0;
	memcpy(key, hex(CBC_KEY), sizeof key);
	memcpy(plain, hex(CBC_PLAIN), sizeof plain);
	memcpy(iv, hex(CBC_IV), sizeof iv);
	memset(mac_key, 0x0b, sizeof mac_key);
	int old = allow(NULL, switch_name, -1), device = open_device("/dev/crypto");
	one(device);
	many(device);
	/* Older programs ask for a context of their own first. */
	CHECK(ioctl(device, CRIOGET, &number) == 0 && fcntl((int)number, F_SETFD, FD_CLOEXEC) == 0);
	one((int)number);
	many((int)number);
	CHECK(close((int)number) == 0 && close(device) == 0);
	CHECK(sysctl_of(NULL, switch_name, NULL, &old) == 0);
	return finish("order-netbsd");
}

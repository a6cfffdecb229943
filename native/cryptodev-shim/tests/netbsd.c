/* The NetBSD dialect: netbsd [DEVICE] */
#define _GNU_SOURCE
#include <crypto/cryptodev.h>

#include "key.h"
#include "select.h"

#define MANY 8

static int new_session(int device, uint32_t cipher, const char *key, uint32_t mac, const char *mac_key, uint32_t compression,
		       uint32_t *session)
{
	struct session_op op;
	memset(&op, 0, sizeof op);
	op.cipher = cipher;
	op.mac = mac;
	op.comp_alg = compression;
	op.keylen = key ? (uint32_t)strlen(key) / 2 : 0;
	op.key = key ? hex(key) : NULL;
	op.mackeylen = mac_key ? (int)strlen(mac_key) / 2 : 0;
	op.mackey = mac_key ? hex(mac_key) : NULL;
	int result = ioctl(device, CIOCGSESSION, &op);
	*session = op.ses;
	return result;
}

static int run(int device, struct crypt_op *call, uint32_t session, uint16_t op, const void *source, uint32_t length, void *destination)
{
	memset(call, 0, sizeof *call);
	call->ses = session;
	call->op = op;
	call->len = length;
	call->src = (void *)source;
	call->dst = destination;
	return ioctl(device, CIOCCRYPT, call);
}

static int known_answer(int device, uint32_t session)
{
	uint8_t out[32];
	struct crypt_op call;
	memset(&call, 0, sizeof call);
	call.ses = session;
	call.op = COP_ENCRYPT;
	call.len = 32;
	call.src = hex(CBC_PLAIN);
	call.dst = out;
	call.iv = hex(CBC_IV);
	return ioctl(device, CIOCCRYPT, &call) == 0 && same(out, CBC_CIPHER);
}

static void single(int device)
{
	uint32_t session, mac;
	uint8_t out[32] = { 0 }, *edge = at_edge(20);
	struct crypt_op call;
	CHECK(new_session(device, CRYPTO_AES_CBC, CBC_KEY, 0, NULL, 0, &session) == 0 && session != 0);
	CHECK(known_answer(device, session) && known_answer(device, session));
	CHECK(new_session(device, 0, NULL, CRYPTO_SHA1_HMAC, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", 0, &mac) == 0);
	for (int turn = 0; turn < 3; turn++) {
		memset(&call, 0, sizeof call);
		memset(edge, 0, 20);
		call.ses = mac;
		call.op = COP_ENCRYPT;
		call.len = 8;
		call.src = (void *)"Hi There";
		call.mac = edge;
		CHECK(ioctl(device, CIOCCRYPT, &call) == 0 && same(edge, HI_THERE_HMAC_SHA1));
	}
	FAILS(run(device, &call, session, COP_ENCRYPT, (void *)8, 32, out), EFAULT);
	FAILS(run(device, &call, 9999, COP_ENCRYPT, out, 32, out), EINVAL);
	FAILS(ioctl(device, CIOCCRYPT, (void *)8), EFAULT);
	FAILS(read(device, out, 1), EIO);
	CHECK(ioctl(device, CIOCFSESSION, &mac) == 0);
	FAILS(ioctl(device, CIOCFSESSION, &mac), EINVAL);

	/* Programs of NetBSD 5.0. */
	struct osession_op old;
	memset(&old, 0, sizeof old);
	old.cipher = CRYPTO_AES_CBC;
	old.keylen = 16;
	old.key = hex(CBC_KEY);
	CHECK(ioctl(device, OCIOCGSESSION, &old) == 0);
	struct ocrypt_op old_call;
	memset(&old_call, 0, sizeof old_call);
	old_call.ses = old.ses;
	old_call.op = COP_ENCRYPT;
	old_call.len = 32;
	old_call.src = hex(CBC_PLAIN);
	old_call.dst = out;
	old_call.iv = hex(CBC_IV);
	CHECK(ioctl(device, OCIOCCRYPT, &old_call) == 0 && same(out, CBC_CIPHER));
}

static void compression(int device)
{
	uint32_t session, length = 20000;
	uint8_t *plain = malloc(length), *packed = malloc(length), *back = malloc(length);
	struct crypt_op call;
	for (uint32_t n = 0; n < length; n++)
		plain[n] = (uint8_t)(n % 61);
	CHECK(new_session(device, 0, NULL, 0, NULL, CRYPTO_DEFLATE_COMP, &session) == 0);
	for (int turn = 0; turn < 2; turn++) {
		memset(&call, 0, sizeof call);
		call.ses = session;
		call.op = COP_COMP;
		call.len = length;
		call.src = plain;
		call.dst = packed;
		call.dst_len = length;
		CHECK(ioctl(device, CIOCCRYPT, &call) == 0 && call.dst_len > 0 && call.dst_len < length / 10);
		uint32_t small = call.dst_len;
		memset(&call, 0, sizeof call);
		call.ses = session;
		call.op = COP_DECOMP;
		call.len = small;
		call.src = packed;
		call.dst = back;
		call.dst_len = length;
		memset(back, 0, length);
		CHECK(ioctl(device, CIOCCRYPT, &call) == 0 && call.dst_len == length && memcmp(back, plain, length) == 0);
	}
	free(plain);
	free(packed);
	free(back);
}

static int wait_for_result(int device)
{
	struct pollfd entry = { .fd = device, .events = POLLIN };
	return poll(&entry, 1, PATIENCE) == 1 && entry.revents == POLLIN;
}

static void many(int device)
{
	static uint8_t out[MANY][32];
	struct session_n_op sessions[MANY];
	struct crypt_n_op requests[MANY];
	struct crypt_result results[MANY], one;
	uint32_t ids[MANY];
	memset(sessions, 0, sizeof sessions);
	memset(requests, 0, sizeof requests);
	uint8_t key[16], plain[32], iv[16];
	memcpy(key, hex(CBC_KEY), 16);
	memcpy(plain, hex(CBC_PLAIN), 32);
	memcpy(iv, hex(CBC_IV), 16);
	for (int n = 0; n < MANY; n++) {
		sessions[n].cipher = n == 3 ? 99 : CRYPTO_AES_CBC;
		sessions[n].keylen = 16;
		sessions[n].key = key;
	}
	struct crypt_sgop create = { MANY, sessions };
	CHECK(ioctl(device, CIOCNGSESSION, &create) == 0);
	for (int n = 0; n < MANY; n++) {
		CHECK(n == 3 ? sessions[n].status == EINVAL : sessions[n].status == 0 && sessions[n].ses != 0);
		ids[n] = sessions[n].ses;
		requests[n].ses = n == 3 ? ids[0] : ids[n];
		requests[n].op = COP_ENCRYPT;
		requests[n].len = n == 5 ? 31 : 32;
		requests[n].src = plain;
		requests[n].dst = out[n];
		requests[n].iv = iv;
		requests[n].opaque = out[n];
	}
	for (int turn = 0; turn < 2; turn++) {
		memset(out, 0, sizeof out);
		struct crypt_mop batch = { MANY, requests };
		CHECK(ioctl(device, CIOCNCRYPTM, &batch) == 0);
		int waiting = 0;
		for (int n = 0; n < MANY; n++) {
			CHECK(n == 5 ? requests[n].status == EINVAL : requests[n].status == 0);
			waiting += requests[n].status == 0;
		}
		CHECK(wait_for_result(device) && select_result(device));

		/* One by its number, waiting for it; the others as they come. */
		memset(&one, 0, sizeof one);
		one.reqid = requests[2].reqid;
		while (ioctl(device, CIOCNCRYPTRET, &one) != 0)
			if (errno != EINPROGRESS || !wait_for_result(device))
				break;
		CHECK(one.status == 0 && one.opaque == out[2] && same(out[2], CBC_CIPHER));
		waiting--;
		while (waiting > 0 && wait_for_result(device)) {
			struct cryptret some = { 2, results };
			memset(results, 0, sizeof results);
			if (waiting < 2)
				some.count = 1;
			if (ioctl(device, CIOCNCRYPTRETM, &some) != 0)
				break;
			for (size_t n = 0; n < some.count; n++)
				CHECK(results[n].status == 0 && same(results[n].opaque, CBC_CIPHER));
			waiting -= (int)some.count;
		}
		CHECK(waiting == 0);
	}
	memset(&one, 0, sizeof one);
	one.reqid = requests[2].reqid;
	FAILS(ioctl(device, CIOCNCRYPTRET, &one), EINPROGRESS);
	struct crypt_mop bad = { MANY, (void *)8 };
	FAILS(ioctl(device, CIOCNCRYPTM, &bad), EFAULT);
	struct crypt_sfop end = { 3, ids };
	CHECK(ioctl(device, CIOCNFSESSION, &end) == 0);
	CHECK(!known_answer(device, ids[0]) && known_answer(device, ids[4]));
}

static void many_keys(int device)
{
	struct big in[3] = { { .bits = 64 }, { .bits = 64 }, { .bits = 64 } }, out[2] = { { .bits = 64 }, { .bits = 64 } };
	struct crypt_n_kop requests[2];
	memset(requests, 0, sizeof requests);
	in[0].bytes[0] = 5;
	in[1].bytes[0] = 3;
	in[2].bytes[0] = 101;
	for (int n = 0; n < 2; n++) {
		requests[n].crk_op = CRK_MOD_EXP;
		requests[n].crk_iparams = 3;
		requests[n].crk_oparams = 1;
		for (int i = 0; i < 3; i++)
			requests[n].crk_param[i] = parameter(&in[i]);
		requests[n].crk_param[3] = parameter(&out[n]);
		requests[n].crk_opaque = &out[n];
	}
	struct crypt_mkop batch = { 2, requests };
	CHECK(ioctl(device, CIOCNFKEYM, &batch) == 0);
	for (int n = 0; n < 2; n++) {
		struct crypt_result result;
		memset(&result, 0, sizeof result);
		result.reqid = requests[n].crk_reqid;
		while (ioctl(device, CIOCNCRYPTRET, &result) != 0)
			if (errno != EINPROGRESS || !wait_for_result(device))
				break;
		CHECK(result.status == 0 && result.opaque == &out[n] && out[n].bytes[0] == 125 % 101);
	}
}

/* Over CUSE the device cannot give another descriptor. */
static void another_context(int device)
{
	uint32_t number = 0, session;
	if (ioctl(device, CRIOGET, &number) != 0) {
		int error = errno; /* before CHECK clears it */
		CHECK(error == EOPNOTSUPP && !getenv("CRYPTODEV_SOCKET"));
		return;
	}
	CHECK(new_session((int)number, CRYPTO_AES_CBC, CBC_KEY, 0, NULL, 0, &session) == 0 && known_answer((int)number, session));
	pid_t child = fork();
	if (child == 0)
		_exit(known_answer((int)number, session) ? 0 : 1);
	CHECK(child_succeeds(child));
	CHECK(close((int)number) == 0);
}

int main(int count, char **words)
{
	int device = open_device(count > 1 ? words[1] : "/dev/crypto");
	single(device);
	compression(device);
	many(device);
	check_select(device, 0);
	many_keys(device);
	another_context(device);
	check_keys(device);
	CHECK(close(device) == 0);
	return finish("netbsd");
}

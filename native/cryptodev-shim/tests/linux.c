/* The cryptodev-linux dialect: linux [DEVICE] */
#define _GNU_SOURCE
#include <crypto/cryptodev.h>

#include "key.h"
#include "select.h"

static const char *device_path = "/dev/crypto";

static int new_session(int device, uint32_t cipher, const char *key, uint32_t mac, const char *mac_key, uint32_t *session)
{
	struct session_op op;
	memset(&op, 0, sizeof op);
	op.cipher = cipher;
	op.mac = mac;
	op.keylen = key ? (uint32_t)strlen(key) / 2 : 0;
	op.key = key ? hex(key) : NULL;
	op.mackeylen = mac_key ? (uint32_t)strlen(mac_key) / 2 : 0;
	op.mackey = mac_key ? hex(mac_key) : NULL;
	int result = ioctl(device, CIOCGSESSION, &op);
	*session = op.ses;
	return result;
}

static int run(int device, uint32_t session, uint16_t op, uint16_t flags, const void *source, uint32_t length,
	       void *destination, void *mac, const void *iv)
{
	struct crypt_op call;
	memset(&call, 0, sizeof call);
	call.ses = session;
	call.op = op;
	call.flags = flags;
	call.len = length;
	call.src = (void *)source;
	call.dst = destination;
	call.mac = mac;
	call.iv = (void *)iv;
	return ioctl(device, CIOCCRYPT, &call);
}

/* The known answer, by whatever descriptor and process. */
static int known_answer(int device, uint32_t session)
{
	uint8_t out[32];
	memset(out, 0, sizeof out);
	return run(device, session, COP_ENCRYPT, 0, hex(CBC_PLAIN), 32, out, NULL, hex(CBC_IV)) == 0 && same(out, CBC_CIPHER);
}

static void ciphers(int device)
{
	uint32_t session, other;
	uint8_t back[32], *edge = at_edge(32), *iv = at_edge(8), *in_place = at_edge(32);
	CHECK(new_session(device, CRYPTO_AES_CBC, CBC_KEY, 0, NULL, &session) == 0);
	for (int turn = 0; turn < 3; turn++)
		CHECK(known_answer(device, session));
	memcpy(edge, hex(CBC_CIPHER), 32);
	CHECK(run(device, session, COP_DECRYPT, 0, edge, 32, back, NULL, hex(CBC_IV)) == 0 && same(back, CBC_PLAIN));
	memcpy(in_place, hex(CBC_PLAIN), 32);
	CHECK(run(device, session, COP_ENCRYPT, 0, in_place, 32, in_place, NULL, hex(CBC_IV)) == 0 && same(in_place, CBC_CIPHER));

	/* The IV of the session goes on; the caller's is written back only when he asks. */
	uint8_t first[16], second[16], own_iv[16];
	memcpy(own_iv, hex(CBC_IV), 16);
	CHECK(run(device, session, COP_ENCRYPT, COP_FLAG_WRITE_IV, hex(CBC_PLAIN), 16, first, NULL, own_iv) == 0 &&
	      memcmp(own_iv, first, 16) == 0);
	CHECK(run(device, session, COP_ENCRYPT, 0, hex(CBC_PLAIN) + 16, 16, second, NULL, NULL) == 0 &&
	      same(first, "7649abac8119b246cee98e9b12e9197d") &&
	      memcmp(second, hex(CBC_CIPHER) + 16, 16) == 0);

	/* Eight bytes of IV, and then nothing: no more than those may be read, the first time and when the length is known. */
	CHECK(new_session(device, CRYPTO_DES_CBC, "0123456789abcdef", 0, NULL, &other) == 0);
	memcpy(iv, hex("1234567890abcdef"), 8);
	for (int turn = 0; turn < 3; turn++)
		CHECK(run(device, other, COP_ENCRYPT, 0, hex("4e6f772069732074"), 8, back, NULL, iv) == 0 && same(back, "e5c7cdde872bf27c"));
	CHECK(ioctl(device, CIOCFSESSION, &other) == 0);
	FAILS(run(device, other, COP_ENCRYPT, 0, hex("4e6f772069732074"), 8, back, NULL, iv), EINVAL);
	CHECK(known_answer(device, session));
	CHECK(ioctl(device, CIOCFSESSION, &session) == 0);
}

static void long_messages(int device)
{
	static const uint32_t lengths[] = { 16, 4096, 16384, 32768, 32784, 65536, 131072, 1 << 20, 5 << 20 };
	uint32_t session;
	CHECK(new_session(device, CRYPTO_AES_CBC, CBC_KEY, 0, NULL, &session) == 0);
	for (unsigned n = 0; n < sizeof lengths / sizeof lengths[0]; n++) {
		uint32_t length = lengths[n];
		uint8_t *plain = malloc(length), *out = malloc(length + 16), *pieces = malloc(length);
		for (uint32_t i = 0; i < length; i++)
			plain[i] = (uint8_t)(i * 7 + (i >> 8));
		memset(out + length, 0x5a, 16);
		CHECK(run(device, session, COP_ENCRYPT, 0, plain, length, out, NULL, hex(CBC_IV)) == 0 &&
		      memcmp(out + length, "ZZZZZZZZZZZZZZZZ", 16) == 0);
		/* The same in messages that are sent another way. */
		const uint8_t *iv = hex(CBC_IV);
		int good = 1;
		for (uint32_t at = 0; at < length; at += 8192) {
			uint32_t part = length - at < 8192 ? length - at : 8192;
			good &= run(device, session, COP_ENCRYPT, 0, plain + at, part, pieces + at, NULL, iv) == 0;
			iv = pieces + at + part - 16;
		}
		CHECK(good && memcmp(out, pieces, length) == 0);
		CHECK(run(device, session, COP_DECRYPT, 0, out, length, out, NULL, hex(CBC_IV)) == 0 && memcmp(out, plain, length) == 0);
		free(plain);
		free(out);
		free(pieces);
	}
	uint8_t *small = at_edge(65536), *source = calloc(1, 131072);
	FAILS(run(device, session, COP_ENCRYPT, 0, small, 65552, source, NULL, hex(CBC_IV)), EFAULT);
	FAILS(run(device, session, COP_ENCRYPT, 0, source, 131072, small, NULL, hex(CBC_IV)), EFAULT);
	free(source);
	CHECK(known_answer(device, session));
	CHECK(ioctl(device, CIOCFSESSION, &session) == 0);
}

static void digests(int device)
{
	uint32_t session, copy;
	uint8_t out[64], *edge = at_edge(20);
	CHECK(new_session(device, 0, NULL, CRYPTO_SHA2_256, NULL, &session) == 0 &&
	      new_session(device, 0, NULL, CRYPTO_SHA2_256, NULL, &copy) == 0);
	CHECK(run(device, session, COP_ENCRYPT, 0, "abc", 3, NULL, out, NULL) == 0 && same(out, ABC_SHA256));
	CHECK(run(device, session, COP_ENCRYPT, COP_FLAG_UPDATE | COP_FLAG_RESET, "a", 1, NULL, NULL, NULL) == 0);
	struct cphash_op clone = { .dst_ses = copy, .src_ses = session };
	CHECK(ioctl(device, CIOCCPHASH, &clone) == 0 || (sizeof(void *) == 4 && errno == EINVAL));
	CHECK(run(device, session, COP_ENCRYPT, COP_FLAG_UPDATE, "bc", 2, NULL, NULL, NULL) == 0);
	memset(out, 0, sizeof out);
	CHECK(run(device, session, COP_ENCRYPT, COP_FLAG_FINAL, NULL, 0, NULL, out, NULL) == 0 && same(out, ABC_SHA256));
	if (sizeof(void *) == 8) {
		CHECK(run(device, copy, COP_ENCRYPT, COP_FLAG_UPDATE, "bc", 2, NULL, NULL, NULL) == 0);
		memset(out, 0, sizeof out);
		CHECK(run(device, copy, COP_ENCRYPT, COP_FLAG_FINAL, NULL, 0, NULL, out, NULL) == 0 && same(out, ABC_SHA256));
		clone.dst_ses = clone.src_ses;
		FAILS(ioctl(device, CIOCCPHASH, &clone), EDEADLK);
	}

	/* Twenty bytes of room, and then nothing. */
	CHECK(new_session(device, 0, NULL, CRYPTO_SHA1_HMAC, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", &session) == 0);
	for (int turn = 0; turn < 3; turn++) {
		memset(edge, 0, 20);
		CHECK(run(device, session, COP_ENCRYPT, 0, "Hi There", 8, NULL, edge, NULL) == 0 && same(edge, HI_THERE_HMAC_SHA1));
	}
	struct session_info_op info;
	memset(&info, 0, sizeof info);
	info.ses = session;
	CHECK(ioctl(device, CIOCGSESSINFO, &info) == 0 && info.hash_info.cra_driver_name[0] != 0);
}

static int authenticated(int device, uint32_t session, uint16_t op, const void *source, uint32_t length, void *destination, uint32_t *made)
{
	struct crypt_auth_op call;
	memset(&call, 0, sizeof call);
	call.ses = session;
	call.op = op;
	call.len = length;
	call.auth_len = sizeof GCM_AAD / 2;
	call.auth_src = hex(GCM_AAD);
	call.src = (void *)source;
	call.dst = destination;
	call.tag_len = 16;
	call.iv = hex(GCM_IV);
	call.iv_len = 12;
	int result = ioctl(device, CIOCAUTHCRYPT, &call);
	*made = call.len;
	return result;
}

static void aead(int device)
{
	uint32_t session, made;
	uint8_t out[GCM_LENGTH + 16], back[GCM_LENGTH + 16];
	CHECK(new_session(device, CRYPTO_AES_GCM, GCM_KEY, 0, NULL, &session) == 0);
	if (sizeof(void *) == 4) {
		/* 64-bit kernels refuse it to 32-bit programs. */
		FAILS(authenticated(device, session, COP_ENCRYPT, hex(GCM_PLAIN), GCM_LENGTH, out, &made), EINVAL);
		return;
	}
	for (int turn = 0; turn < 3; turn++) {
		memset(out, 0, sizeof out);
		CHECK(authenticated(device, session, COP_ENCRYPT, hex(GCM_PLAIN), GCM_LENGTH, out, &made) == 0 &&
		      made == GCM_LENGTH + 16 && same(out, GCM_CIPHER) &&
		      same(out + GCM_LENGTH, GCM_TAG));
		memset(back, 0, sizeof back);
		CHECK(authenticated(device, session, COP_DECRYPT, out, GCM_LENGTH + 16, back, &made) == 0 &&
		      made == GCM_LENGTH && same(back, GCM_PLAIN));
	}
	out[5] ^= 1;
	memset(back, 0x33, sizeof back);
	FAILS(authenticated(device, session, COP_DECRYPT, out, GCM_LENGTH + 16, back, &made), EBADMSG);
	CHECK(back[0] != hex(GCM_PLAIN)[0]);
	uint32_t length = 200000;
	uint8_t *plain = calloc(1, length), *sealed = malloc(length + 16);
	for (int turn = 0; turn < 2; turn++) {
		CHECK(authenticated(device, session, COP_ENCRYPT, plain, length, sealed, &made) == 0 && made == length + 16);
		CHECK(authenticated(device, session, COP_DECRYPT, sealed, length + 16, sealed, &made) == 0 && made == length &&
		      memcmp(sealed, plain, length) == 0);
	}
	free(plain);
	free(sealed);
}

static void errors(int device)
{
	uint32_t session, none = 0x7ffffff1;
	uint8_t out[32];
	void *bad = (void *)16, *far = (void *)(UINTPTR_MAX - 4095);
	CHECK(new_session(device, CRYPTO_AES_CBC, CBC_KEY, 0, NULL, &session) == 0);
	FAILS(ioctl(device, CIOCCRYPT, bad), EFAULT);
	FAILS(ioctl(device, CIOCCRYPT, far), EFAULT);
	FAILS(ioctl(device, CIOCGSESSION, NULL), EFAULT);
	FAILS(ioctl(device, CIOCGSESSION, at_edge(8)), EFAULT);
	FAILS(ioctl(device, CIOCASYMFEAT, bad), EFAULT);
	FAILS(ioctl(device, CIOCASYMFEAT, read_only()), EFAULT);
	FAILS(run(device, session, COP_ENCRYPT, 0, bad, 32, out, NULL, hex(CBC_IV)), EFAULT);
	FAILS(run(device, session, COP_ENCRYPT, 0, far, 32, out, NULL, hex(CBC_IV)), EFAULT);
	FAILS(run(device, session, COP_ENCRYPT, 0, at_edge(16), 32, out, NULL, hex(CBC_IV)), EFAULT);
	FAILS(run(device, session, COP_ENCRYPT, 0, hex(CBC_PLAIN), 32, bad, NULL, hex(CBC_IV)), EFAULT);
	FAILS(run(device, session, COP_ENCRYPT, 0, hex(CBC_PLAIN), 32, far, NULL, hex(CBC_IV)), EFAULT);
	FAILS(run(device, session, COP_ENCRYPT, 0, hex(CBC_PLAIN), 32, read_only(), NULL, hex(CBC_IV)), EFAULT);
	FAILS(run(device, session, COP_ENCRYPT, 0, hex(CBC_PLAIN), 32, at_edge(16), NULL, hex(CBC_IV)), EFAULT);
	FAILS(run(device, session, COP_ENCRYPT, 0, hex(CBC_PLAIN), 32, out, NULL, bad), EFAULT);
	FAILS(run(device, session, COP_ENCRYPT, 0, hex(CBC_PLAIN), 31, out, NULL, hex(CBC_IV)), EINVAL);
	FAILS(run(device, none, COP_ENCRYPT, 0, hex(CBC_PLAIN), 32, out, NULL, hex(CBC_IV)), EINVAL);
	FAILS(ioctl(device, CRYPTODEV_IOWR(99, struct crypt_op), out), EINVAL);
	struct session_op op;
	memset(&op, 0, sizeof op);
	op.cipher = CRYPTO_AES_CBC;
	op.keylen = 16;
	op.key = bad;
	FAILS(ioctl(device, CIOCGSESSION, &op), EFAULT);
	op.cipher = 77;
	op.key = out;
	FAILS(ioctl(device, CIOCGSESSION, &op), EINVAL);
	FAILS(read(device, out, 1), EINVAL);
	FAILS(write(device, out, 1), EINVAL);
	/* And errno stays what it was when nothing failed. */
	errno = ERANGE;
	CHECK(known_answer(device, session));
	errno = ERANGE;
	int result = ioctl(device, CIOCFSESSION, &session);
	int after = errno;
	CHECK(result == 0 && after == ERANGE);
}

static void descriptors(int device, const char *self)
{
	uint32_t session;
	CHECK(new_session(device, CRYPTO_AES_CBC, CBC_KEY, 0, NULL, &session) == 0);
	int copy = dup(device), high = fcntl(device, F_DUPFD, 40), placed = dup2(device, 60), third = dup3(device, 61, O_CLOEXEC);
	CHECK(copy >= 0 && high >= 40 && placed == 60 && third == 61);
	CHECK(known_answer(copy, session) && known_answer(high, session) && known_answer(placed, session) && known_answer(third, session));
	CHECK(close(high) == 0 && close(placed) == 0 && close(third) == 0);
	FAILS(ioctl(placed, CIOCFSESSION, &session), EBADF);
	int foreign = open("/dev/null", O_RDWR);
	FAILS(ioctl(foreign, CIOCFSESSION, &session), ENOTTY);
	CHECK(dup2(foreign, copy) == copy);
	FAILS(ioctl(copy, CIOCFSESSION, &session), ENOTTY);
	CHECK(close(copy) == 0 && close(foreign) == 0 && known_answer(device, session));

	uint32_t number = 0;
	if (ioctl(device, CRIOGET, &number) == 0) {
		CHECK(known_answer((int)number, session));
		CHECK(close((int)number) == 0);
	} else {
		int error = errno; /* over CUSE no descriptor can be given */
		CHECK(error == EOPNOTSUPP && !getenv("CRYPTODEV_SOCKET"));
	}

	pid_t child = fork();
	if (child == 0)
		_exit(known_answer(device, session) && known_answer(device, session) ? 0 : 1);
	CHECK(known_answer(device, session));
	CHECK(child_succeeds(child));

	/* The child has it still when the parent has closed it. */
	int gate[2];
	CHECK(pipe(gate) == 0);
	child = fork();
	if (child == 0) {
		char byte;
		close(gate[1]);
		_exit(read(gate[0], &byte, 1) == 0 && known_answer(device, session) ? 0 : 1);
	}
	CHECK(close(device) == 0 && close(gate[0]) == 0);
	close(gate[1]);
	CHECK(child_succeeds(child));

	device = open_device(device_path);
	CHECK(new_session(device, CRYPTO_AES_CBC, CBC_KEY, 0, NULL, &session) == 0);
	CHECK(fcntl(device, F_GETFD) == FD_CLOEXEC);
	child = fork();
	if (child == 0) {
		char words[3][16];
		fcntl(device, F_SETFD, 0);
		snprintf(words[0], sizeof words[0], "%d", device);
		snprintf(words[1], sizeof words[1], "%u", session);
		execl(self, self, "--inherited", words[0], words[1], (char *)NULL);
		_exit(127);
	}
	CHECK(child_succeeds(child));
	child = vfork();
	if (child == 0) {
		close(device); /* in the child only */
		_exit(0);
	}
	CHECK(child_succeeds(child) && known_answer(device, session));
	CHECK(close(device) == 0);
	FAILS(close(device), EBADF);
	FAILS(ioctl(device, CIOCFSESSION, &session), EBADF);
}

static void asynchronous(int device)
{
	uint32_t session;
	uint8_t out[3][32];
	struct crypt_op call, fetched;
	struct pollfd entry = { .fd = device, .events = POLLIN | POLLOUT };
	CHECK(new_session(device, CRYPTO_AES_CBC, CBC_KEY, 0, NULL, &session) == 0);
	memset(&call, 0, sizeof call);
	call.ses = session;
	call.op = COP_ENCRYPT;
	call.len = 32;
	call.src = malloc(32);
	call.iv = malloc(16);
	memcpy(call.src, hex(CBC_PLAIN), 32);
	memcpy(call.iv, hex(CBC_IV), 16);
	if (sizeof(void *) == 4) {
		FAILS(ioctl(device, CIOCASYNCCRYPT, &call), EINVAL);
		free(call.src);
		free(call.iv);
		return;
	}
	CHECK(poll(&entry, 1, 0) == 1 && entry.revents == POLLOUT);
	entry.events = POLLIN;
	CHECK(poll(&entry, 1, 10) == 0);
	for (int n = 0; n < 3; n++) {
		call.dst = out[n];
		CHECK(ioctl(device, CIOCASYNCCRYPT, &call) == 0);
	}
	CHECK(select_result(device));
	for (int n = 0; n < 3; n++) {
		struct pollfd entries[2] = { { .fd = STDOUT_FILENO, .events = 0 }, { .fd = device, .events = POLLIN } };
		CHECK(poll(entries, 2, PATIENCE) == 1 && entries[1].revents == POLLIN && entries[0].revents == 0);
		memset(&fetched, 0, sizeof fetched);
		CHECK(ioctl(device, CIOCASYNCFETCH, &fetched) == 0 && fetched.dst == out[n] && same(out[n], CBC_CIPHER));
	}
	CHECK(poll(&entry, 1, 10) == 0);
	FAILS(ioctl(device, CIOCASYNCFETCH, &fetched), EBUSY);
	struct timespec moment = { 0, 1000000 };
	CHECK(ppoll(&entry, 1, &moment, NULL) == 0);
	free(call.src);
	free(call.iv);
}

int main(int count, char **words)
{
	if (count == 4 && strcmp(words[1], "--inherited") == 0) {
		int device = atoi(words[2]);
		uint32_t session = (uint32_t)strtoul(words[3], NULL, 10);
		return known_answer(device, session) && known_answer(device, session) && close(device) == 0 ? 0 : 1;
	}
	int is_strict = count > 1 && strcmp(words[1], "--strict") == 0;
	if (count > 1 + is_strict)
		device_path = words[1 + is_strict];
	int device = open_device(device_path);
	uint32_t features = 99;
	CHECK(ioctl(device, CIOCASYMFEAT, &features) == 0 && (features == 0) == is_strict);
	ciphers(device);
	digests(device);
	aead(device);
	errors(device);
	long_messages(device);
	asynchronous(device);
	check_select(device, 1);
	if (is_strict)
		check_no_keys(device);
	else
		check_keys(device);
	descriptors(device, words[0]);
	return finish("linux");
}

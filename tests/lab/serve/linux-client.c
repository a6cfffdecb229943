/*
 * Drives a served /dev/crypto of the cryptodev-linux dialect as any C program would.
 *   linux-client DEVICE [--retry] basic|sizes|poll|many CLIENTS ROUNDS|signals ROUNDS|loop [killed]|sleeper
 * Each prints PASS and FAIL lines and the counts; loop works until the device goes away, and fails only for a wrong answer.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <crypto/cryptodev.h>

#include "check.h"

static const char *device;
static int retry_protocol;

/* NIST SP 800-38A, F.2.1. */
static const uint8_t nist_key[16] = { 0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6, 0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c };
static const uint8_t nist_iv[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
static const uint8_t nist_plain[16] = { 0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96, 0xe9, 0x3d, 0x7e, 0x11, 0x73, 0x93, 0x17, 0x2a };
static const uint8_t nist_cipher[16] = { 0x76, 0x49, 0xab, 0xac, 0x81, 0x19, 0xb2, 0x46, 0xce, 0xe9, 0x8e, 0x9b, 0x12, 0xe9, 0x19, 0x7d };

/* FIPS 180-4: SHA-256 of "abc". */
static const uint8_t abc_digest[32] = {
	0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
	0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad };

static int open_device(void)
{
	int fd = open(device, O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		perror(device);
		exit(3);
	}
	return fd;
}

static int new_session(int fd, uint32_t cipher, uint32_t mac, const uint8_t *key, uint32_t *session)
{
	struct session_op open = { .cipher = cipher, .mac = mac, .keylen = key ? 16 : 0, .key = (void *)key };
	int result = ioctl(fd, CIOCGSESSION, &open);
	*session = open.ses;
	return result;
}

static struct crypt_op operation(uint32_t session, uint16_t op, const void *src, void *dst, uint32_t length, const void *iv)
{
	return (struct crypt_op){ .ses = session, .op = op, .len = length, .src = (void *)src, .dst = dst, .iv = (void *)iv };
}

static int fails_with(int result, int expected) { return result == -1 && errno == expected; }

static void basic(void)
{
	uint32_t session, digest, unknown = 0x7fffffff;
	uint8_t out[64], back[64];
	int fd = open_device();

	CHECK("open a session", new_session(fd, CRYPTO_AES_CBC, 0, nist_key, &session) == 0);
	struct crypt_op op = operation(session, COP_ENCRYPT, nist_plain, out, 16, nist_iv);
	CHECK("encrypt", ioctl(fd, CIOCCRYPT, &op) == 0 && memcmp(out, nist_cipher, 16) == 0);
	op = operation(session, COP_DECRYPT, out, back, 16, nist_iv);
	CHECK("decrypt", ioctl(fd, CIOCCRYPT, &op) == 0 && memcmp(back, nist_plain, 16) == 0);
	memcpy(out, nist_plain, 16);
	op = operation(session, COP_ENCRYPT, out, out, 16, nist_iv);
	CHECK("in place", ioctl(fd, CIOCCRYPT, &op) == 0 && memcmp(out, nist_cipher, 16) == 0);

	CHECK("open a digest session", new_session(fd, 0, CRYPTO_SHA2_256, NULL, &digest) == 0);
	op = (struct crypt_op){ .ses = digest, .op = COP_ENCRYPT, .len = 3, .src = (uint8_t *)"abc", .mac = out };
	CHECK("digest", ioctl(fd, CIOCCRYPT, &op) == 0 && memcmp(out, abc_digest, 32) == 0);
	op = (struct crypt_op){ .ses = digest, .op = COP_ENCRYPT, .flags = COP_FLAG_UPDATE, .len = 1, .src = (uint8_t *)"a" };
	struct crypt_op rest = { .ses = digest, .op = COP_ENCRYPT, .flags = COP_FLAG_UPDATE, .len = 2, .src = (uint8_t *)"bc" };
	struct crypt_op final = { .ses = digest, .op = COP_ENCRYPT, .flags = COP_FLAG_FINAL, .mac = out };
	memset(out, 0, sizeof out);
	int in_parts = ioctl(fd, CIOCCRYPT, &op) == 0 && ioctl(fd, CIOCCRYPT, &rest) == 0 && ioctl(fd, CIOCCRYPT, &final) == 0;
	CHECK("digest in parts", in_parts && memcmp(out, abc_digest, 32) == 0);

	struct session_info_op info = { .ses = session };
	CHECK("the driver has a name", ioctl(fd, CIOCGSESSINFO, &info) == 0 && info.cipher_info.cra_driver_name[0] != 0);

	/* A page that is there, one that is not, and one that may not be written. */
	uint8_t *constant = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint8_t *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(pages + 4096, 4096);
	CHECK("a bad argument is EFAULT", fails_with(ioctl(fd, CIOCCRYPT, (void *)8), EFAULT));
	CHECK("no argument is EFAULT", fails_with(ioctl(fd, CIOCGSESSION, NULL), EFAULT));
	op = operation(session, COP_ENCRYPT, (void *)8, out, 16, nist_iv);
	CHECK("a bad src is EFAULT", fails_with(ioctl(fd, CIOCCRYPT, &op), EFAULT));
	op = operation(session, COP_ENCRYPT, pages + 4088, out, 16, nist_iv);
	CHECK("a src that ends in a hole is EFAULT", fails_with(ioctl(fd, CIOCCRYPT, &op), EFAULT));
	op = operation(session, COP_ENCRYPT, nist_plain, (void *)8, 16, nist_iv);
	CHECK("a bad dst is EFAULT", fails_with(ioctl(fd, CIOCCRYPT, &op), EFAULT));
	op = operation(session, COP_ENCRYPT, nist_plain, constant, 16, nist_iv);
	CHECK("a dst that may not be written is EFAULT", fails_with(ioctl(fd, CIOCCRYPT, &op), EFAULT));
	op = operation(session, COP_ENCRYPT, nist_plain, (void *)(uintptr_t)-4096, 16, nist_iv);
	CHECK("a dst in the kernel is EFAULT", fails_with(ioctl(fd, CIOCCRYPT, &op), EFAULT));
	op = operation(session, COP_ENCRYPT, nist_plain, out, 16, (void *)8);
	CHECK("a bad iv is EFAULT", fails_with(ioctl(fd, CIOCCRYPT, &op), EFAULT));
	struct session_op bad = { .cipher = CRYPTO_AES_CBC, .keylen = 16, .key = (void *)8 };
	CHECK("a bad key is EFAULT", fails_with(ioctl(fd, CIOCGSESSION, &bad), EFAULT));
	op = operation(unknown, COP_ENCRYPT, nist_plain, out, 16, nist_iv);
	CHECK("an unknown session is EINVAL", fails_with(ioctl(fd, CIOCCRYPT, &op), EINVAL));
	op = operation(session, COP_ENCRYPT, nist_plain, out, 15, nist_iv);
	CHECK("half a block is EINVAL", fails_with(ioctl(fd, CIOCCRYPT, &op), EINVAL));
	CHECK("an unknown ioctl is EINVAL", fails_with(ioctl(fd, _IO('c', 250), &op), EINVAL));
	CHECK("read is EINVAL", fails_with((int)read(fd, out, 1), EINVAL));
	op = operation(session, COP_ENCRYPT, nist_plain, out, 16, nist_iv);
	CHECK("and the session still works", ioctl(fd, CIOCCRYPT, &op) == 0 && memcmp(out, nist_cipher, 16) == 0);

	int other = open_device();
	op = operation(session, COP_ENCRYPT, nist_plain, out, 16, nist_iv);
	CHECK("another open file does not have the session", fails_with(ioctl(other, CIOCCRYPT, &op), EINVAL));
	int same = dup(fd);
	op = operation(session, COP_ENCRYPT, nist_plain, out, 16, nist_iv);
	CHECK("a duplicate descriptor has it", close(fd) == 0 && ioctl(same, CIOCCRYPT, &op) == 0);
	CHECK("end the sessions", ioctl(same, CIOCFSESSION, &session) == 0 && ioctl(same, CIOCFSESSION, &digest) == 0);
	op = operation(session, COP_ENCRYPT, nist_plain, out, 16, nist_iv);
	CHECK("an ended session is EINVAL", fails_with(ioctl(same, CIOCCRYPT, &op), EINVAL));
	close(same);
	close(other);
}

static void sizes(void)
{
	static const uint32_t lengths[] = { 16, 48, 4080, 4096, 4112, 65536, 130976, 131056, 131072, 131088, 262144, 1048576, 4194304 };
	uint32_t session;
	uint8_t iv[16];
	char name[64];
	int fd = open_device();
	CHECK("open a session", new_session(fd, CRYPTO_AES_CBC, 0, nist_key, &session) == 0);
	struct crypt_op op = operation(session, COP_ENCRYPT, NULL, NULL, 0, nist_iv);
	CHECK("0 bytes", ioctl(fd, CIOCCRYPT, &op) == 0);
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		uint32_t length = lengths[i];
		uint8_t *in = room(length + 1), *out = room(length + 1), *expected = room(length);
		fill(in, length, length);
		memcpy(iv, nist_iv, 16);
		aes_cbc(nist_key, iv, in, expected, length);
		out[length] = 0xa5;
		op = operation(session, COP_ENCRYPT, in, out, length, nist_iv);
		int result = ioctl(fd, CIOCCRYPT, &op);
		if (retry_protocol && length > 131072 - 512) {
			snprintf(name, sizeof name, "%u bytes of output by retry: all of it or ENOMEM", length);
			int all_of_it = length <= 131072 && result == 0 && memcmp(out, expected, length) == 0;
			CHECK(name, all_of_it || fails_with(result, ENOMEM));
		} else {
			snprintf(name, sizeof name, "%u bytes", length);
			CHECK(name, result == 0 && memcmp(out, expected, length) == 0 && out[length] == 0xa5);
			op = operation(session, COP_DECRYPT, out, out, length, nist_iv);
			snprintf(name, sizeof name, "%u bytes back, in place", length);
			CHECK(name, ioctl(fd, CIOCCRYPT, &op) == 0 && memcmp(out, in, length) == 0 && out[length] == 0xa5);
		}
		free(in);
		free(out);
		free(expected);
	}
	/* Input has no such limit: a digest takes any length by windows. */
	uint32_t digest;
	uint8_t whole[32], parts[32], *in = room(1000003);
	fill(in, 1000003, 7);
	CHECK("open a digest session", new_session(fd, 0, CRYPTO_SHA2_256, NULL, &digest) == 0);
	op = (struct crypt_op){ .ses = digest, .op = COP_ENCRYPT, .len = 1000003, .src = in, .mac = whole };
	int once = ioctl(fd, CIOCCRYPT, &op);
	int bad = 0;
	for (uint32_t at = 0; at < 1000003; at += 60000) {
		uint32_t length = at + 60000 > 1000003 ? 1000003 - at : 60000;
		op = (struct crypt_op){ .ses = digest, .op = COP_ENCRYPT, .flags = COP_FLAG_UPDATE, .len = length, .src = in + at };
		bad |= ioctl(fd, CIOCCRYPT, &op);
	}
	op = (struct crypt_op){ .ses = digest, .op = COP_ENCRYPT, .flags = COP_FLAG_FINAL, .mac = parts };
	bad |= ioctl(fd, CIOCCRYPT, &op);
	CHECK("1000003 bytes digested at once and in parts", once == 0 && bad == 0 && memcmp(whole, parts, 32) == 0);
	free(in);
	close(fd);
}

static void poll_device(void)
{
	uint32_t session;
	uint8_t out[4][16];
	int fd = open_device();
	struct pollfd ready = { .fd = fd, .events = POLLIN | POLLOUT };
	CHECK("open a session", new_session(fd, CRYPTO_AES_CBC, 0, nist_key, &session) == 0);
	CHECK("nothing to fetch, room to submit", poll(&ready, 1, 0) == 1 && ready.revents == POLLOUT);
	if (sizeof(void *) == 4) {
		struct crypt_op op = operation(session, COP_ENCRYPT, nist_plain, out[0], 16, nist_iv);
		CHECK("a 64-bit kernel refuses to submit for a 32-bit program", fails_with(ioctl(fd, CIOCASYNCCRYPT, &op), EINVAL));
		close(fd);
		return;
	}
	memset(out, 0, sizeof out);
	for (int i = 0; i < 4; i++) {
		struct crypt_op op = operation(session, COP_ENCRYPT, nist_plain, out[i], 16, nist_iv);
		CHECK("submit", ioctl(fd, CIOCASYNCCRYPT, &op) == 0);
	}
	for (int i = 0; i < 4; i++) {
		struct crypt_op done;
		ready.events = POLLIN;
		CHECK("a result comes", poll(&ready, 1, patience()) == 1 && (ready.revents & POLLIN));
		CHECK("fetch", ioctl(fd, CIOCASYNCFETCH, &done) == 0 && done.dst == out[i] && memcmp(out[i], nist_cipher, 16) == 0);
	}
	ready.events = POLLIN;
	CHECK("and no more", poll(&ready, 1, 0) == 0);
	struct crypt_op none;
	CHECK("nothing to fetch is EBUSY", fails_with(ioctl(fd, CIOCASYNCFETCH, &none), EBUSY));

	/* A sleeper in poll is woken by what another process submits on the same open file. */
	pid_t child = fork();
	if (child == 0) {
		usleep(300000);
		struct crypt_op op = operation(session, COP_ENCRYPT, nist_plain, out[0], 16, nist_iv);
		_exit(ioctl(fd, CIOCASYNCCRYPT, &op) != 0);
	}
	int status;
	CHECK("poll sleeps until a result is there", poll(&ready, 1, patience()) == 1 && (ready.revents & POLLIN));
	CHECK("which the other process made", waitpid(child, &status, 0) == child && status == 0);
	close(fd);
}

/* One operation with random length, verified. 0, or -1 with errno, or exits with a word on a wrong answer. */
static int verified(int fd, uint32_t session, const uint8_t key[16], uint32_t seed, uint8_t *in, uint8_t *out, uint8_t *expected,
	uint32_t most)
{
	uint8_t iv[16], start[16];
	uint32_t length = (seed * 2654435761u % most) & ~15u;
	fill(in, length, seed);
	fill(start, 16, seed + 1);
	memcpy(iv, start, 16);
	memset(out, 0, length);
	struct crypt_op op = operation(session, COP_ENCRYPT, in, out, length, start);
	if (ioctl(fd, CIOCCRYPT, &op) != 0)
		return -1;
	aes_cbc(key, iv, in, expected, length);
	if (memcmp(out, expected, length) != 0) {
		printf("FAIL  wrong answer: %u bytes, seed %u\n", length, seed);
		exit(9);
	}
	return 0;
}

static int client(uint32_t number, uint32_t rounds)
{
	uint8_t key[16], *in = room(16384), *out = room(16384), *expected = room(16384);
	uint32_t session;
	int fd = open_device();
	fill(key, 16, number);
	if (new_session(fd, CRYPTO_AES_CBC, 0, key, &session) != 0)
		return 1;
	for (uint32_t round = 0; round < rounds; round++) {
		if (verified(fd, session, key, number * 7919 + round, in, out, expected, 16384) != 0)
			return 2;
		/* Now and then a fresh session, or a fresh file. */
		if (round % 7 == 3 && (ioctl(fd, CIOCFSESSION, &session) != 0 || new_session(fd, CRYPTO_AES_CBC, 0, key, &session) != 0))
			return 4;
		if (round % 11 == 5) {
			close(fd);
			fd = open_device();
			if (new_session(fd, CRYPTO_AES_CBC, 0, key, &session) != 0)
				return 5;
		}
	}
	close(fd);
	return 0;
}

static void many(int clients, uint32_t rounds)
{
	int right = 0, status;
	for (int i = 0; i < clients; i++)
		if (fork() == 0)
			_exit(client((uint32_t)i + 1, rounds));
	while (wait(&status) > 0)
		right += status == 0;
	printf("      %d of %d clients had every answer right\n", right, clients);
	CHECK("every answer of every client", right == clients);
}

static volatile sig_atomic_t alarms;

static void on_alarm(int signal)
{
	(void)signal;
	alarms++;
}

static void signals(uint32_t rounds)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval often = { { 0, 700 }, { 0, 700 } }, never = { { 0, 0 }, { 0, 0 } };
	uint8_t key[16], *in = room(65536), *out = room(65536), *expected = room(65536), digest[32], whole[32];
	uint32_t session, hash, interrupted = 0, other = 0;
	int fd = open_device();
	fill(key, 16, 99);
	CHECK("open sessions", new_session(fd, CRYPTO_AES_CBC, 0, key, &session) == 0 && new_session(fd, 0, CRYPTO_SHA2_256, NULL, &hash) == 0);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	for (uint32_t round = 0; round < rounds; round++)
		while (other < 100 && verified(fd, session, key, round, in, out, expected, 65536) != 0) {
			other += errno != EINTR;
			interrupted++;
		}
	/* An update that was answered EINTR has not been done: done again, the digest is still right. */
	fill(in, 65536, 5);
	for (uint32_t part = 0; part < 64; part++) {
		struct crypt_op op = { .ses = hash, .op = COP_ENCRYPT, .flags = COP_FLAG_UPDATE, .len = 1024, .src = in + 1024 * part };
		while (other < 100 && ioctl(fd, CIOCCRYPT, &op) != 0) {
			other += errno != EINTR;
			interrupted++;
		}
	}
	setitimer(ITIMER_REAL, &never, NULL);
	struct crypt_op op = { .ses = hash, .op = COP_ENCRYPT, .flags = COP_FLAG_FINAL, .mac = digest };
	int last = ioctl(fd, CIOCCRYPT, &op);
	op = (struct crypt_op){ .ses = hash, .op = COP_ENCRYPT, .len = 65536, .src = in, .mac = whole };
	CHECK("the digest counts every part once", last == 0 && ioctl(fd, CIOCCRYPT, &op) == 0 && memcmp(digest, whole, 32) == 0);
	printf("      %d signals, %u calls were answered EINTR\n", (int)alarms, interrupted);
	CHECK("no other error than EINTR", other == 0 && alarms > 0);
	close(fd);
}

static int server_is_killed;

/* A server that is killed in a read or a write makes the kernel end that request with EIO. */
static int gone(int error)
{
	return (server_is_killed && error == EIO) || error == ENODEV || error == ENOTCONN || error == ECONNABORTED || error == ENXIO ||
		error == ENOENT;
}

static int loop(void)
{
	uint8_t key[16], *in = room(65536), *out = room(65536), *expected = room(65536);
	uint32_t session, seed = (uint32_t)getpid();
	int fd = open(device, O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		/* The server may be killed as early as this. */
		int error = errno;
		perror(device);
		return server_is_killed && gone(error) ? 0 : 3;
	}
	fill(key, 16, seed);
	if (new_session(fd, CRYPTO_AES_CBC, 0, key, &session) != 0)
		return gone(errno) ? 0 : 1;
	for (int first = 1;; first = 0) {
		if (verified(fd, session, key, seed++, in, out, expected, 65536) != 0) {
			if (gone(errno))
				return 0;
			perror("CIOCCRYPT");
			return 1;
		}
		if (first) {
			printf("at work\n");
			fflush(stdout);
		}
	}
}

/* Sleeps in poll until the device goes away. */
static int sleeper(void)
{
	struct pollfd ready = { .fd = open_device(), .events = POLLIN };
	printf("at work\n");
	fflush(stdout);
	int result = poll(&ready, 1, patience());
	return result == 1 && (ready.revents & (POLLERR | POLLHUP)) ? 0 : 1;
}

int main(int count, char **words)
{
	int at = 2;
	if (count > at && strcmp(words[at], "--retry") == 0) {
		retry_protocol = 1;
		at++;
	}
	if (count <= at) {
		fprintf(stderr, "usage: linux-client DEVICE [--retry] basic|sizes|poll|many CLIENTS ROUNDS|signals ROUNDS|loop [killed]|sleeper\n");
		return 2;
	}
	device = words[1];
	const char *what = words[at];
	if (strcmp(what, "basic") == 0)
		basic();
	else if (strcmp(what, "sizes") == 0)
		sizes();
	else if (strcmp(what, "poll") == 0)
		poll_device();
	else if (strcmp(what, "many") == 0 && count > at + 2)
		many(atoi(words[at + 1]), (uint32_t)atoi(words[at + 2]));
	else if (strcmp(what, "signals") == 0 && count > at + 1)
		signals((uint32_t)atoi(words[at + 1]));
	else if (strcmp(what, "sleeper") == 0)
		return sleeper();
	else if (strcmp(what, "loop") == 0) {
		server_is_killed = count > at + 1 && strcmp(words[at + 1], "killed") == 0;
		return loop();
	}
	else
		return 2;
	return finish();
}

/*
 * Many at once, in the cryptodev-linux dialect:
 *   crowd processes N ROUNDS   each with a descriptor of its own
 *   crowd threads N ROUNDS     all on one descriptor
 *   crowd family N ROUNDS      forked children on one descriptor, each with threads
 *   crowd sessions ROUNDS      opens and ends sessions beside one that works all the time
 *   crowd until-lost           works until the server is gone; fails for any other error and for a wrong answer
 *   crowd closing              closes all numbers it did not open, and goes on
 *   crowd absent ERRNO         the device cannot be opened, with this errno
 *   crowd quiet                opens nothing: counts descriptors and threads
 */
#define _GNU_SOURCE
#include <crypto/cryptodev.h>

#include <dirent.h>
#include <pthread.h>
#include <sys/select.h>
#include <sys/syscall.h>

#include "check.h"

static int rounds;
static int shared_device;
static uint32_t shared_session;

static uint8_t key[16], first_plain[32], first_iv[16], first_cipher[32];

static uint32_t new_session(int device)
{
	struct session_op op;
	memset(&op, 0, sizeof op);
	op.cipher = CRYPTO_AES_CBC;
	op.keylen = 16;
	op.key = key;
	return ioctl(device, CIOCGSESSION, &op) == 0 ? op.ses : UINT32_MAX;
}

/* A message of any length that begins with the published one. 0: right; else the errno, or -1 for a wrong answer. */
static int work(int device, uint32_t session, uint32_t length, const uint8_t *plain, const uint8_t *iv,
		const uint8_t *expected, uint8_t *out)
{
	struct crypt_op call;
	memset(&call, 0, sizeof call);
	memset(out, 0, 32);
	call.ses = session;
	call.op = COP_ENCRYPT;
	call.len = length;
	call.src = (void *)plain;
	call.dst = out;
	call.iv = (void *)iv;
	if (ioctl(device, CIOCCRYPT, &call) != 0)
		return errno;
	return memcmp(out, expected, 32) == 0 ? 0 : -1;
}

static int work_rounds(int device, uint32_t session, int count, unsigned seed)
{
	uint8_t *plain = calloc(1, 150000), *out = malloc(150000);
	int result = 0;
	memcpy(plain, first_plain, 32);
	for (int n = 0; n < count && result == 0; n++) {
		seed = seed * 1103515245 + 12345;
		uint32_t length = (seed >> 8) % 10 == 0 ? 32 + ((seed >> 12) % 9000) * 16 : 32 + ((seed >> 12) % 64) * 16;
		result = work(device, session, length, plain, first_iv, first_cipher, out);
	}
	free(plain);
	free(out);
	if (result != 0)
		fprintf(stderr, "crowd: %s\n", result > 0 ? strerror(result) : "wrong answer");
	return result;
}

static void *thread(void *seed)
{
	return (void *)(intptr_t)work_rounds(shared_device, shared_session, rounds, (unsigned)(uintptr_t)seed);
}

static int threads(int count)
{
	pthread_t all[256];
	int good = 1;
	for (int n = 0; n < count; n++)
		if (pthread_create(&all[n], NULL, thread, (void *)(uintptr_t)(n + 1)) != 0)
			abort();
	for (int n = 0; n < count; n++) {
		void *result;
		pthread_join(all[n], &result);
		good &= result == NULL;
	}
	return good;
}

static int processes(int count, int (*body)(int))
{
	pid_t all[256];
	int good = 1;
	for (int n = 0; n < count; n++) {
		all[n] = fork();
		if (all[n] == 0)
			_exit(body(n) ? 0 : 1);
	}
	for (int n = 0; n < count; n++)
		good &= child_succeeds(all[n]);
	return good;
}

static int stranger(int n)
{
	int device = open_device("/dev/crypto");
	uint32_t session = new_session(device);
	return work_rounds(device, session, rounds, (unsigned)n) == 0 && close(device) == 0;
}

static int relative(int n)
{
	return work_rounds(shared_device, shared_session, rounds, (unsigned)n) == 0 && threads(4);
}

static int until_lost(void)
{
	int device = open_device("/dev/crypto"), result;
	uint32_t session = new_session(device);
	printf("working\n");
	fflush(stdout);
	while ((result = work_rounds(device, session, 20, (unsigned)getpid())) == 0)
		;
	printf("ended with %d (%s)\n", result, result > 0 ? strerror(result) : "wrong answer");
	struct pollfd entry = { .fd = device, .events = POLLIN };
	CHECK(result == ENOTCONN || result == ECONNABORTED);
	FAILS(ioctl(device, CIOCFSESSION, &session), ENOTCONN);
	CHECK(poll(&entry, 1, PATIENCE) == 1 && entry.revents == POLLERR);
	fd_set in, out;
	FD_ZERO(&in);
	FD_SET(device, &in);
	out = in;
	CHECK(select(device + 1, &in, &out, NULL, NULL) == 2);
	pid_t child = fork();
	if (child == 0)
		_exit(ioctl(device, CIOCFSESSION, &session) == -1 && errno == ENOTCONN ? 0 : 1);
	CHECK(child_succeeds(child));
	CHECK(close(device) == 0);
	return finish("until-lost");
}

static int sessions(int device, uint32_t session)
{
	CHECK(work_rounds(device, session, 1, 1) == 0);
	for (int n = 0; n < rounds; n++) {
		uint32_t other = new_session(device);
		CHECK(other != UINT32_MAX && ioctl(device, CIOCFSESSION, &other) == 0);
		CHECK(work_rounds(device, session, 1, (unsigned)n) == 0);
	}
	CHECK(close(device) == 0);
	return finish("sessions");
}

static int count_entries(const char *path)
{
	DIR *folder = opendir(path);
	int count = 0;
	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

static int closing(void)
{
	int device = open_device("/dev/crypto");
	uint32_t session = new_session(device);
	shared_device = device;
	shared_session = session;
	for (int n = 3; n < 1024; n++)
		if (n != device)
			CHECK(close(n) == 0 ? n < 400 : errno == EBADF); /* high ones are the shim's: not there for the program */
	CHECK(work_rounds(device, session, 5, 1) == 0);
	CHECK(threads(4));
	CHECK(close_range((unsigned)device + 1, ~0u, 0) == 0);
	CHECK(work_rounds(device, session, 5, 1) == 0);

	/* A number that the shim uses is the program's to take. */
	for (int n = 3; n < 1024; n++)
		if (n != device && fcntl(n, F_GETFD) >= 0)
			CHECK(dup2(STDOUT_FILENO, n) == n && fcntl(n, F_GETFD) == 0);
	CHECK(work_rounds(device, session, 5, 1) == 0);

	/* Closed behind the shim's back, by a system call. */
	for (int n = device + 1; n < 1024; n++)
		if (n > STDERR_FILENO)
			syscall(SYS_close, n);
	CHECK(work_rounds(device, session, 5, 1) == 0);
	CHECK(threads(4));
	CHECK(close(device) == 0);

	/* Closed is closed: nothing is left of it. */
	int before = count_entries("/proc/self/fd");
	for (int n = 0; n < 50; n++) {
		device = open_device("/dev/crypto");
		shared_session = new_session(device);
		shared_device = device;
		CHECK(threads(3));
		CHECK(close(device) == 0);
	}
	CHECK(count_entries("/proc/self/fd") == before);
	return finish("closing");
}

int main(int count, char **words)
{
	const char *what = count > 1 ? words[1] : "";
	int number = count > 2 ? atoi(words[2]) : 64;
	memcpy(key, hex(CBC_KEY), 16);
	memcpy(first_plain, hex(CBC_PLAIN), 32);
	memcpy(first_iv, hex(CBC_IV), 16);
	memcpy(first_cipher, hex(CBC_CIPHER), 32);
	rounds = count > 3 ? atoi(words[3]) : 50;
	if (strcmp(what, "until-lost") == 0)
		return until_lost();
	if (strcmp(what, "closing") == 0) {
		rounds = 5;
		return closing();
	}
	if (strcmp(what, "absent") == 0) {
		FAILS(open("/dev/crypto", O_RDWR), number);
		FAILS(openat(AT_FDCWD, "/dev/crypto", O_RDONLY), number);
		return finish("absent");
	}
	if (strcmp(what, "quiet") == 0) {
		printf("%d descriptors, %d threads\n", count_entries("/proc/self/fd"), count_entries("/proc/self/task"));
		return 0;
	}
	if (strcmp(what, "processes") == 0) {
		CHECK(processes(number, stranger));
		return finish("processes");
	}
	shared_device = open_device("/dev/crypto");
	shared_session = new_session(shared_device);
	if (strcmp(what, "sessions") == 0) {
		rounds = number;
		return sessions(shared_device, shared_session);
	}
	CHECK(strcmp(what, "threads") == 0 ? threads(number) : processes(number, relative));
	CHECK(work_rounds(shared_device, shared_session, rounds, 1) == 0 && close(shared_device) == 0);
	return finish(what);
}

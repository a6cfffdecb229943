/* What the test programs share: counting checks, published vectors, pages with nothing behind them. */
#ifndef SHIM_TESTS_CHECK_H
#define SHIM_TESTS_CHECK_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Milliseconds: a bound for what must come, on a machine however busy. */
#define PATIENCE 300000

static int passed, failed;

#define CHECK(condition)                                                                                   \
	do {                                                                                               \
		errno = 0;                                                                                 \
		if (condition) {                                                                           \
			passed++;                                                                          \
		} else {                                                                                   \
			failed++;                                                                          \
			printf("%s:%d: %s (errno %d, %s)\n", __FILE__, __LINE__, #condition, errno, strerror(errno)); \
		}                                                                                          \
	} while (0)

/* The call fails with just this errno. A memory checker finds bad pointers bad before the kernel does: under one they are left out. */
#define FAILS(call, expected)                                              \
	do {                                                               \
		if ((expected) != EFAULT || !getenv("SHIM_TESTS_GOOD_POINTERS")) \
			CHECK((call) == -1 && errno == (expected));         \
	} while (0)

static inline int finish(const char *name)
{
	printf("%s: %d passed, %d failed\n", name, passed, failed);
	return failed ? 1 : 0;
}

static inline int open_device(const char *path)
{
	int device = open(path, O_RDWR | O_CLOEXEC);
	if (device < 0) {
		perror(path);
		exit(2);
	}
	return device;
}

/* Hex to bytes; the buffer is static and one of eight, by turns. */
static inline uint8_t *hex(const char *text)
{
	static uint8_t buffers[8][512];
	static unsigned turn;
	uint8_t *bytes = buffers[turn++ % 8];
	for (size_t n = 0; text[2 * n]; n++) {
		unsigned value;
		sscanf(text + 2 * n, "%2x", &value);
		bytes[n] = (uint8_t)value;
	}
	return bytes;
}

static inline int same(const void *bytes, const char *text)
{
	return memcmp(bytes, hex(text), strlen(text) / 2) == 0;
}

/* length bytes right before a page that may not be touched. */
static inline uint8_t *at_edge(size_t length)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), pages = (length + page - 1) / page * page;
	uint8_t *area = mmap(NULL, pages + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED || mprotect(area + pages, page, PROT_NONE) != 0)
		abort();
	return area + pages - length;
}

static inline uint8_t *read_only(void)
{
	uint8_t *area = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED)
		abort();
	return area;
}

static inline int child_succeeds(pid_t child)
{
	int status;
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* NIST SP 800-38A F.2.1 (AES-128-CBC), the GCM specification's cases 3 and 4, FIPS 180 and RFC 2202. */
#define CBC_KEY "2b7e151628aed2a6abf7158809cf4f3c"
#define CBC_IV "000102030405060708090a0b0c0d0e0f"
#define CBC_PLAIN "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
#define CBC_CIPHER "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
#define GCM_KEY "feffe9928665731c6d6a8f9467308308"
#define GCM_IV "cafebabefacedbaddecaf888"
#define GCM_AAD "feedfacedeadbeeffeedfacedeadbeefabaddad2"
#define GCM_PLAIN                                                                                                  \
	"d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5" \
	"aa0de657ba637b39"
#define GCM_CIPHER                                                                                                 \
	"42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b39" \
	"6a0aac973d58e091"
#define GCM_TAG "5bc94fbc3221a5db94fae95ae7121a47"
#define GCM_LENGTH 60
#define ABC_SHA1 "a9993e364706816aba3e25717850c26c9cd0d89d"
#define ABC_SHA256 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
/* key: 20 times 0b, data: "Hi There" */
#define HI_THERE_HMAC_SHA1 "b617318655057264e28bc0b6fb378c8ef146be00"

#endif

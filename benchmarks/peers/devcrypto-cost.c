/*
 * Measures the cost of one ioctl on a device of the cryptodev-linux dialect: CIOCCRYPT with AES-128-CBC, an ioctl without work, opening
 * and closing a session (two ioctls), and opening and closing the device. The given devices alternate in one run.
 *   devcrypto-cost [--blocks N] [--milliseconds N] DEVICE...
 * Prints, for each size and device, the median over the blocks in microseconds, and the number of ioctls, to compare with the server's
 * counters.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <crypto/cryptodev.h>

#define MOST_DEVICES 8
#define MOST_BLOCKS 1000
#define LONGEST (1 << 20)

/*
 * These are not sizes: CIOCASYMFEAT (returns one number, computes nothing); CIOCGSESSION and CIOCFSESSION; open and
 * close.
 */
#define NOTHING 0
#define SESSION (LONGEST + 1)
#define DEVICE (LONGEST + 2)
static const uint32_t sizes[] = { NOTHING, 64, 4096, 65536, LONGEST, SESSION, DEVICE };
#define SIZES ((int)(sizeof sizes / sizeof sizes[0]))

struct subject {
	const char *path;
	int file;
	uint32_t session;
	long calls;
	int refused[SIZES];
	double times[SIZES][MOST_BLOCKS];
};

static struct subject subjects[MOST_DEVICES];
static uint8_t *source, *destination;

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static int new_session(struct subject *subject, uint32_t *session)
{
	static uint8_t key[16] = { 1, 2, 3 };
	struct session_op op = { .cipher = CRYPTO_AES_CBC, .keylen = sizeof key, .key = key };
	int result = ioctl(subject->file, CIOCGSESSION, &op);
	subject->calls++;
	*session = op.ses;
	return result;
}

static int once(struct subject *subject, uint32_t size)
{
	static uint8_t iv[16];
	uint32_t features, session;
	struct crypt_op op = { .ses = subject->session, .op = COP_ENCRYPT, .len = size, .src = source, .dst = destination, .iv = iv };
	if (size == DEVICE) {
		int file = open(subject->path, O_RDWR | O_CLOEXEC);
		return file < 0 ? -1 : close(file);
	}
	if (size == SESSION && new_session(subject, &session) != 0)
		return -1;
	subject->calls++;
	return size == NOTHING ? ioctl(subject->file, CIOCASYMFEAT, &features)
		: size == SESSION ? ioctl(subject->file, CIOCFSESSION, &session)
		: ioctl(subject->file, CIOCCRYPT, &op);
}

static int by_value(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;
	return (a > b) - (a < b);
}

static int open_subject(struct subject *subject, const char *path)
{
	subject->path = path;
	subject->file = open(path, O_RDWR | O_CLOEXEC);
	if (subject->file < 0 || new_session(subject, &subject->session) != 0) {
		perror(path);
		return 0;
	}
	return 1;
}

int main(int count, char **words)
{
	int blocks = 30, devices = 0;
	double block_time = 50e3;
	for (int i = 1; i < count; i++) {
		if (strcmp(words[i], "--blocks") == 0 && i + 1 < count)
			blocks = atoi(words[++i]);
		else if (strcmp(words[i], "--milliseconds") == 0 && i + 1 < count)
			block_time = atof(words[++i]) * 1e3;
		else if (devices < MOST_DEVICES && !open_subject(&subjects[devices++], words[i]))
			return 1;
	}
	if (devices == 0 || blocks < 1 || blocks > MOST_BLOCKS) {
		fprintf(stderr, "usage: devcrypto-cost [--blocks 1..%d] [--milliseconds N] DEVICE...\n", MOST_BLOCKS);
		return 2;
	}
	source = aligned_alloc(4096, LONGEST);
	destination = aligned_alloc(4096, LONGEST);
	if (!source || !destination)
		return 1;
	memset(source, 0x5a, LONGEST);
	memset(destination, 0, LONGEST);

	for (int size = 0; size < SIZES; size++) {
		/* If a device does not accept this size (the retry protocol has a limit), this is reported once. */
		for (int i = 0; i < devices; i++)
			for (int warm = 0; warm < 20 && !subjects[i].refused[size]; warm++)
				subjects[i].refused[size] = once(&subjects[i], sizes[size]) != 0;
		for (int block = 0; block < blocks; block++)
			for (int i = 0; i < devices; i++) {
				struct subject *subject = &subjects[(i + block) % devices];
				double start = now(), end = start;
				long done = 0;
				while (!subject->refused[size] && end - start < block_time) {
					if (once(subject, sizes[size]) != 0) {
						perror(subject->path);
						return 1;
					}
					done++;
					end = now();
				}
				subject->times[size][block] = done ? (end - start) / (double)done : 0;
			}
	}
	printf("| us, median of %d blocks | no data | 64 B | 4 KiB | 64 KiB | 1 MiB | session | device |\n", blocks);
	printf("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
	for (int i = 0; i < devices; i++) {
		printf("| %s |", subjects[i].path);
		for (int size = 0; size < SIZES; size++) {
			qsort(subjects[i].times[size], (size_t)blocks, sizeof(double), by_value);
			if (subjects[i].refused[size])
				printf(" refused |");
			else
				printf(" %.1f |", subjects[i].times[size][blocks / 2]);
		}
		printf("\n");
	}
	for (int i = 0; i < devices; i++)
		printf("calls %s %ld\n", subjects[i].path, subjects[i].calls);
	return 0;
}

/*
 * The programs of benchmarks/fairness.sh, for a device of the cryptodev-linux dialect.
 *   fairness ping MILLISECONDS      AES-128-CBC on 64 bytes, one ioctl after the other; prints number, median and 99th percentile in us
 *   fairness powers THREADS BITS    one thread and open file per power, repeated until it is killed
 *   fairness spin PROCESSES         processes that only compute, until they are killed
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <crypto/cryptodev.h>

#define MOST_SAMPLES (1 << 20)

static int bits;
static double samples[MOST_SAMPLES];

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static int device(void)
{
	int file = open("/dev/crypto", O_RDWR);
	if (file < 0) {
		perror("/dev/crypto");
		exit(1);
	}

	return file;
}

static int by_size(const void *one, const void *other)
{
	double left = *(const double *)one, right = *(const double *)other;
	return (left > right) - (left < right);
}

static int ping(double milliseconds)
{
	static uint8_t key[16] = { 1 }, data[64], iv[16];
	struct session_op create = { .cipher = CRYPTO_AES_CBC, .keylen = sizeof key, .key = key };
	struct crypt_op op = { .op = COP_ENCRYPT, .len = sizeof data, .src = data, .dst = data, .iv = iv };
	int file = device(), count = 0;
	if (ioctl(file, CIOCGSESSION, &create) != 0) {
		perror("CIOCGSESSION");
		return 1;
	}

	op.ses = create.ses;
	for (double end = now() + milliseconds * 1e3, start = now(); start < end && count < MOST_SAMPLES; count++) {
		if (ioctl(file, CIOCCRYPT, &op) != 0) {
			perror("CIOCCRYPT");
			return 1;
		}

		double done = now();
		samples[count] = done - start;
		start = done;
	}

	qsort(samples, (size_t)count, sizeof samples[0], by_size);
	printf("%d %.1f %.1f\n", count, samples[count / 2], samples[(int)((double)count * 0.99)]);
	return 0;
}

static void *power(void *unused)
{
	size_t length = (size_t)bits / 8;
	uint8_t *number[4];
	struct crypt_kop op = { .crk_op = CRK_MOD_EXP, .crk_iparams = 3, .crk_oparams = 1 };
	int file = device();
	for (int i = 0; i < 4; i++) {
		number[i] = malloc(length);
		for (size_t at = 0; at < length; at++)
			number[i][at] = (uint8_t)rand();
		number[i][0] |= 1;
		number[i][length - 1] = i == 2 ? 0xff : 0x7f;
		op.crk_param[i].crp_p = number[i];
		op.crk_param[i].crp_nbits = (uint32_t)bits;
	}

	while (ioctl(file, CIOCKEY, &op) == 0)
		;
	perror("CIOCKEY");
	return unused;
}

int main(int count, char **words)
{
	int many = count > 2 ? atoi(words[2]) : 0;
	if (many > 0 && strcmp(words[1], "ping") == 0)
		return ping(many);

	if (many > 0 && strcmp(words[1], "powers") == 0 && count > 3) {
		pthread_t thread;
		bits = atoi(words[3]);
		for (int i = 0; i < many; i++)
			if (pthread_create(&thread, NULL, power, NULL) != 0)
				return 1;
		pause();
		return 0;
	}

	if (many > 0 && strcmp(words[1], "spin") == 0) {
		for (int i = 0; i < many; i++)
			if (fork() == 0) {
				prctl(PR_SET_PDEATHSIG, SIGKILL);
				for (;;)
					;
			}
		pause();
		return 0;
	}

	fprintf(stderr, "fairness ping MILLISECONDS | powers THREADS BITS | spin PROCESSES\n");
	return 2;
}

/*
 * Drives a served /dev/crypto of the NetBSD dialect: many requests at once (CIOCNCRYPTM, CIOCNCRYPTRETM), single ones, and a wait that
 * signals interrupt.
 *   netbsd-client DEVICE
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <unistd.h>

#include <crypto/cryptodev.h>

#include "check.h"

#define REQUESTS 8
#define LENGTH 4096

#define NUMBER 1024

static volatile sig_atomic_t alarms;

static void on_alarm(int number)
{
	(void)number;
	alarms++;
}

/* A power that takes long: minus one to an odd power, modulo a number that is all ones, is minus one. */
static int start_power(int fd, uint8_t numbers[4][NUMBER])
{
	struct crypt_n_kop request;
	struct crypt_mkop batch = { 1, &request };
	memset(&request, 0, sizeof request);
	memset(numbers, 0xff, 3 * NUMBER);
	numbers[0][0] = 0xfe;
	memset(numbers[3], 0, NUMBER);
	request.crk_op = CRK_MOD_EXP;
	request.crk_iparams = 3;
	request.crk_oparams = 1;
	request.crk_opaque = numbers[3];
	for (int i = 0; i < 4; i++)
		request.crk_param[i] = (struct crparam){ .crp_p = numbers[i], .crp_nbits = NUMBER * 8 };
	return ioctl(fd, CIOCNFKEYM, &batch) == 0 && request.crk_status == 0;
}

/* CIOCNCRYPTRETM is the one ioctl that waits for other work: interrupted, it is EINTR, and the result is there for who asks again. */
static void interrupted(int fd)
{
	static uint8_t numbers[4][NUMBER];
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval often = { { 0, 20000 }, { 0, 20000 } }, never = { { 0, 0 }, { 0, 0 } };
	int calls = 0, good = 1;
	sigaction(SIGALRM, &action, NULL);
	/* The work takes many times as long as a signal does to come; on a machine that stands still at the wrong moment, once more. */
	for (int turn = 0; turn < 10 && calls == 0 && good; turn++) {
		struct crypt_result result;
		struct cryptret some = { 1, &result };
		memset(&result, 0xff, sizeof result);
		good &= start_power(fd, numbers);
		setitimer(ITIMER_REAL, &often, NULL);
		while (good && ioctl(fd, CIOCNCRYPTRETM, &some) != 0) {
			good &= errno == EINTR;
			calls++;
		}
		setitimer(ITIMER_REAL, &never, NULL);
		good &= some.count == 1 && result.status == 0 && result.opaque == numbers[3] && memcmp(numbers[3], numbers[0], NUMBER) == 0;
	}
	printf("      %d signals, %d calls were answered EINTR\n", (int)alarms, calls);
	CHECK("a signal wakes who waits, with EINTR", calls > 0);
	CHECK("and the result is right all the same, and comes once", good);
}

int main(int count, char **words)
{
	static uint8_t in[REQUESTS][LENGTH], out[REQUESTS][LENGTH], expected[REQUESTS][LENGTH], key[REQUESTS][16], iv[REQUESTS][16];
	struct session_n_op sessions[REQUESTS];
	struct crypt_n_op requests[REQUESTS];
	struct crypt_result results[REQUESTS];
	uint32_t ids[REQUESTS];
	int fd = count == 2 ? open(words[1], O_RDWR | O_CLOEXEC) : -1;
	if (fd < 0) {
		perror(count == 2 ? words[1] : "usage: netbsd-client DEVICE");
		return 2;
	}

	memset(sessions, 0, sizeof sessions);
	for (int i = 0; i < REQUESTS; i++) {
		uint8_t chain[16];
		fill(in[i], LENGTH, (uint32_t)i);
		fill(key[i], 16, (uint32_t)i + 100);
		fill(iv[i], 16, (uint32_t)i + 200);
		memcpy(chain, iv[i], 16);
		aes_cbc(key[i], chain, in[i], expected[i], LENGTH);
		sessions[i] = (struct session_n_op){ .cipher = CRYPTO_AES_CBC, .keylen = 16, .key = key[i] };
	}
	struct crypt_sgop all = { REQUESTS, sessions };
	int good = ioctl(fd, CIOCNGSESSION, &all) == 0;
	for (int i = 0; i < REQUESTS; i++) {
		good &= sessions[i].status == 0 && sessions[i].ses != 0;
		ids[i] = sessions[i].ses;
	}
	CHECK("CIOCNGSESSION opens every session", good);

	memset(requests, 0, sizeof requests);
	for (int i = 0; i < REQUESTS; i++)
		requests[i] = (struct crypt_n_op){ .ses = ids[i], .op = COP_ENCRYPT, .len = LENGTH, .opaque = expected[i],
			.src = in[i], .dst = out[i], .iv = iv[i] };
	struct crypt_mop batch = { REQUESTS, requests };
	CHECK("CIOCNCRYPTM takes every request", ioctl(fd, CIOCNCRYPTM, &batch) == 0);
	good = 1;
	for (int i = 0; i < REQUESTS; i++)
		good &= requests[i].status == 0 && requests[i].reqid != 0;
	CHECK("each has a number", good);

	int fetched = 0;
	good = 1;
	while (fetched < REQUESTS) {
		struct pollfd ready = { .fd = fd, .events = POLLIN };
		if (poll(&ready, 1, patience()) != 1 || !(ready.revents & POLLIN)) {
			good = 0;
			break;
		}
		struct cryptret some = { 1, results };
		if (ioctl(fd, CIOCNCRYPTRETM, &some) != 0 || some.count != 1) {
			good = 0;
			break;
		}
		int which = -1;
		for (int i = 0; i < REQUESTS; i++)
			if (requests[i].reqid == results[0].reqid)
				which = i;
		good &= which >= 0 && results[0].status == 0 && results[0].opaque == expected[which];
		good &= which >= 0 && memcmp(out[which], expected[which], LENGTH) == 0;
		fetched++;
	}
	CHECK("CIOCNCRYPTRETM brings each with its cookie and the right answer", good && fetched == REQUESTS);
	struct crypt_result one;
	CHECK("and then EINPROGRESS", ioctl(fd, CIOCNCRYPTRET, &one) == -1 && errno == EINPROGRESS);

	uint8_t back[LENGTH];
	struct crypt_op op = { .ses = ids[0], .op = COP_DECRYPT, .len = LENGTH, .src = out[0], .dst = back, .iv = iv[0] };
	CHECK("CIOCCRYPT decrypts", ioctl(fd, CIOCCRYPT, &op) == 0 && memcmp(back, in[0], LENGTH) == 0);
	op.src = (void *)8;
	CHECK("a bad src is EFAULT", ioctl(fd, CIOCCRYPT, &op) == -1 && errno == EFAULT);
	batch.reqs = (void *)8;
	CHECK("a bad list is EFAULT", ioctl(fd, CIOCNCRYPTM, &batch) == -1 && errno == EFAULT);
	interrupted(fd);
	uint32_t raw = 0;
	CHECK("CRIOGET is EOPNOTSUPP: no descriptor can be put into another process", ioctl(fd, CRIOGET, &raw) == -1 && errno == EOPNOTSUPP);
	CHECK("read is EIO", read(fd, back, 1) == -1 && errno == EIO);
	struct crypt_sfop end = { REQUESTS, ids };
	CHECK("CIOCNFSESSION", ioctl(fd, CIOCNFSESSION, &end) == 0);
	op.src = out[0];
	CHECK("an ended session is EINVAL", ioctl(fd, CIOCCRYPT, &op) == -1 && errno == EINVAL);
	close(fd);
	return finish();
}

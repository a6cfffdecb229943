/*
 * A native library that forks inside a .NET process. The child has the parent's memory and its descriptor of the device, and does what
 * the parent's sessions could suffer from; it calls nothing that is not safe between fork and _exit. Built with the shim's sources
 * (-DWITH_SHIM), open, ioctl, poll and close are the shim's, and the device is served on a socket.
 */
#include <crypto/cryptodev.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int ioctl(int, unsigned long, ...);

#define EXPORT __attribute__((visibility("default")))

static unsigned char text[64], key[16];

#ifdef WITH_SHIM
static char socket_path[108];

/* The shim is built to ask here: a test must not change the environment of a process with threads. */
char *forking_getenv(const char *name);
char *forking_getenv(const char *name)
{
	return strcmp(name, "CRYPTODEV_SOCKET") == 0 ? socket_path : NULL;
}

EXPORT int forking_open(const char *path);
EXPORT int forking_open(const char *path)
{
	strncpy(socket_path, path, sizeof socket_path - 1);
	int descriptor = open("/dev/crypto", O_RDWR | O_CLOEXEC);
	return descriptor < 0 ? -errno : descriptor;
}

EXPORT int forking_ioctl(int descriptor, unsigned long request, void *argument);
EXPORT int forking_ioctl(int descriptor, unsigned long request, void *argument)
{
	int result = ioctl(descriptor, request, argument);
	return result < 0 ? -errno : result;
}

EXPORT int forking_poll(int descriptor, short events, int timeout);
EXPORT int forking_poll(int descriptor, short events, int timeout)
{
	struct pollfd wanted = { .fd = descriptor, .events = events };
	int result = poll(&wanted, 1, timeout);
	return result < 0 ? -errno : wanted.revents;
}

EXPORT int forking_close(int descriptor);
EXPORT int forking_close(int descriptor)
{
	return close(descriptor);
}
#endif

/* Without an IV, so that the one the session holds is moved on; without an end, so that the hash stays half done. */
static int disturb(int device, uint32_t cipher, uint32_t hash)
{
	struct crypt_op crypt = { .ses = cipher, .op = COP_ENCRYPT, .len = sizeof text, .src = text, .dst = text };
	struct crypt_op update = { .ses = hash, .flags = COP_FLAG_UPDATE, .len = sizeof text, .src = text };
	if (ioctl(device, CIOCCRYPT, &crypt) != 0)
		return 1;
	return ioctl(device, CIOCCRYPT, &update) != 0 ? 2 : 0;
}

/* A session of the child's own, right and freed again. */
static int work(int device)
{
	unsigned char iv[16] = { 1 }, plain[64] = { 2 }, out[64];
	struct session_op session = { .cipher = CRYPTO_AES_CBC, .keylen = sizeof key, .key = key };
	if (ioctl(device, CIOCGSESSION, &session) != 0)
		return 3;
	struct crypt_op crypt = { .ses = session.ses, .op = COP_ENCRYPT, .len = sizeof plain, .src = plain, .dst = out, .iv = iv };
	if (ioctl(device, CIOCCRYPT, &crypt) != 0 || memcmp(out, plain, sizeof plain) == 0)
		return 4;
	crypt = (struct crypt_op){ .ses = session.ses, .op = COP_DECRYPT, .len = sizeof out, .src = out, .dst = out, .iv = iv };
	if (ioctl(device, CIOCCRYPT, &crypt) != 0 || memcmp(out, plain, sizeof plain) != 0)
		return 5;
	return ioctl(device, CIOCFSESSION, &session.ses) != 0 ? 6 : 0;
}

static int child(int device, uint32_t cipher, uint32_t hash, uint32_t victim, int rounds)
{
	int result = 0;
	while (result == 0 && rounds-- > 0) {
		result = disturb(device, cipher, hash);
		if (result == 0)
			result = work(device);
	}
	if (result == 0 && ioctl(device, CIOCFSESSION, &victim) != 0)
		result = 7;
	return close(device) != 0 ? 8 : result;
}

/* The child's number, or a negated error number. */
EXPORT int forking_fork(int device, uint32_t cipher, uint32_t hash, uint32_t victim, int rounds);
EXPORT int forking_fork(int device, uint32_t cipher, uint32_t hash, uint32_t victim, int rounds)
{
	pid_t number = fork();
	if (number == 0)
		_exit(child(device, cipher, hash, victim, rounds));
	return number < 0 ? -errno : number;
}

/* How the child ended: its exit code, 1000 and the signal that killed it, or a negated error number. */
EXPORT int forking_wait(int number);
EXPORT int forking_wait(int number)
{
	int status;
	while (waitpid(number, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

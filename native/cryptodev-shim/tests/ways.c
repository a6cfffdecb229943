/*
 * Every way to a descriptor of the device, in the cryptodev-linux dialect: each function of libc that opens, the checked ones that
 * fortified programs call, another path than the standard one, and a descriptor that comes over a socket.
 */
#define _GNU_SOURCE
#include <crypto/cryptodev.h>

#include <sys/resource.h>
#include <sys/socket.h>

#include "check.h"

int __open_2(const char *, int);
int __open64_2(const char *, int);
int __openat_2(int, const char *, int);
int __openat64_2(int, const char *, int);
ssize_t __read_chk(int, void *, size_t, size_t);
int __poll_chk(struct pollfd *, nfds_t, int, size_t);
int __ppoll_chk(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *, size_t);

static int is_device(int descriptor)
{
	uint32_t features = 0;
	int good = descriptor >= 0 && ioctl(descriptor, CIOCASYMFEAT, &features) == 0 && features != 0;
	return descriptor >= 0 && close(descriptor) == 0 && good;
}

static void functions(void)
{
	static const char path[] = "/dev/crypto";
	CHECK(is_device(open(path, O_RDWR)));
	CHECK(is_device(open64(path, O_RDWR)));
	CHECK(is_device(openat(AT_FDCWD, path, O_RDWR)));
	CHECK(is_device(openat64(AT_FDCWD, path, O_RDWR)));
	CHECK(is_device(__open_2(path, O_RDWR)));
	CHECK(is_device(__open64_2(path, O_RDWR)));
	CHECK(is_device(__openat_2(AT_FDCWD, path, O_RDWR)));
	CHECK(is_device(__openat64_2(AT_FDCWD, path, O_RDWR)));
	int kept = open(path, O_RDWR), closed = open(path, O_RDWR | O_CLOEXEC);
	CHECK(fcntl(kept, F_GETFD) == 0 && fcntl(closed, F_GETFD) == FD_CLOEXEC);
	/* What every descriptor has is the kernel's. */
	CHECK(ioctl(kept, FIOCLEX) == 0 && fcntl(kept, F_GETFD) == FD_CLOEXEC);
	CHECK(is_device(closed));

	char byte;
	struct pollfd entry = { .fd = kept, .events = POLLIN | POLLOUT };
	struct timespec none = { 0, 0 };
	FAILS(__read_chk(kept, &byte, 1, 1), EINVAL);
	CHECK(__poll_chk(&entry, 1, 0, sizeof entry) == 1 && entry.revents == POLLOUT);
	CHECK(__ppoll_chk(&entry, 1, &none, NULL, sizeof entry) == 1 && entry.revents == POLLOUT);
	CHECK(is_device(kept));
}

/* More than any table of the shim's own, and as many as the limit of descriptors lets in. */
static void many(void)
{
	enum { COUNT = 300 };
	int devices[COUNT];
	struct rlimit limit;
	CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	limit.rlim_cur = limit.rlim_max < 2048 ? limit.rlim_max : 2048;
	CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	for (int n = 0; n < COUNT; n++) {
		uint32_t features = 0;
		devices[n] = open("/dev/crypto", O_RDWR);
		CHECK(devices[n] >= 0 && ioctl(devices[n], CIOCASYMFEAT, &features) == 0 && features != 0);
	}
	for (int n = 0; n < COUNT; n++)
		CHECK(is_device(devices[n]));
}

/* The program's own flag for the descriptor is not the shim's: a call that needs a channel waits for it all the same. */
static void not_waiting(void)
{
	int device = open("/dev/crypto", O_RDWR), status = 0;
	CHECK(device >= 0 && fcntl(device, F_SETFL, O_NONBLOCK) == 0);
	for (int n = 0; n < 8; n++) {
		pid_t child = fork(); /* which needs a channel of its own */
		uint32_t features = 0;
		if (child == 0)
			_exit(ioctl(device, CIOCASYMFEAT, &features) == 0 && features != 0 ? 0 : 1);
		status |= !child_succeeds(child);
	}
	CHECK(status == 0 && is_device(device));
}

static void other_path(void)
{
	CHECK(setenv("CRYPTODEV_DEVICE", "/dev/another-crypto", 1) == 0);
	CHECK(is_device(open("/dev/another-crypto", O_RDWR)));
	CHECK(!is_device(open("/dev/crypto", O_RDWR)));
	CHECK(unsetenv("CRYPTODEV_DEVICE") == 0);
	FAILS(open("/dev/another-crypto", O_RDWR), ENOENT);
	CHECK(is_device(open("/dev/crypto", O_RDWR)));
}

/* The child has nothing from its parent but the descriptor, which is the same open file. */
static void over_a_socket(void)
{
	int ends[2];
	struct session_op open_session = { .cipher = CRYPTO_AES_CBC, .keylen = 16, .key = hex(CBC_KEY) };
	CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0);
	pid_t child = fork(); /* before the device is opened */
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	memset(&control, 0, sizeof control);
	uint32_t session = 0;
	struct iovec piece = { &session, sizeof session };
	struct msghdr message = { .msg_iov = &piece, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
	if (child == 0) {
		int device = -1;
		uint8_t out[32];
		close(ends[0]);
		if (recvmsg(ends[1], &message, 0) != sizeof session || !CMSG_FIRSTHDR(&message))
			_exit(2);
		memcpy(&device, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof device);
		struct crypt_op call = { .ses = session, .op = COP_ENCRYPT, .len = 32, .src = hex(CBC_PLAIN), .dst = out, .iv = hex(CBC_IV) };
		_exit(ioctl(device, CIOCCRYPT, &call) == 0 && same(out, CBC_CIPHER) ? 0 : 1);
	}
	int device = open_device("/dev/crypto");
	CHECK(ioctl(device, CIOCGSESSION, &open_session) == 0);
	session = open_session.ses;
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof device);
	memcpy(CMSG_DATA(header), &device, sizeof device);
	CHECK(sendmsg(ends[0], &message, 0) == sizeof session);
	/* On its way it is open still. */
	CHECK(close(device) == 0);
	CHECK(child_succeeds(child));
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	functions();
	not_waiting();
	many();
	other_path();
	over_a_socket();
	return finish("ways");
}

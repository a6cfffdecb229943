/*
 * CRIOGET of a device of the kernel that refuses it, as one behind CUSE does. With the shim and without a server; CRYPTODEV_DEVICE is
 * /dev/null, which refuses all ioctls with ENOTTY.
 */
#define _GNU_SOURCE
#include <crypto/cryptodev.h>

#include <sys/stat.h>

#include "check.h"

#define BSD_CRIOGET 0xc0046364u

static int descriptors(void)
{
	int count = 0;
	for (int n = 0; n < 1024; n++)
		count += fcntl(n, F_GETFD) >= 0;
	return count;
}

/* Another descriptor of the same device, that stays open when a program is executed. */
static int clone_of(int device, unsigned long request)
{
	struct stat one, other;
	uint32_t number = UINT32_MAX;
	CHECK(ioctl(device, request, &number) == 0 && (int)number > device);
	CHECK(fcntl((int)number, F_GETFD) == 0);
	CHECK(fstat(device, &one) == 0 && fstat((int)number, &other) == 0 && one.st_rdev == other.st_rdev);
	return (int)number;
}

static int shares_its_file(int one, int other)
{
	CHECK(fcntl(one, F_SETFL, O_NONBLOCK) == 0);
	int shared = (fcntl(other, F_GETFL) & O_NONBLOCK) != 0;
	CHECK(fcntl(one, F_SETFL, 0) == 0);
	return shared;
}

int main(void)
{
	const char *path = getenv("CRYPTODEV_DEVICE");
	uint32_t number = 77;
	int device = open_device(path ? path : "/dev/crypto");

	/* cryptodev-linux: another descriptor of the file. The BSDs: a file of its own. */
	int linux_clone = clone_of(device, CRIOGET), bsd_clone = clone_of(device, BSD_CRIOGET);
	CHECK(shares_its_file(device, linux_clone) && !shares_its_file(device, bsd_clone));
	CHECK((fcntl(bsd_clone, F_GETFL) & O_ACCMODE) == O_RDWR);
	CHECK(clone_of(linux_clone, CRIOGET) > linux_clone);
	errno = ENAMETOOLONG;
	int result = ioctl(device, CRIOGET, &number), error = errno; /* before CHECK clears it */
	CHECK(result == 0 && error == ENAMETOOLONG);

	/* All else is the kernel's answer, and so is CRIOGET of another file. */
	int open_now = descriptors();
	number = 77;
	FAILS(ioctl(device, CIOCASYMFEAT, &number), ENOTTY);
	FAILS(ioctl(device, CRIOGET ^ 0x40000000u, &number), ENOTTY);
	int zero = open("/dev/zero", O_RDWR), file = open("/proc/self/exe", O_RDONLY), ends[2];
	CHECK(zero >= 0 && file >= 0 && pipe(ends) == 0);
	FAILS(ioctl(zero, CRIOGET, &number), ENOTTY);
	FAILS(ioctl(zero, BSD_CRIOGET, &number), ENOTTY);
	FAILS(ioctl(file, CRIOGET, &number), ENOTTY);
	FAILS(ioctl(ends[0], CRIOGET, &number), ENOTTY);
	FAILS(ioctl(-1, CRIOGET, &number), EBADF);
	CHECK(number == 77);
	CHECK(close(zero) == 0 && close(file) == 0 && close(ends[0]) == 0 && close(ends[1]) == 0);

	/* A bad address costs no descriptor. */
	FAILS(ioctl(device, CRIOGET, (void *)8), EFAULT);
	FAILS(ioctl(device, BSD_CRIOGET, read_only()), EFAULT);
	CHECK(descriptors() == open_now);
	return finish("clone");
}

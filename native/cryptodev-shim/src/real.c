#define _FILE_OFFSET_BITS 64
#include "shim.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DEFAULT_DEVICE "/dev/crypto"

/* The request codes of CRIOGET: 'c' 101 of cryptodev-linux, 'c' 100 of the BSDs, a number of 32 bits in and out. */
#define CRIOGET_LINUX 0xc0046365u
#define CRIOGET_BSD 0xc0046364u

static const char *device_path(void)
{
	const char *device = getenv("CRYPTODEV_DEVICE");
	return device && *device ? device : DEFAULT_DEVICE;
}

bool cds_is_device_path(const char *path)
{
	return strcmp(path, device_path()) == 0;
}

static bool is_device(int descriptor)
{
	struct stat opened, named;
	return fstat(descriptor, &opened) == 0 && S_ISCHR(opened.st_mode) && stat(device_path(), &named) == 0 &&
	       S_ISCHR(named.st_mode) && opened.st_rdev == named.st_rdev;
}

/* What opening the device once more gives: on the BSDs each CRIOGET is a context of its own. */
static int open_again(int descriptor)
{
	char path[32] = "/proc/self/fd/", digits[12], *at = digits + sizeof digits - 1;
	int flags = (int)syscall(SYS_fcntl, descriptor, F_GETFL), number = descriptor;
	*at = 0;
	do
		*--at = (char)('0' + number % 10);
	while ((number /= 10) != 0);
	strcat(path, at);
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags < 0 ? O_RDWR : flags & (O_ACCMODE | O_NONBLOCK));
}

/* By the kernel, which finds a bad address: from a file of four bytes. */
static bool give(void *argument, uint32_t number)
{
	int file = (int)syscall(SYS_memfd_create, "number", 1u /* MFD_CLOEXEC */);
	if (file < 0)
		return false;
	bool given = syscall(SYS_write, file, &number, sizeof number) == sizeof number && syscall(SYS_lseek, file, 0l, SEEK_SET) == 0 &&
		     syscall(SYS_read, file, argument, sizeof number) == sizeof number;
	int error = errno;
	syscall(SYS_close, file);
	errno = error;
	return given;
}

/*
 * CRIOGET that a device of the kernel has refused. CUSE cannot put a descriptor into another process, so a device that is served by it says
 * EOPNOTSUPP; one that has no such ioctl says ENOTTY. Any other error is an answer. cryptodev-linux means dup, with the same sessions. The
 * BSDs mean a new context; a program that may not open the device any more shares the one it has. Close-on-exec is off in all of them.
 */
int cds_real_clone(int descriptor, unsigned long request, void *argument)
{
	int error = errno;
	uint32_t code = (uint32_t)request;
	if ((code != CRIOGET_LINUX && code != CRIOGET_BSD) || (error != EOPNOTSUPP && error != ENOTTY) || !is_device(descriptor))
		return -error;
	int clone = code == CRIOGET_BSD ? open_again(descriptor) : -1;
	if (code == CRIOGET_LINUX || (clone < 0 && (errno == EACCES || errno == EPERM || errno == ENOENT)))
		clone = (int)syscall(SYS_dup, descriptor);
	if (clone < 0)
		return -errno;
	if (give(argument, (uint32_t)clone))
		return 0;
	error = errno;
	syscall(SYS_close, clone);
	return -error;
}

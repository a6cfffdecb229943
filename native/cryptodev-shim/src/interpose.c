/*
 * The functions of libc that the shim replaces. Each does what libc does, unless the descriptor or the path is the
 * device's. Until the program has opened the device, this check costs one load.
 */
#include "shim.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define GROUP(request) ((request) >> 8 & 0xff)

typedef int open_function(const char *, int, ...);
typedef int openat_function(int, const char *, int, ...);
typedef int checked_open_function(const char *, int);
typedef int checked_openat_function(int, const char *, int);
typedef int ioctl_function(int, unsigned long, ...);
typedef int close_function(int);
typedef int dup2_function(int, int);
typedef int dup3_function(int, int, int);
typedef int fcntl_function(int, int, ...);
typedef ssize_t read_function(int, void *, size_t);
typedef ssize_t write_function(int, const void *, size_t);
typedef int close_range_function(unsigned, unsigned, int);

/*
 * Called after the kernel has read the path, so it is a valid address. The server has priority over a real device.
 * Without a server, the program gets the real device, or the error if there is none.
 */
static int opened(int result, const char *path, int flags)
{
	int error = errno;
	if (result < 0 && (error == EFAULT || error == EMFILE || error == ENFILE))
		return result;
	if (path[0] != '/')
		return result;
	if (!cds_is_device_path(path)) {
		errno = error;
		return result;
	}
	int served = cds_file_open();
	if (served < 0) {
		errno = result >= 0 || served == -ENOENT ? error : -served;
		return result;
	}
	if (result >= 0) {
		/* The program must get the same number that open would have returned. */
		cds_file_forget(result);
		int moved = (int)syscall(SYS_dup3, served, result, O_CLOEXEC);
		struct cds_file *file = moved >= 0 ? cds_file_get(served) : NULL;
		if (file) {
			cds_file_share(file, result);
			cds_file_put(file);
			cds_file_forget(served);
			syscall(SYS_close, served);
			served = result;
		}
	}
	if (!(flags & O_CLOEXEC))
		syscall(SYS_fcntl, served, F_SETFD, 0);
	errno = error;
	return served;
}

static mode_t mode_of(int flags, va_list list)
{
	return flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(list, mode_t) : 0;
}

#define OPEN(symbol)                                                \
	EXPORT int symbol(const char *path, int flags, ...)         \
	{                                                           \
		NEXT(open_function *, symbol)                      \
		va_list list;                                       \
		va_start(list, flags);                              \
		mode_t mode = mode_of(flags, list);                 \
		va_end(list);                                       \
		return opened(next(path, flags, mode), path, flags); \
	}
#define OPENAT(symbol)                                                         \
	EXPORT int symbol(int folder, const char *path, int flags, ...)        \
	{                                                                      \
		NEXT(openat_function *, symbol)                               \
		va_list list;                                                  \
		va_start(list, flags);                                         \
		mode_t mode = mode_of(flags, list);                            \
		va_end(list);                                                  \
		return opened(next(folder, path, flags, mode), path, flags);    \
	}
#define CHECKED_OPEN(symbol)                                          \
	EXPORT int symbol(const char *path, int flags)                \
	{                                                             \
		NEXT(checked_open_function *, symbol)                \
		return opened(next(path, flags), path, flags);        \
	}
#define CHECKED_OPENAT(symbol)                                        \
	EXPORT int symbol(int folder, const char *path, int flags)    \
	{                                                             \
		NEXT(checked_openat_function *, symbol)              \
		return opened(next(folder, path, flags), path, flags); \
	}

OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)
int __open_2(const char *, int);
int __open64_2(const char *, int);
int __openat_2(int, const char *, int);
int __openat64_2(int, const char *, int);
CHECKED_OPEN(__open_2)
CHECKED_OPEN(__open64_2)
CHECKED_OPENAT(__openat_2)
CHECKED_OPENAT(__openat64_2)

static int served_ioctl(struct cds_file *file, int descriptor, unsigned long request, void *argument)
{
	int saved = errno, result = cds_file_ioctl(file, descriptor, (uint32_t)request, (uintptr_t)argument);
	cds_file_put(file);
	errno = result < 0 ? -result : saved;
	return result < 0 ? -1 : result;
}

/* The kernel handles these requests. They work on every descriptor of any type. */
static bool is_common(unsigned long request)
{
	return request == FIOCLEX || request == FIONCLEX || request == FIONBIO || request == FIOASYNC;
}

/* An ioctl that the kernel has refused: it may be one that the shim can do for a device of the kernel. */
static int refused(int descriptor, unsigned long request, void *argument, int before)
{
	int result = cds_real_clone(descriptor, request, argument);
	errno = result < 0 ? -result : before;
	return result < 0 ? -1 : 0;
}

#define IOCTL(symbol)                                                                             \
	EXPORT int symbol(int descriptor, unsigned long request, ...)                             \
	{                                                                                         \
		va_list list;                                                                     \
		va_start(list, request);                                                          \
		void *argument = va_arg(list, void *);                                            \
		va_end(list);                                                                     \
		int error = 0;                                                                    \
		struct cds_file *file = is_common(request) ? NULL : cds_file_get(descriptor);     \
		if (!file && GROUP(request) == 'c')                                               \
			file = cds_file_recognise(descriptor, &error);                            \
		if (file)                                                                         \
			return served_ioctl(file, descriptor, request, argument);                 \
		if (error != 0) {                                                                 \
			errno = -error;                                                           \
			return -1;                                                                \
		}                                                                                 \
		NEXT(ioctl_function *, symbol)                                                    \
		int before = errno, result = next(descriptor, request, argument);                 \
		return result < 0 && GROUP(request) == 'c' ? refused(descriptor, request, argument, before) : result; \
	}

IOCTL(ioctl)

EXPORT int close(int descriptor)
{
	if (cds_any_files() && cds_is_own_process()) {
		/* A program that closes all numbers in a loop must not close the shim's own descriptors. */
		if (cds_is_hidden(descriptor)) {
			errno = EBADF;
			return -1;
		}
		cds_file_forget(descriptor);
	}
	NEXT(close_function *, close)
	return next(descriptor);
}

/* The device supports neither read nor write. It returns the error number of its dialect. */
static bool cannot_transfer(int descriptor)
{
	struct cds_file *file = cds_any_files() ? cds_file_get(descriptor) : NULL;
	if (!file)
		return false;
	errno = file->transfer_error;
	cds_file_put(file);
	return true;
}

EXPORT ssize_t read(int descriptor, void *bytes, size_t length)
{
	if (cannot_transfer(descriptor))
		return -1;
	NEXT(read_function *, read)
	return next(descriptor, bytes, length);
}

ssize_t __read_chk(int, void *, size_t, size_t);
EXPORT ssize_t __read_chk(int descriptor, void *bytes, size_t length, size_t room)
{
	if (length > room)
		abort();
	return read(descriptor, bytes, length);
}

EXPORT ssize_t write(int descriptor, const void *bytes, size_t length)
{
	if (cannot_transfer(descriptor))
		return -1;
	NEXT(write_function *, write)
	return next(descriptor, bytes, length);
}

static int close_numbers(unsigned first, unsigned last, int flags, close_range_function *next)
{
	if (!cds_any_files() || flags != 0 || !cds_is_own_process())
		return next(first, last, flags);
	for (unsigned n = first; n <= last && n < 1u << 20; n++) {
		if (!cds_is_hidden((int)n)) {
			cds_file_forget((int)n);
			continue;
		}
		if (n > first && next(first, n - 1, flags) != 0)
			return -1;
		first = n + 1;
	}
	return first <= last ? next(first, last, flags) : 0;
}

EXPORT int close_range(unsigned first, unsigned last, int flags)
{
	NEXT(close_range_function *, close_range)
	return close_numbers(first, last, flags, next);
}

static int duplicated(int result, int descriptor)
{
	if (result < 0 || !cds_any_files() || !cds_is_own_process())
		return result;
	int saved = errno;
	struct cds_file *file = cds_file_get(descriptor);
	if (result != descriptor)
		cds_file_forget(result);
	if (file && result != descriptor)
		cds_file_share(file, result);
	if (file)
		cds_file_put(file);
	errno = saved;
	return result;
}

EXPORT int dup(int descriptor)
{
	NEXT(close_function *, dup)
	return duplicated(next(descriptor), descriptor);
}

static void make_room(int descriptor)
{
	if (cds_any_files() && cds_is_own_process() && cds_is_hidden(descriptor))
		cds_give_up(descriptor);
}

EXPORT int dup2(int descriptor, int number)
{
	NEXT(dup2_function *, dup2)
	make_room(number);
	return duplicated(next(descriptor, number), descriptor);
}

EXPORT int dup3(int descriptor, int number, int flags)
{
	NEXT(dup3_function *, dup3)
	make_room(number);
	return duplicated(next(descriptor, number, flags), descriptor);
}

#define FCNTL(symbol)                                                                    \
	EXPORT int symbol(int descriptor, int command, ...)                              \
	{                                                                                \
		NEXT(fcntl_function *, symbol)                                          \
		va_list list;                                                            \
		va_start(list, command);                                                 \
		void *argument = va_arg(list, void *);                                   \
		va_end(list);                                                            \
		int result = next(descriptor, command, argument);                        \
		return command == F_DUPFD || command == F_DUPFD_CLOEXEC ? duplicated(result, descriptor) : result; \
	}

FCNTL(fcntl)
FCNTL(fcntl64)

/* 32-bit programs compiled for a 64-bit time_t call these. */
#if !defined(__LP64__)
int __ioctl_time64(int, unsigned long, ...);
int __fcntl_time64(int, int, ...);
IOCTL(__ioctl_time64)
FCNTL(__fcntl_time64)
#endif

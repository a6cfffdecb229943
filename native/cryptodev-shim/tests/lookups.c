/*
 * dlsym takes locks, so a signal handler must not be the first to need a function: after the program has begun the shim looks nothing
 * up. Its calls of dlsym come here, because a program's own symbols are found before a library's.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <poll.h>
#include <stdio.h>
#include <sys/select.h>

#include "check.h"

static int begun, late;

__attribute__((visibility("default"))) void *dlsym(void *handle, const char *name)
{
	static void *(*real)(void *, const char *);
	void *libc = dlopen("libc.so.6", RTLD_NOW | RTLD_NOLOAD);
	if (!real)
		real = (void *(*)(void *, const char *))(uintptr_t)dlvsym(RTLD_NEXT, "dlsym", DLSYM_VERSION);
	late += begun;
	return real(handle == RTLD_NEXT ? libc : handle, name);
}

int main(void)
{
	char byte;
	struct pollfd entry = { .fd = STDIN_FILENO };
	struct timespec none = { 0, 0 };
	struct timeval no_time = { 0, 0 };
	begun = 1;
	int file = open("/dev/null", O_RDWR), folder = openat(AT_FDCWD, "/", O_RDONLY);
	CHECK(file >= 0 && folder >= 0);
	CHECK(read(file, &byte, 1) == 0 && write(file, &byte, 1) == 1);
	CHECK(fcntl(file, F_GETFD) >= 0);
	FAILS(ioctl(file, FIONREAD, &byte), ENOTTY);
	CHECK(poll(&entry, 0, 0) == 0 && ppoll(&entry, 0, &none, NULL) == 0);
	CHECK(select(0, NULL, NULL, NULL, &no_time) == 0 && pselect(0, NULL, NULL, NULL, &none, NULL) == 0);
	int copy = dup(file);
	CHECK(copy >= 0 && dup2(file, copy) == copy && dup3(file, copy, O_CLOEXEC) == copy);
	CHECK(close_range((unsigned)copy, (unsigned)copy, 0) == 0);
	CHECK(close(file) == 0 && close(folder) == 0);
	begun = 0;
	CHECK(late == 0);
	return finish("lookups");
}

/* select and pselect, if a device is in the sets: they are done as a poll of all descriptors in the sets. */
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FEW 64
#define BITS (8 * (int)sizeof(unsigned long))
/* The events that the kernel's select treats as ready (fs/select.c). */
#define IN_EVENTS (POLLIN | POLLRDNORM | POLLRDBAND)
#define OUT_EVENTS (POLLOUT | POLLWRNORM | POLLWRBAND)
#define EXCEPT_EVENTS POLLPRI
#define IN_READY (IN_EVENTS | POLLHUP | POLLERR)
#define OUT_READY (OUT_EVENTS | POLLERR)

static bool has(const unsigned long *set, int number)
{
	return set && set[number / BITS] >> number % BITS & 1;
}

/*
 * The kernel reads no more of the sets than the size of its descriptor table. Old programs rely on that: they pass
 * getdtablesize() as the count, with plain sets of 1024. So the shim must not read beyond that size either.
 */
static int bounded(int count)
{
	if (count <= FD_SETSIZE)
		return count;
	char text[4096];
	int file = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/status", O_RDONLY | O_CLOEXEC);
	ssize_t length = file < 0 ? -1 : syscall(SYS_read, file, text, sizeof text - 1);
	if (file >= 0)
		syscall(SYS_close, file);
	text[length < 0 ? 0 : length] = 0;
	const char *line = strstr(text, "FDSize:");
	int size = line ? atoi(line + sizeof "FDSize:" - 1) : FD_SETSIZE;
	return count < size ? count : size;
}

bool cds_select_has_own(int *count, unsigned long *const sets[3])
{
	int saved = errno;
	bool found = false;
	*count = bounded(*count);
	for (int word = 0; word * BITS < *count && !found; word++) {
		unsigned long any = 0;
		for (int kind = 0; kind < 3; kind++)
			any |= sets[kind] ? sets[kind][word] : 0;
		for (int bit = 0; any && bit < BITS && word * BITS + bit < *count; bit++) {
			struct cds_file *file = any >> bit & 1 ? cds_file_get(word * BITS + bit) : NULL;
			if (file)
				cds_file_put(file);
			found |= file != NULL;
		}
	}
	errno = saved;
	return found;
}

static nfds_t enter(int count, unsigned long *const sets[3], struct pollfd *entries)
{
	nfds_t used = 0;
	for (int n = 0; n < count; n++) {
		int events = (has(sets[0], n) ? IN_EVENTS : 0) | (has(sets[1], n) ? OUT_EVENTS : 0) | (has(sets[2], n) ? EXCEPT_EVENTS : 0);
		if (events && entries)
			entries[used] = (struct pollfd){ .fd = n, .events = (short)events };
		used += events != 0;
	}
	return used;
}

/* Writes the results to the sets. They are not changed if there is an error. */
static int leave(int count, unsigned long *const sets[3], const struct pollfd *entries, nfds_t used)
{
	static const short ready[3] = { IN_READY, OUT_READY, EXCEPT_EVENTS }, wanted[3] = { IN_EVENTS, OUT_EVENTS, EXCEPT_EVENTS };
	int result = 0;
	for (nfds_t n = 0; n < used; n++)
		if (entries[n].revents & POLLNVAL) {
			errno = EBADF;
			return -1;
		}
	for (int kind = 0; kind < 3; kind++) {
		if (!sets[kind])
			continue;
		memset(sets[kind], 0, (size_t)((count + BITS - 1) / BITS) * sizeof *sets[kind]);
		for (nfds_t n = 0; n < used; n++)
			if (entries[n].events & wanted[kind] && entries[n].revents & ready[kind]) {
				sets[kind][entries[n].fd / BITS] |= 1ul << entries[n].fd % BITS;
				result++;
			}
	}
	return result;
}

int cds_select(int count, unsigned long *const sets[3], cds_wait *wait, void *state)
{
	struct pollfd few[FEW], *entries = few;
	nfds_t used = enter(count, sets, NULL);
	if (used > FEW) {
		entries = mmap(NULL, used * sizeof *entries, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (entries == MAP_FAILED) {
			errno = ENOMEM;
			return -1;
		}
	}
	enter(count, sets, entries);
	int result = cds_poll(entries, used, wait, state);
	if (result >= 0)
		result = leave(count, sets, entries, used);
	if (entries != few) {
		int saved = errno;
		munmap(entries, used * sizeof *entries);
		errno = saved;
	}
	return result;
}

#define _FILE_OFFSET_BITS 64
#include "shim.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define FEW 32
#define IN_EVENTS (POLLIN | POLLRDNORM)
#define OUT_EVENTS (POLLOUT | POLLWRNORM)

/* The number may have been closed and given to another file by a call that the shim did not see. */
static struct cds_file *file_at(int descriptor)
{
	struct cds_file *file = cds_file_get(descriptor);
	struct stat status;
	if (!file || (fstat(descriptor, &status) == 0 && (uint64_t)status.st_ino == file->inode))
		return file;
	cds_file_put(file);
	cds_file_forget(descriptor);
	return NULL;
}

/* Replaces each device by its two eventfds. The socket itself only reports the loss of the server. */
static nfds_t substitute(struct pollfd *entries, nfds_t count, struct pollfd *larger)
{
	nfds_t extra = count;
	for (nfds_t n = 0; n < count; n++) {
		struct cds_file *file = file_at(entries[n].fd);
		larger[n] = entries[n];
		larger[n].revents = 0;
		if (!file)
			continue;
		int descriptors[2], error = cds_file_events(file, entries[n].fd, descriptors);
		cds_file_put(file);
		larger[n].events = 0;
		for (int e = 0; e < 2; e++) {
			int wanted = entries[n].events & (e == 0 ? IN_EVENTS : OUT_EVENTS);
			/* Always add both, because the results are found by their position. */
			larger[extra++] = (struct pollfd){ .fd = error == 0 && wanted ? descriptors[e] : -1, .events = POLLIN };
		}
		larger[n].revents = error == 0 ? 1 : 2;
	}
	return extra;
}

int cds_poll(struct pollfd *entries, nfds_t count, cds_wait *wait, void *state)
{
	struct pollfd few[FEW * 3], *larger = few;
	unsigned char few_own[FEW];
	nfds_t own = 0;
	for (nfds_t n = 0; n < count && cds_any_files(); n++) {
		struct cds_file *file = cds_file_get(entries[n].fd);
		own += file != NULL;
		if (file)
			cds_file_put(file);
	}
	if (own == 0)
		return wait(entries, count, state);

	size_t size = count * (3 * sizeof *larger + 1);
	unsigned char *is_own = few_own;
	if (count > FEW) {
		larger = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (larger == MAP_FAILED) {
			errno = ENOMEM;
			return -1;
		}
		is_own = (unsigned char *)(larger + 3 * count);
	}
	nfds_t all = substitute(entries, count, larger), extra = count;
	bool failed = false;
	for (nfds_t n = 0; n < count; n++) {
		is_own[n] = (unsigned char)larger[n].revents;
		failed |= is_own[n] == 2;
		larger[n].revents = 0;
	}
	int result = failed ? 0 : wait(larger, all, state);
	if (result >= 0) {
		result = 0;
		for (nfds_t n = 0; n < count; n++) {
			short ready = larger[n].revents;
			if (is_own[n]) {
				ready = is_own[n] == 2 || ready != 0 ? POLLERR : 0;
				if (larger[extra].revents)
					ready |= entries[n].events & IN_EVENTS;
				if (larger[extra + 1].revents)
					ready |= entries[n].events & OUT_EVENTS;
				extra += 2;
			}
			entries[n].revents = ready;
			result += ready != 0;
		}
	}
	if (larger != few) {
		int saved = errno;
		munmap(larger, size);
		errno = saved;
	}
	return result;
}

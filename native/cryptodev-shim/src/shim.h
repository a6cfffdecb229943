/*
 * The parts of the shim, lowest first. Each part calls only those above it in this file, which tests/layers.sh checks.
 * All functions may be called from signal handlers: no locks, no malloc.
 */
#ifndef CDS_SHIM_H
#define CDS_SHIM_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "protocol.h"

#define CDS_HIDDEN __attribute__((visibility("hidden")))

/* process.c: detects the process. After a fork, `forked` is called in the child before anything else is done there. */
CDS_HIDDEN void *cds_pages(size_t size);
CDS_HIDDEN bool cds_process_begin(void (*forked)(void));
CDS_HIDDEN void cds_process_check(void);
CDS_HIDDEN bool cds_any_files(void);
CDS_HIDDEN pid_t cds_pid(void);
CDS_HIDDEN bool cds_is_own_process(void);

/* memory.c: reads the caller's memory, which may not be mapped. False: EFAULT. */
CDS_HIDDEN bool cds_read(void *to, uint64_t from, size_t length);

/*
 * wire.c: messages. All functions return a negative errno. A lost server gives -ENOTCONN when sending and -ECONNABORTED
 * when waiting.
 */
CDS_HIDDEN int cds_send(int socket, struct iovec *pieces, size_t count);
CDS_HIDDEN ssize_t cds_receive(int socket, struct iovec *pieces, size_t count, int flags, int *descriptors, int wanted);
CDS_HIDDEN int cds_hide(int descriptor);
CDS_HIDDEN bool cds_may_be_hidden(int descriptor);

/* server.c: a new connection to the server. -ENOENT: there is none. */
CDS_HIDDEN int cds_server_connect(void);
CDS_HIDDEN void cds_server_is_foreign(void); /* tells a user who debugs */

/* plan.c: the parts of the caller's memory that an ioctl is likely to access. */
#define CDS_STRUCT_MOST 512
#define CDS_ARRAY_MOST 4096
#define CDS_LENGTH_CACHE 32
#define CDS_LENGTH_FIELDS 4
#define CDS_UNKNOWN INT32_MIN

struct cds_length_entry {
	uint64_t key;
	uint32_t request;
	int32_t in[CDS_LENGTH_FIELDS];  /* the bytes beyond the value of the length field */
	int32_t out[CDS_LENGTH_FIELDS];
};

struct cds_cached_field { /* a pointer of this call whose length is from the cache */
	uint64_t address;
	int64_t base;
	struct cds_length_entry *entry;
	unsigned field;
};

struct cds_map {
	unsigned entry_count, field_count;
	const struct cds_map_entry *entries;
	const struct cds_map_field *fields;
	_Alignas(8) unsigned char bytes[CDS_MAP_MOST];
};

struct cds_plan {
	unsigned segments, ins, outs, cached_fields;
	size_t in_bytes, out_bytes, placed;
	struct cds_segment segment[CDS_SEGMENTS];
	struct iovec in[CDS_SEGMENTS + 2];
	struct iovec out[CDS_SEGMENTS + 2];
	struct cds_cached_field cached_field[CDS_SEGMENTS];
	_Alignas(8) unsigned char argument[CDS_STRUCT_MOST];
	_Alignas(8) unsigned char array[CDS_ARRAY_MOST];
};

CDS_HIDDEN bool cds_map_check(struct cds_map *map, size_t bytes, uint32_t entries);
CDS_HIDDEN const struct cds_map_entry *cds_map_find(const struct cds_map *map, uint32_t request);
CDS_HIDDEN void cds_plan_make(struct cds_plan *plan, const struct cds_map *map, const struct cds_map_entry *entry, uint64_t argument,
			      struct cds_length_entry *lengths);
CDS_HIDDEN bool cds_is_plausible(uint64_t address, uint64_t length);
CDS_HIDDEN void cds_plan_note_length(struct cds_plan *plan, uint64_t address, uint32_t length, bool out);

/* channel.c: one ioctl at a time. */
struct cds_channel {
	atomic_uint state; /* CDS_EMPTY, CDS_FREE, CDS_BUSY */
	int socket;
	int shared; /* the descriptor of the shared memory, or -1 */
	uint64_t shared_size;
	bool broken;
	struct cds_length_entry lengths[CDS_LENGTH_CACHE];

	/*
	 * Belongs to the running call. It is not on the stack, because threads of other programs may have small stacks.
	 */
	struct cds_plan plan;
};

enum { CDS_EMPTY, CDS_FREE, CDS_BUSY };

CDS_HIDDEN int cds_channel_open(struct cds_channel *channel, int control, uint8_t type);
CDS_HIDDEN int cds_channel_describe(struct cds_channel *channel, struct cds_map *map, int *transfer_error);
CDS_HIDDEN void cds_channel_close(struct cds_channel *channel);
CDS_HIDDEN int cds_channel_ioctl(struct cds_channel *channel, const struct cds_map *map, uint32_t request, uint64_t argument,
				 int *installed); /* -1, or the descriptor that the call returned */
CDS_HIDDEN int cds_channel_events(struct cds_channel *channel, int descriptors[2]);

/* file.c: open files of this process, by descriptor. */
struct cds_file {
	atomic_int references; /* descriptors of this process and running calls */
	atomic_uint returned, waiters; /* used when all channels are busy */
	atomic_int events[2];
	uint64_t inode;
	int transfer_error; /* the errno of read and write */
	struct cds_file *next;
	_Atomic(struct cds_channel *) channel[CDS_CHANNELS]; /* allocated when another one is needed */
	struct cds_map map;
};

CDS_HIDDEN struct cds_file *cds_file_get(int descriptor);
CDS_HIDDEN void cds_file_put(struct cds_file *file);
CDS_HIDDEN struct cds_channel *cds_file_channel(struct cds_file *file, unsigned number); /* NULL: no memory */
CDS_HIDDEN struct cds_file *cds_file_recognise(int descriptor, int *error);
CDS_HIDDEN int cds_file_open(void);
CDS_HIDDEN void cds_file_share(struct cds_file *file, int descriptor);
CDS_HIDDEN void cds_file_forget(int descriptor);
CDS_HIDDEN bool cds_is_hidden(int descriptor);
CDS_HIDDEN void cds_give_up(int descriptor);

/* pool.c: calls on an open file, from any number of threads. */
CDS_HIDDEN int cds_file_ioctl(struct cds_file *file, int descriptor, uint32_t request, uint64_t argument);
CDS_HIDDEN int cds_file_events(struct cds_file *file, int descriptor, int descriptors[2]);

/* poll.c */
typedef int cds_wait(struct pollfd *entries, nfds_t count, void *state);
CDS_HIDDEN int cds_poll(struct pollfd *entries, nfds_t count, cds_wait *wait, void *state);

/*
 * select.c: sets for reading, writing, exceptions. Each may be NULL. The count is reduced to what the kernel would
 * read.
 */
CDS_HIDDEN bool cds_select_has_own(int *count, unsigned long *const sets[3]);
CDS_HIDDEN int cds_select(int count, unsigned long *const sets[3], cds_wait *wait, void *state);

/* real.c: a device of the kernel, which the shim does not serve. */
CDS_HIDDEN bool cds_is_device_path(const char *path);
CDS_HIDDEN int cds_real_clone(int descriptor, unsigned long request, void *argument); /* 0 or -errno; called where errno is the kernel's */

/* next.c: the next definition of a function after this library's. It is libc's own if no other library defines it. */
#if defined(__LP64__)
#define CDS_NEXT_WIDE_TIME(X)
#else
#define CDS_NEXT_WIDE_TIME(X) X(__ioctl_time64) X(__fcntl_time64) X(__ppoll64) X(__select64) X(__pselect64)
#endif
#define CDS_NEXT_LIST(X)                                                                                                          \
	X(open) X(open64) X(openat) X(openat64) X(__open_2) X(__open64_2) X(__openat_2) X(__openat64_2) X(ioctl) X(close) X(read) \
	X(write) X(close_range) X(dup) X(dup2) X(dup3) X(fcntl) X(fcntl64) X(poll) X(ppoll) X(select) X(pselect) X(sysctl)        \
	X(sysctlbyname) CDS_NEXT_WIDE_TIME(X)
#define CDS_NEXT_NUMBER(name) CDS_NEXT_##name,
enum { CDS_NEXT_LIST(CDS_NEXT_NUMBER) CDS_NEXT_COUNT };
CDS_HIDDEN void *cds_next(unsigned which); /* NULL: this libc has none */

/* interpose.c, waiting.c, sysctl.c */
#define EXPORT __attribute__((visibility("default")))

#define NEXT(type, name)                                         \
	type next = (type)(uintptr_t)cds_next(CDS_NEXT_##name);  \
	if (!next) {                                             \
		errno = ENOSYS;                                  \
		return -1;                                       \
	}

#endif

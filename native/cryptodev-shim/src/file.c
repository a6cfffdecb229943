#define _FILE_OFFSET_BITS 64
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LEAF 1024
#define LEAVES 1024 /* a million descriptors */
#define DYING INT32_MIN

/*
 * Maps descriptors to files. Leaves, files and channels are mapped when they are needed and never unmapped, so that no
 * thread reads freed memory.
 */
static _Atomic(_Atomic(struct cds_file *) *) table[LEAVES];
static _Atomic(struct cds_file *) files;

static void drop_channels(struct cds_file *file)
{
	for (unsigned n = 0; n < CDS_CHANNELS; n++) {
		struct cds_channel *channel = atomic_load(&file->channel[n]);
		if (!channel || atomic_load(&channel->state) == CDS_EMPTY)
			continue;
		cds_channel_close(channel);
		atomic_store(&channel->state, CDS_EMPTY);
	}
	for (int n = 0; n < 2; n++) {
		int event = atomic_exchange(&file->events[n], -1);
		if (event >= 0)
			syscall(SYS_close, event);
	}
}

static int count_descriptors(const struct cds_file *file)
{
	int count = 0;
	for (unsigned leaf = 0; leaf < LEAVES; leaf++) {
		_Atomic(struct cds_file *) *entries = atomic_load(&table[leaf]);
		for (unsigned n = 0; entries && n < LEAF; n++)
			count += atomic_load(&entries[n]) == file;
	}
	return count;
}

/* In a forked child: closes the inherited channels. The parent's running calls do not continue here. */
static void in_forked_child(void)
{
	for (struct cds_file *file = atomic_load(&files); file; file = file->next) {
		if (atomic_load(&file->references) == 0)
			continue;
		drop_channels(file);
		atomic_store(&file->references, count_descriptors(file));
	}
}

static _Atomic(struct cds_file *) *entry_of(int descriptor, bool make)
{
	if (descriptor < 0 || descriptor >= LEAF * LEAVES)
		return NULL;
	_Atomic(_Atomic(struct cds_file *) *) *leaf = &table[descriptor / LEAF];
	_Atomic(struct cds_file *) *entries = atomic_load(leaf), *mine;
	if (!entries && make && (mine = cds_pages(LEAF * sizeof *mine)) != NULL) {
		if (atomic_compare_exchange_strong(leaf, &entries, mine))
			entries = mine;
		else
			munmap(mine, LEAF * sizeof *mine);
	}
	return entries ? &entries[descriptor % LEAF] : NULL;
}

struct cds_file *cds_file_get(int descriptor)
{
	_Atomic(struct cds_file *) *entry;
	if (!cds_any_files() || !(entry = entry_of(descriptor, false)) || !atomic_load(entry))
		return NULL;
	cds_process_check();
	for (;;) {
		struct cds_file *file = atomic_load(entry);
		if (!file)
			return NULL;
		int references = atomic_load(&file->references);
		while (references > 0 && !atomic_compare_exchange_weak(&file->references, &references, references + 1))
			;
		if (references > 0 && atomic_load(entry) == file)
			return file;
		if (references > 0)
			cds_file_put(file);
	}
}

void cds_file_put(struct cds_file *file)
{
	int references = atomic_load(&file->references);
	while (!atomic_compare_exchange_weak(&file->references, &references, references == 1 ? DYING : references - 1))
		;
	if (references == 1) {
		drop_channels(file);
		atomic_store(&file->references, 0);
	}
}

struct cds_channel *cds_file_channel(struct cds_file *file, unsigned number)
{
	struct cds_channel *channel = atomic_load(&file->channel[number]), *none = NULL;
	if (channel || !(channel = cds_pages(sizeof *channel)))
		return channel;
	channel->socket = channel->shared = -1;
	if (atomic_compare_exchange_strong(&file->channel[number], &none, channel))
		return channel;
	munmap(channel, sizeof *channel);
	return none;
}

/* Takes an unused file or makes a new one. Their number is limited by the program's limit of descriptors. */
static struct cds_file *claim(void)
{
	struct cds_file *file;
	int free = 0;
	for (file = atomic_load(&files); file; file = file->next, free = 0)
		if (atomic_compare_exchange_strong(&file->references, &free, 1))
			break;
	if (!file) {
		file = cds_pages(sizeof *file);
		if (!file)
			return NULL;
		atomic_store(&file->references, 1);
		file->next = atomic_load(&files);
		while (!atomic_compare_exchange_weak(&files, &file->next, file))
			;
	}
	atomic_store(&file->events[0], -1);
	atomic_store(&file->events[1], -1);
	return file;
}

void cds_file_share(struct cds_file *file, int descriptor)
{
	_Atomic(struct cds_file *) *entry = entry_of(descriptor, true);
	if (!entry)
		return; /* it will be recognised at its next use */
	atomic_fetch_add(&file->references, 1);
	struct cds_file *before = atomic_exchange(entry, file);
	if (before)
		cds_file_put(before);
}

void cds_file_forget(int descriptor)
{
	_Atomic(struct cds_file *) *entry = cds_any_files() ? entry_of(descriptor, false) : NULL;
	if (!entry || !atomic_load(entry))
		return;
	cds_process_check();
	struct cds_file *before = atomic_exchange(entry, NULL);
	if (before)
		cds_file_put(before);
}

bool cds_is_hidden(int descriptor)
{
	if (!cds_any_files() || !cds_may_be_hidden(descriptor))
		return false;
	for (struct cds_file *file = atomic_load(&files); file; file = file->next) {
		if (atomic_load(&file->references) == 0)
			continue;
		for (unsigned n = 0; n < CDS_CHANNELS; n++) {
			struct cds_channel *channel = atomic_load(&file->channel[n]);
			if (!channel)
				break;
			if (atomic_load(&channel->state) != CDS_EMPTY && (channel->socket == descriptor || channel->shared == descriptor))
				return true;
		}
		if (atomic_load(&file->events[0]) == descriptor || atomic_load(&file->events[1]) == descriptor)
			return true;
	}
	return false;
}

static int move_up(int descriptor)
{
	return (int)syscall(SYS_fcntl, descriptor, F_DUPFD_CLOEXEC, descriptor + 1);
}

/*
 * The program wants to use a number that a descriptor of the shim has. Move the shim's descriptor away. If that fails,
 * it is lost.
 */
void cds_give_up(int descriptor)
{
	for (struct cds_file *file = atomic_load(&files); file; file = file->next) {
		for (unsigned n = 0; n < CDS_CHANNELS; n++) {
			struct cds_channel *channel = atomic_load(&file->channel[n]);
			if (!channel)
				break;
			if (atomic_load(&channel->state) == CDS_EMPTY)
				continue;
			if (channel->socket == descriptor)
				channel->socket = move_up(descriptor);
			if (channel->shared == descriptor)
				channel->shared = move_up(descriptor);
		}
		for (int e = 0; e < 2; e++) {
			int expected = descriptor;
			if (atomic_load(&file->events[e]) == descriptor)
				atomic_compare_exchange_strong(&file->events[e], &expected, move_up(descriptor));
		}
	}
}

static int begin_file(int descriptor, uint8_t type, struct cds_file **result)
{
	struct stat status;
	if (!cds_process_begin(in_forked_child))
		return -ENOMEM;
	struct cds_file *file = claim();
	struct cds_channel *channel = file ? cds_file_channel(file, 0) : NULL;
	int error = channel ? cds_channel_open(channel, descriptor, type) : -ENOMEM;
	if (error == 0) {
		error = cds_channel_describe(channel, &file->map, &file->transfer_error);
		if (error != 0)
			cds_channel_close(channel);
	}
	if (error != 0) {
		if (file)
			atomic_store(&file->references, 0);
		return error;
	}
	file->inode = fstat(descriptor, &status) == 0 ? (uint64_t)status.st_ino : 0;
	atomic_store(&channel->state, CDS_FREE);
	cds_file_share(file, descriptor);
	*result = file;
	return 0;
}

/*
 * Recognises a descriptor that was inherited through exec, received over a socket, or duplicated by a call that the
 * shim does not intercept.
 */
struct cds_file *cds_file_recognise(int descriptor, int *error)
{
	int domain = 0, type = 0, mark = 0, saved = errno;
	socklen_t size = sizeof(int);
	struct cds_file *file = NULL;
	if (getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_SEQPACKET ||
	    getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0 || domain != AF_UNIX ||
	    getsockopt(descriptor, SOL_SOCKET, SO_RCVLOWAT, &mark, &size) != 0 || mark != CDS_MARK) {
		*error = 0; /* not ours */
	} else {
		*error = begin_file(descriptor, CDS_CHANNEL, &file);
	}
	errno = saved;
	return file;
}

/* -ENOENT: there is no server. */
int cds_file_open(void)
{
	const int mark = CDS_MARK;
	struct cds_file *file;
	int descriptor = cds_server_connect();
	if (descriptor < 0)
		return descriptor;
	int result = setsockopt(descriptor, SOL_SOCKET, SO_RCVLOWAT, &mark, sizeof mark) == 0 ? 0 : -errno;
	if (result == 0) {
		result = begin_file(descriptor, CDS_OPEN, &file);
		if (result == 0)
			cds_file_put(file); /* the table keeps it */
		else if (result == -EPROTO)
			cds_server_is_foreign();
		if (result == -ENOTCONN || result == -EPROTO)
			result = -ENOENT;
	}
	if (result == 0)
		return descriptor;
	syscall(SYS_close, descriptor);
	return result;
}

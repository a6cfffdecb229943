#define _FILE_OFFSET_BITS 64
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#define DEFAULT_SOCKET "/run/cryptodev.sock"
#define LEAF 1024
#define LEAVES 1024 /* a million descriptors */
#define FILES 256
#define DYING INT32_MIN

/* Descriptors to files. Leaves and files are mapped when they are needed and never given back, so that nobody reads what is gone. */
static _Atomic(_Atomic(struct cds_file *) *) table[LEAVES];
static _Atomic(struct cds_file *) files[FILES];

/*
 * Zero in a process that was forked, however it was (MADV_WIPEONFORK). Channels belong to one process: a child that inherits
 * them makes its own. vfork's child has its parent's memory, and by the number is told from it.
 */
struct process {
	atomic_int state; /* 0: not yet looked at, 1: somebody is about it, 2: ready */
	atomic_int pid;
};
static _Atomic(struct process *) process;

static void *pages(size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return at == MAP_FAILED ? NULL : at;
}

static void forget_process(void)
{
	struct process *self = atomic_load(&process);
	atomic_store(&self->pid, 0);
	atomic_store(&self->state, 0);
}

static struct process *first_time(void)
{
	struct process *self = pages(sizeof *self), *none = NULL;
	if (!self)
		return NULL;
	if (!atomic_compare_exchange_strong(&process, &none, self)) {
		munmap(self, sizeof *self);
		return none;
	}
	if (madvise(self, (size_t)sysconf(_SC_PAGESIZE), MADV_WIPEONFORK) != 0)
		pthread_atfork(NULL, NULL, forget_process); /* before Linux 4.14: only forks by libc are seen */
	return self;
}

static void drop_channels(struct cds_file *file)
{
	for (unsigned n = 0; n < CDS_CHANNELS; n++) {
		struct cds_channel *channel = &file->channel[n];
		if (atomic_load(&channel->state) == CDS_EMPTY)
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

/* In a forked child: the parent's channels are closed, its calls under way are not here. */
static void begin_process(struct process *self)
{
	sigset_t all, before;
	int fresh = 0;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	if (atomic_compare_exchange_strong(&self->state, &fresh, 1)) {
		for (unsigned n = 0; n < FILES; n++) {
			struct cds_file *file = atomic_load(&files[n]);
			if (!file || atomic_load(&file->references) == 0)
				continue;
			drop_channels(file);
			atomic_store(&file->references, count_descriptors(file));
		}
		atomic_store(&self->pid, (int)getpid());
		atomic_store(&self->state, 2);
	} else {
		while (atomic_load(&self->state) != 2)
			sched_yield();
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
}

static struct process *this_process(void)
{
	struct process *self = atomic_load(&process);
	if (self && atomic_load_explicit(&self->state, memory_order_acquire) != 2)
		begin_process(self);
	return self;
}

bool cds_any_files(void)
{
	return atomic_load_explicit(&process, memory_order_relaxed) != NULL;
}

pid_t cds_pid(void)
{
	struct process *self = this_process();
	return self ? atomic_load(&self->pid) : getpid();
}

bool cds_is_own_process(void)
{
	struct process *self = this_process();
	return !self || atomic_load(&self->pid) == (int)getpid();
}

static _Atomic(struct cds_file *) *entry_of(int descriptor, bool make)
{
	if (descriptor < 0 || descriptor >= LEAF * LEAVES)
		return NULL;
	_Atomic(_Atomic(struct cds_file *) *) *leaf = &table[descriptor / LEAF];
	_Atomic(struct cds_file *) *entries = atomic_load(leaf), *mine;
	if (!entries && make && (mine = pages(LEAF * sizeof *mine)) != NULL) {
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
	this_process();
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

static struct cds_file *claim(void)
{
	for (unsigned n = 0; n < FILES; n++) {
		struct cds_file *file = atomic_load(&files[n]), *none = NULL;
		if (!file) {
			file = pages(sizeof *file);
			if (!file)
				return NULL;
			for (unsigned c = 0; c < CDS_CHANNELS; c++)
				file->channel[c].socket = file->channel[c].shared = -1;
			if (!atomic_compare_exchange_strong(&files[n], &none, file)) {
				munmap(file, sizeof *file);
				file = none;
			}
		}
		int free = 0;
		if (atomic_compare_exchange_strong(&file->references, &free, 1)) {
			atomic_store(&file->events[0], -1);
			atomic_store(&file->events[1], -1);
			return file;
		}
	}
	return NULL;
}

void cds_file_share(struct cds_file *file, int descriptor)
{
	_Atomic(struct cds_file *) *entry = entry_of(descriptor, true);
	if (!entry)
		return; /* it will be recognised when it is used */
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
	this_process();
	struct cds_file *before = atomic_exchange(entry, NULL);
	if (before)
		cds_file_put(before);
}

bool cds_is_hidden(int descriptor)
{
	if (!cds_any_files() || descriptor < 0)
		return false;
	for (unsigned n = 0; n < FILES; n++) {
		struct cds_file *file = atomic_load(&files[n]);
		if (!file || atomic_load(&file->references) == 0)
			continue;
		for (unsigned c = 0; c < CDS_CHANNELS; c++) {
			struct cds_channel *channel = &file->channel[c];
			if (atomic_load(&channel->state) != CDS_EMPTY && (channel->socket == descriptor || channel->shared == descriptor))
				return true;
		}
		if (atomic_load(&file->events[0]) == descriptor || atomic_load(&file->events[1]) == descriptor)
			return true;
	}
	return false;
}

/* The program puts something of its own where one of the shim's descriptors stands: that one moves away, or is lost. */
void cds_give_up(int descriptor)
{
	for (unsigned n = 0; n < FILES; n++) {
		struct cds_file *file = atomic_load(&files[n]);
		for (unsigned c = 0; file && c < CDS_CHANNELS; c++) {
			struct cds_channel *channel = &file->channel[c];
			if (atomic_load(&channel->state) == CDS_EMPTY)
				continue;
			if (channel->socket == descriptor)
				channel->socket = (int)syscall(SYS_fcntl, descriptor, F_DUPFD_CLOEXEC, descriptor + 1);
			if (channel->shared == descriptor)
				channel->shared = (int)syscall(SYS_fcntl, descriptor, F_DUPFD_CLOEXEC, descriptor + 1);
		}
		for (int e = 0; file && e < 2; e++) {
			int expected = descriptor;
			if (atomic_load(&file->events[e]) == descriptor)
				atomic_compare_exchange_strong(&file->events[e], &expected, (int)syscall(SYS_fcntl, descriptor, F_DUPFD_CLOEXEC, descriptor + 1));
		}
	}
}

static int begin_file(int descriptor, uint8_t type, struct cds_file **result)
{
	struct stat status;
	if (!atomic_load(&process) && !first_time())
		return -ENOMEM;
	this_process();
	struct cds_file *file = claim();
	if (!file)
		return -ENFILE;
	int error = cds_channel_open(&file->channel[0], descriptor, type, file);
	if (error != 0) {
		atomic_store(&file->references, 0);
		return error;
	}
	file->inode = fstat(descriptor, &status) == 0 ? (uint64_t)status.st_ino : 0;
	atomic_store(&file->channel[0].state, CDS_FREE);
	cds_file_share(file, descriptor);
	*result = file;
	return 0;
}

/* A descriptor that came through exec, over a socket, or by a way of duplication that is not watched. */
struct cds_file *cds_file_recognise(int descriptor, int *error)
{
	int domain = 0, type = 0, mark = 0, saved = errno;
	socklen_t size = sizeof(int);
	struct cds_file *file = NULL;
	if (getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_SEQPACKET || getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0 ||
	    domain != AF_UNIX || getsockopt(descriptor, SOL_SOCKET, SO_RCVLOWAT, &mark, &size) != 0 || mark != CDS_MARK) {
		*error = 0; /* not ours */
	} else {
		*error = begin_file(descriptor, CDS_CHANNEL, &file);
	}
	errno = saved;
	return file;
}

/* -ENOENT: nobody serves there. */
int cds_file_open(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *path = getenv("CRYPTODEV_SOCKET");
	const int mark = CDS_MARK;
	struct cds_file *file;
	if (!path || !*path)
		path = DEFAULT_SOCKET;
	if (strlen(path) >= sizeof address.sun_path)
		return -ENOENT;
	strcpy(address.sun_path, path);
	int descriptor = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (descriptor < 0)
		return -errno;
	int result;
	do
		result = connect(descriptor, (struct sockaddr *)&address, sizeof address) == 0 ? 0 : -errno;
	while (result == -EINTR);
	if (result != 0) {
		result = result == -EACCES || result == -EPERM ? -EACCES : -ENOENT;
	} else if (setsockopt(descriptor, SOL_SOCKET, SO_RCVLOWAT, &mark, sizeof mark) != 0 || shutdown(descriptor, SHUT_RD) != 0) {
		result = -errno;
	} else {
		result = begin_file(descriptor, CDS_OPEN, &file);
		if (result == 0)
			cds_file_put(file); /* the table keeps it */
		else if (result == -ENOTCONN || result == -EPROTO)
			result = -ENOENT;
	}
	if (result == 0)
		return descriptor;
	syscall(SYS_close, descriptor);
	return result;
}

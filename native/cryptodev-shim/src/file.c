#define _FILE_OFFSET_BITS 64
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
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

struct line {
	size_t length;
	char text[256];
};

static void add_text(struct line *line, const char *text)
{
	while (*text && line->length < sizeof line->text)
		line->text[line->length++] = *text++;
}

static void add_number(struct line *line, unsigned number)
{
	char digits[12], *at = digits + sizeof digits - 1;
	*at = 0;
	do
		*--at = (char)('0' + number % 10);
	while ((number /= 10) != 0);
	add_text(line, at);
}

/* Writes one line to stderr if the user set CRYPTODEV_DEBUG. */
static void explain(const char *path, const char *what, unsigned user)
{
	const char *debug = getenv("CRYPTODEV_DEBUG");
	struct line line = { 0 };
	if (!debug || !*debug)
		return;
	add_text(&line, "libcryptodev-shim: ");
	add_text(&line, path);
	add_text(&line, what);
	if (user != UINT32_MAX)
		add_number(&line, user);
	line.text[line.length < sizeof line.text ? line.length++ : sizeof line.text - 1] = '\n';
	syscall(SYS_write, STDERR_FILENO, line.text, line.length);
}

/*
 * A server can read and write the memory that its clients name. So it must run as the program's own user, or as root.
 */
static int check_server(int descriptor, const char *path)
{
	struct ucred server = { .uid = UINT32_MAX };
	socklen_t size = sizeof server;
	if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &server, &size) != 0)
		return -errno;
	if (server.uid == 0 || server.uid == geteuid())
		return 0;
	explain(path, " is served by another user, who is not trusted: user ", server.uid);
	return -ECONNREFUSED;
}

/* -ENOENT: there is no server. */
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
	if (result != 0)
		result = result == -EACCES || result == -EPERM ? -EACCES : -ENOENT;
	else
		result = check_server(descriptor, path);
	if (result == 0 && setsockopt(descriptor, SOL_SOCKET, SO_RCVLOWAT, &mark, sizeof mark) != 0)
		result = -errno;
	if (result == 0) {
		result = begin_file(descriptor, CDS_OPEN, &file);
		if (result == 0)
			cds_file_put(file); /* the table keeps it */
		else if (result == -EPROTO)
			explain(path, " does not speak the shim's protocol: ", CDS_VERSION);
		if (result == -ENOTCONN || result == -EPROTO)
			result = -ENOENT;
	}
	if (result == 0)
		return descriptor;
	syscall(SYS_close, descriptor);
	return result;
}

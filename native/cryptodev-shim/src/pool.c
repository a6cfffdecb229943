#include "shim.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * Each call has its own channel: a free one, or a new one. If the limit is reached, it waits for the first one that is
 * returned.
 */

static struct cds_channel *find_channel(struct cds_file *file, int descriptor, int *error)
{
	for (unsigned n = 0; n < CDS_CHANNELS; n++) {
		struct cds_channel *channel = cds_file_channel(file, n);
		unsigned state = CDS_FREE;
		if (!channel) {
			*error = n > 0 ? 0 : -ENOMEM;
			return NULL;
		}
		if (atomic_compare_exchange_strong(&channel->state, &state, CDS_BUSY))
			return channel;
		if (state != CDS_EMPTY || !atomic_compare_exchange_strong(&channel->state, &state, CDS_BUSY))
			continue;
		*error = cds_channel_open(channel, descriptor, CDS_CHANNEL);
		if (*error == 0)
			return channel;
		atomic_store(&channel->state, CDS_EMPTY);
		if (n > 0 && *error != -ENOTCONN)
			*error = 0; /* no more can be opened; wait until one of these is free */
		return NULL;
	}
	*error = 0;
	return NULL;
}

static struct cds_channel *take_channel(struct cds_file *file, int descriptor, int *error)
{
	struct cds_channel *channel = find_channel(file, descriptor, error);
	if (channel || *error != 0)
		return channel;
	atomic_fetch_add(&file->waiters, 1);
	for (;;) {
		unsigned returned = atomic_load(&file->returned);
		channel = find_channel(file, descriptor, error);
		if (channel || *error != 0)
			break;
		syscall(SYS_futex, &file->returned, FUTEX_WAIT_PRIVATE, returned, NULL);
	}
	atomic_fetch_sub(&file->waiters, 1);
	return channel;
}

static void return_channel(struct cds_file *file, struct cds_channel *channel)
{
	bool broken = channel->broken;
	if (broken)
		cds_channel_close(channel);
	atomic_store(&channel->state, broken ? CDS_EMPTY : CDS_FREE);
	if (atomic_load(&file->waiters) == 0)
		return;
	atomic_fetch_add(&file->returned, 1);
	syscall(SYS_futex, &file->returned, FUTEX_WAKE_PRIVATE, 1);
}

int cds_file_ioctl(struct cds_file *file, int descriptor, uint32_t request, uint64_t argument)
{
	for (int turn = 0;; turn++) {
		int error = 0, installed;
		struct cds_channel *channel = take_channel(file, descriptor, &error);
		if (!channel)
			return error;
		int result = cds_channel_ioctl(channel, &file->map, request, argument, &installed);
		bool never_sent = channel->broken && channel->socket < 0;
		return_channel(file, channel);
		struct cds_file *fresh = installed >= 0 ? cds_file_recognise(installed, &error) : NULL;
		if (fresh)
			cds_file_put(fresh); /* from now on the table has it, for read, write and poll */
		if (!never_sent || turn == CDS_CHANNELS)
			return result;
	}
}

int cds_file_events(struct cds_file *file, int descriptor, int descriptors[2])
{
	int error = 0, fresh[2];
	for (int n = 0; n < 2; n++)
		descriptors[n] = atomic_load(&file->events[n]);
	if (descriptors[0] >= 0 && descriptors[1] >= 0)
		return 0;
	struct cds_channel *channel = take_channel(file, descriptor, &error);
	if (!channel)
		return error;
	int result = cds_channel_events(channel, fresh);
	return_channel(file, channel);
	for (int n = 0; n < 2 && result == 0; n++) {
		int none = -1, hidden = cds_hide(fresh[n]);
		if (!atomic_compare_exchange_strong(&file->events[n], &none, hidden)) {
			syscall(SYS_close, hidden);
			hidden = none;
		}
		descriptors[n] = hidden;
	}
	return result;
}

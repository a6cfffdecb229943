#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SHARED_LEAST (256u << 10)

struct cds_pieces {
	uint64_t start, end;
};

static int answer(struct cds_channel *channel, uint32_t type, int32_t value, uint64_t size)
{
	struct cds_answer words = { type, value, size };
	struct iovec piece = { &words, sizeof words };
	return cds_send(channel->socket, &piece, 1);
}

/*
 * Another thread or process may receive the answer to this request, and this thread may receive theirs. All answers are
 * equivalent.
 */
int cds_channel_open(struct cds_channel *channel, int control, uint8_t type)
{
	struct cds_hello hello = { .magic = CDS_MAGIC, .version = CDS_VERSION, .type = type };
	struct cds_reply reply;
	struct iovec piece = { &hello, sizeof hello };
	int descriptor, result = cds_send(control, &piece, 1);
	if (result != 0)
		return result == -EBADF ? -ENOTCONN : result;
	piece = (struct iovec){ &reply, sizeof reply };
	ssize_t length = cds_receive(control, &piece, 1, 0, &descriptor, 1);
	if (length < (ssize_t)sizeof reply)
		result = length == -ENOMEM ? -ENOMEM : -ENOTCONN;
	else if (reply.type != CDS_WELCOME || reply.result > 0)
		result = -EPROTO;
	else if (reply.result != 0 || descriptor < 0)
		result = reply.result != 0 ? reply.result : -EMFILE; /* this process has no free descriptor */
	if (result != 0) {
		if (descriptor >= 0)
			syscall(SYS_close, descriptor);
		return result;
	}
	channel->socket = cds_hide(descriptor);
	channel->shared = -1;
	channel->shared_size = 0;
	channel->broken = false;
	memset(channel->lengths, 0, sizeof channel->lengths);
	return 0;
}

int cds_channel_describe(struct cds_channel *channel, struct cds_map *map, int *transfer_error)
{
	struct cds_reply reply;
	struct iovec pieces[2] = { { &reply, sizeof reply }, { map->bytes, sizeof map->bytes } };
	int none, result = answer(channel, CDS_DESCRIBE, sizeof(void *), 0);
	if (result != 0)
		return -ENOTCONN;
	ssize_t length = cds_receive(channel->socket, pieces, 2, 0, &none, 1);
	if (none >= 0)
		syscall(SYS_close, none);
	if (length < (ssize_t)sizeof reply)
		return length == -ENOMEM ? -ENOMEM : -ENOTCONN;
	if (reply.type != CDS_MAP || !cds_map_check(map, (size_t)length - sizeof reply, reply.count))
		return -EPROTO;
	*transfer_error = (int)reply.address;
	return 0;
}

void cds_channel_close(struct cds_channel *channel)
{
	if (channel->shared >= 0)
		syscall(SYS_close, channel->shared);
	if (channel->socket >= 0)
		syscall(SYS_close, channel->socket);
	channel->shared = channel->socket = -1;
	channel->shared_size = 0;
}

static int lost(struct cds_channel *channel, int result)
{
	channel->broken = true;
	if (result == -EBADF)
		channel->socket = -1; /* the number may belong to another file now */
	return result;
}

/* The server may refuse the memory. Then the call is sent without these bytes, and the server asks for them. */
static int share(struct cds_channel *channel, uint64_t wanted)
{
	struct cds_reply reply;
	struct iovec piece = { &reply, sizeof reply };
	int descriptor;
	uint64_t size = SHARED_LEAST;
	while (size < wanted)
		size *= 2;
	int result = answer(channel, CDS_SHARE, 0, size);
	if (result != 0)
		return lost(channel, result);
	ssize_t length = cds_receive(channel->socket, &piece, 1, 0, &descriptor, 1);
	if (length != sizeof reply || reply.type != CDS_SHARED) {
		if (descriptor >= 0)
			syscall(SYS_close, descriptor);
		return lost(channel, -ECONNABORTED);
	}
	if (descriptor < 0)
		return 0;
	if (channel->shared >= 0)
		syscall(SYS_close, channel->shared);
	channel->shared = cds_hide(descriptor);
	channel->shared_size = size;
	return 0;
}

/*
 * The kernel copies between the file and the caller's memory. So the shim never accesses that memory itself, and no
 * mapping can fail.
 */
static long transfer(int file, bool in, uint64_t address, size_t length, uint64_t at)
{
	long call = in ? SYS_pwrite64 : SYS_pread64;
#if defined(__LP64__)
	return syscall(call, file, address, length, at);
#elif defined(__i386__)
	return syscall(call, file, (uint32_t)address, length, (uint32_t)at, (uint32_t)(at >> 32));
#else
	/*
	 * These machines pass a 64-bit number in a pair of registers that starts at an even register, so one argument
	 * is padding.
	 */
	return syscall(call, file, (uint32_t)address, length, 0, (uint32_t)at, (uint32_t)(at >> 32));
#endif
}

static bool place(int file, bool in, uint64_t address, uint64_t length, uint64_t at)
{
	while (length > 0) {
		size_t piece = length > INT_MAX ? INT_MAX : (size_t)length;
		long done = transfer(file, in, address, piece, at);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		address += (uint64_t)done;
		at += (uint64_t)done;
		length -= (uint64_t)done;
	}
	return true;
}

static int fill_shared(struct cds_channel *channel, struct cds_plan *plan)
{
	if (plan->placed > channel->shared_size) {
		int result = share(channel, plan->placed);
		if (result != 0)
			return result;
		if (plan->placed > channel->shared_size)
			return -EFAULT;
	}
	for (unsigned n = 0; n < plan->segments; n++) {
		const struct cds_segment *segment = &plan->segment[n];
		if ((segment->flags & (CDS_PLACED | CDS_IN)) == (CDS_PLACED | CDS_IN) &&
		    !place(channel->shared, true, segment->address, segment->length, segment->place))
			return -EFAULT;
	}
	return 0;
}

static int send_call(struct cds_channel *channel, struct cds_plan *plan, uint32_t request, uint64_t argument)
{
	struct cds_call call = { CDS_IOCTL, request, argument, plan->segments, sizeof(void *) };
	int result = plan->placed > 0 ? fill_shared(channel, plan) : 0;
	if (channel->broken)
		return result;
	if (result == 0) {
		plan->in[0] = (struct iovec){ &call, sizeof call };
		plan->in[1] = (struct iovec){ plan->segment, plan->segments * sizeof plan->segment[0] };
		result = cds_send(channel->socket, plan->in, 2 + plan->ins);
		if (result == 0 || result == -ENOTCONN || result == -EBADF)
			return result == 0 ? 0 : lost(channel, result);
	}

	/*
	 * A field that the map describes as a pointer holds a bad address. Only the server knows whether the call uses
	 * it. So send no segments. The server then asks for the bytes that it needs.
	 */
	plan->segments = plan->ins = plan->outs = 0;
	call.segments = 0;
	struct iovec piece = { &call, sizeof call };
	result = cds_send(channel->socket, &piece, 1);
	return result == 0 ? 0 : lost(channel, result);
}

static int give(struct cds_channel *channel, struct cds_plan *plan, uint64_t address, uint32_t length)
{
	struct cds_answer words = { CDS_DATA, 0, length };
	struct iovec pieces[2] = { { &words, sizeof words }, { (void *)(uintptr_t)address, length } };
	cds_plan_note_length(plan, address, length, false);
	int result = (uintptr_t)address != address ? -EFAULT : cds_send(channel->socket, pieces, 2);
	return result == 0 || result == -ENOTCONN ? result : answer(channel, CDS_FAULT, 0, 0);
}

/*
 * After EFAULT it is not known whether the kernel removed the message. So everything before the answer to this question
 * is stale.
 */
static int resynchronise(struct cds_channel *channel)
{
	struct cds_reply reply;
	struct iovec piece = { &reply, sizeof reply };
	int descriptor, result = answer(channel, CDS_PING, 0, 0);
	if (result != 0)
		return lost(channel, result);
	do {
		ssize_t length = cds_receive(channel->socket, &piece, 1, 0, &descriptor, 1);
		if (descriptor >= 0)
			syscall(SYS_close, descriptor);
		if (length < (ssize_t)sizeof reply)
			return lost(channel, -ECONNABORTED);
	} while (reply.type != CDS_PONG);
	return -EFAULT;
}

/*
 * Receives a message with results for which no segment was offered. First read its table, then receive all bytes
 * straight into their places.
 */
static int take_write(struct cds_channel *channel, struct cds_plan *plan, struct cds_pieces *run)
{
	struct cds_reply reply;
	struct cds_segment *table = plan->segment; /* the offered segments are not used any more */
	struct iovec *pieces = plan->out;
	bool good = true;
	pieces[0] = (struct iovec){ &reply, sizeof reply };
	pieces[1] = (struct iovec){ table, sizeof plan->segment };
	ssize_t length = cds_receive(channel->socket, pieces, 2, MSG_PEEK, NULL, 0);
	if (length < (ssize_t)sizeof reply || reply.type != CDS_WRITES || reply.count > CDS_SEGMENTS ||
	    (size_t)length < sizeof reply + reply.count * sizeof *table)
		return lost(channel, length < 0 ? (int)length : -EPROTO);
	pieces[1].iov_len = reply.count * sizeof *table;
	size_t count = 2, bytes = sizeof reply + pieces[1].iov_len;
	for (uint32_t n = 0; n < reply.count; n++) {
		if (table[n].address != run->end)
			run->start = table[n].address;
		run->end = table[n].address + table[n].length;
		if (run->end - run->start <= UINT32_MAX)
			cds_plan_note_length(plan, run->start, (uint32_t)(run->end - run->start), true);
		if (table[n].flags & CDS_PLACED) {
			good &= channel->shared >= 0 && place(channel->shared, false, table[n].address, table[n].length, table[n].place);
			continue;
		}
		good &= cds_is_plausible(table[n].address, table[n].length);
		pieces[count++] = (struct iovec){ (void *)(uintptr_t)table[n].address, table[n].length };
		bytes += table[n].length;
	}
	if (good)
		length = cds_receive(channel->socket, pieces, count, 0, NULL, 0);
	if (!good || length == -EFAULT)
		return resynchronise(channel);
	return (size_t)length == bytes ? 0 : lost(channel, length < 0 ? (int)length : -EPROTO);
}

static int take_writes(struct cds_channel *channel, struct cds_plan *plan, uint32_t messages)
{
	struct cds_pieces run = { 0, 0 }; /* a long result arrives in several pieces */
	int result = 0;
	while (messages-- > 0 && result == 0)
		result = take_write(channel, plan, &run);
	return result;
}

static int take_shared(struct cds_channel *channel, const struct cds_plan *plan, uint64_t filled)
{
	bool good = true;
	for (unsigned n = 0; n < plan->segments; n++) {
		const struct cds_segment *segment = &plan->segment[n];
		if (filled >> n & 1 && segment->flags & CDS_PLACED)
			good &= place(channel->shared, false, segment->address, segment->length, segment->place);
	}
	return good ? 0 : -EFAULT;
}

static int install(struct cds_channel *channel, int descriptor, int *installed)
{
	/* Like the kernels' CRIOGET: the program decides whether to set close-on-exec. */
	if (descriptor >= 0)
		syscall(SYS_fcntl, descriptor, F_SETFD, 0);
	int result = answer(channel, CDS_INSTALLED, descriptor >= 0 ? descriptor : -EMFILE, 0);
	if (result == 0)
		*installed = descriptor;
	return result;
}

static int finish(struct cds_channel *channel, struct cds_plan *plan, const struct cds_reply *reply)
{
	int result = reply->count > 0 ? take_writes(channel, plan, reply->count) : 0;
	if (result == 0 && reply->filled != 0)
		result = take_shared(channel, plan, reply->filled);
	return result != 0 ? result : reply->result;
}

int cds_channel_ioctl(struct cds_channel *channel, const struct cds_map *map, uint32_t request, uint64_t argument, int *installed)
{
	struct cds_plan *plan = &channel->plan;
	struct cds_reply reply;
	const struct cds_map_entry *entry = cds_map_find(map, request);
	*installed = -1;
	cds_plan_make(plan, map, entry, argument, channel->lengths);
	int result = send_call(channel, plan, request, argument);
	if (result != 0)
		return result;
	for (;;) {
		int descriptor;
		plan->out[0] = (struct iovec){ &reply, sizeof reply };
		ssize_t length = cds_receive(channel->socket, plan->out, 1 + plan->outs, 0, &descriptor, 1);
		if (length == -EFAULT)
			return resynchronise(channel);
		if (length < (ssize_t)sizeof reply)
			return lost(channel, length < 0 ? (int)length : -ECONNABORTED);
		if (descriptor >= 0 && reply.type != CDS_INSTALL)
			syscall(SYS_close, descriptor);
		switch (reply.type) {
		case CDS_DONE:
			return finish(channel, plan, &reply);
		case CDS_NEED:
			result = give(channel, plan, reply.address, reply.length);
			break;
		case CDS_INSTALL:
			result = install(channel, descriptor, installed);
			break;
		default:
			result = -EPROTO;
			break;
		}
		if (result != 0)
			return lost(channel, result);
	}
}

int cds_channel_events(struct cds_channel *channel, int descriptors[2])
{
	struct cds_reply reply;
	struct iovec piece = { &reply, sizeof reply };
	int result = answer(channel, CDS_READINESS, 0, 0);
	if (result != 0)
		return lost(channel, result);
	ssize_t length = cds_receive(channel->socket, &piece, 1, 0, descriptors, 2);
	if (length == sizeof reply && reply.type == CDS_EVENTS && (reply.result != 0 || descriptors[1] >= 0))
		return reply.result;
	for (int n = 0; n < 2; n++)
		if (descriptors[n] >= 0)
			syscall(SYS_close, descriptors[n]);
	return lost(channel, -ECONNABORTED);
}

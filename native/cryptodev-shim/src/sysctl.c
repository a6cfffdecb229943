/*
 * sysctl and sysctlbyname, which no libc of Linux has any more. The names of the device are the server's; another name is the next
 * definition's, if there is one. The kernel copies to and from the caller's memory, as it does for an ioctl, so a bad pointer is EFAULT.
 */
#include "shim.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PREFIX "kern."
#define NUMBERS 2 /* all names of the device have as many */

typedef int sysctl_function(const int *, unsigned, void *, size_t *, const void *, size_t);
typedef int by_name_function(const char *, void *, size_t *, const void *, size_t);

struct values { /* as the caller gave them */
	void *oldp;
	size_t *oldlenp;
	const void *newp;
	size_t newlen;
};

static void *bytes(const void *at)
{
	return (void *)(uintptr_t)at;
}

static int send_question(int server, const void *name, size_t length, unsigned numbers, const struct values *values)
{
	static const uint64_t none;
	struct cds_hello hello = { .magic = CDS_MAGIC, .version = CDS_VERSION, .type = CDS_SYSCTL };
	struct cds_sysctl asked = { .new_length = values->newp ? values->newlen : 0,
				    .flags = (values->oldp ? CDS_OLD : 0) | (values->newp ? CDS_NEW : 0),
				    .numbers = numbers,
				    .name_length = (uint32_t)length,
				    .word_size = sizeof(void *) };
	size_t fresh = asked.new_length < CDS_VALUE_MOST ? (size_t)asked.new_length : CDS_VALUE_MOST;
	struct iovec pieces[] = { { &hello, sizeof hello },
				  { values->oldp && values->oldlenp ? values->oldlenp : bytes(&none), sizeof(size_t) },
				  { bytes(&none), sizeof asked.room - sizeof(size_t) },
				  { &asked.new_length, sizeof asked - offsetof(struct cds_sysctl, new_length) },
				  { bytes(name), length },
				  { bytes(values->newp), fresh } };
	return cds_send(server, pieces, sizeof pieces / sizeof pieces[0]);
}

static int take_answer(int server, const struct values *values)
{
	struct cds_reply reply;
	uint64_t ignored[2];
	struct iovec pieces[] = { { &reply, sizeof reply },
				  { values->oldlenp ? values->oldlenp : (void *)&ignored[0], sizeof(size_t) },
				  { &ignored[1], sizeof ignored[1] - sizeof(size_t) },
				  { values->oldp, 0 } };
	ssize_t length = cds_receive(server, pieces, 1, MSG_PEEK, NULL, 0);
	if (length < (ssize_t)sizeof reply)
		return length < 0 ? (int)length : -ECONNABORTED;
	if (reply.type != CDS_VALUE || reply.result > 0 || reply.length > (values->oldp ? CDS_VALUE_MOST : 0))
		return -EPROTO;
	if (reply.result != 0 && reply.result != -ENOMEM)
		return reply.result;
	pieces[3].iov_len = reply.length;
	length = cds_receive(server, pieces, sizeof pieces / sizeof pieces[0], 0, NULL, 0);
	if (length < 0)
		return (int)length;
	return (size_t)length == sizeof reply + sizeof ignored[0] + reply.length ? reply.result : -EPROTO;
}

/* 0 or -errno. -ENOENT: the server does not know the name, or there is no server. */
static int ask(const void *name, size_t length, unsigned numbers, const struct values *values)
{
	int saved = errno, server = cds_server_connect(), result = server;
	if (server >= 0) {
		result = send_question(server, name, length, numbers, values);
		if (result == 0)
			result = take_answer(server, values);
		syscall(SYS_close, server);
	}
	if (result == -EPROTO) {
		cds_server_is_foreign();
		result = -ENOENT;
	}
	errno = saved;
	return result == -ENOTCONN || result == -ECONNABORTED ? -ENOENT : result;
}

static int told(int result)
{
	if (result == 0)
		return 0;
	errno = -result;
	return -1;
}

int sysctl(const int *, unsigned, void *, size_t *, const void *, size_t);
EXPORT int sysctl(const int *name, unsigned numbers, void *oldp, size_t *oldlenp, const void *newp, size_t newlen)
{
	struct values values = { oldp, oldlenp, newp, newlen };
	int result = numbers == NUMBERS ? ask(name, NUMBERS * sizeof *name, NUMBERS, &values) : -ENOENT;
	sysctl_function *next = (sysctl_function *)(uintptr_t)cds_next(CDS_NEXT_sysctl);
	return result == -ENOENT && next ? next(name, numbers, oldp, oldlenp, newp, newlen) : told(result);
}

int sysctlbyname(const char *, void *, size_t *, const void *, size_t);
EXPORT int sysctlbyname(const char *name, void *oldp, size_t *oldlenp, const void *newp, size_t newlen)
{
	struct values values = { oldp, oldlenp, newp, newlen };
	size_t length = strlen(name);
	bool may_be = length <= CDS_NAME_MOST && strncmp(name, PREFIX, sizeof PREFIX - 1) == 0;
	int result = may_be ? ask(name, length, 0, &values) : -ENOENT;
	by_name_function *next = (by_name_function *)(uintptr_t)cds_next(CDS_NEXT_sysctlbyname);
	return result == -ENOENT && next ? next(name, oldp, oldlenp, newp, newlen) : told(result);
}

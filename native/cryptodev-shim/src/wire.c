#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FIRST_HIDDEN 500 /* above the small numbers that programs expect for their own files */

/* Use plain system calls: ioctl is not a cancellation point, but the functions of libc are. */

/* Only a control socket can be non-blocking, because the program holds it and can set that. A call must wait even then. */
static void wait_for(int socket, short events)
{
	struct pollfd entry = { .fd = socket, .events = events };
	syscall(SYS_ppoll, &entry, 1ul, NULL, NULL, 0ul);
}

int cds_send(int socket, struct iovec *pieces, size_t count)
{
	struct msghdr message = { .msg_iov = pieces, .msg_iovlen = count };
	for (;;) {
		if (syscall(SYS_sendmsg, socket, &message, MSG_NOSIGNAL) >= 0)
			return 0;
		if (errno == EAGAIN)
			wait_for(socket, POLLOUT);
		if (errno == EINTR || errno == EAGAIN)
			continue; /* nothing was sent */
		if (errno == EBADF || errno == ENOTSOCK)
			return -EBADF; /* it was closed by a call that the shim does not intercept */
		return errno == EFAULT || errno == EMSGSIZE || errno == ENOMEM || errno == ENOBUFS ? -errno : -ENOTCONN;
	}
}

ssize_t cds_receive(int socket, struct iovec *pieces, size_t count, int flags, int *descriptors, int wanted)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(2 * sizeof(int))];
	} control;
	struct msghdr message = { .msg_iov = pieces, .msg_iovlen = count };
	ssize_t length;
	for (int n = 0; n < wanted; n++)
		descriptors[n] = -1;

	/* Like the kernels' drivers: a call that was sent is waited for. Signal handlers run meanwhile. */
	for (;;) {
		message.msg_control = &control;
		message.msg_controllen = sizeof control;
		length = syscall(SYS_recvmsg, socket, &message, MSG_CMSG_CLOEXEC | flags);
		if (length < 0 && errno == EAGAIN)
			wait_for(socket, POLLIN);
		else if (length >= 0 || errno != EINTR)
			break;
	}
	if (length <= 0)
		return length < 0 && (errno == EFAULT || errno == ENOMEM) ? -errno : -ECONNABORTED;

	for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
		if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
			continue;
		int came = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
		for (int n = 0; n < came; n++) {
			int descriptor;
			memcpy(&descriptor, CMSG_DATA(header) + (size_t)n * sizeof descriptor, sizeof descriptor);
			if (n < wanted)
				descriptors[n] = descriptor;
			else
				syscall(SYS_close, descriptor);
		}
	}
	return length;
}

static atomic_int lowest_hidden = INT32_MAX;

int cds_hide(int descriptor)
{
	int hidden = (int)syscall(SYS_fcntl, descriptor, F_DUPFD_CLOEXEC, FIRST_HIDDEN);
	if (hidden >= 0)
		syscall(SYS_close, descriptor);
	else
		hidden = descriptor; /* if the limit of descriptors is low, it keeps its number */
	int lowest = atomic_load(&lowest_hidden);
	while (hidden < lowest && !atomic_compare_exchange_weak(&lowest_hidden, &lowest, hidden))
		;
	return hidden;
}

bool cds_may_be_hidden(int descriptor)
{
	return descriptor >= atomic_load_explicit(&lowest_hidden, memory_order_relaxed);
}

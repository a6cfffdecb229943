#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FIRST_HIDDEN 500 /* out of the way of programs that expect small numbers */

/* Plain system calls: ioctl is no cancellation point, and the functions of libc are. */

int cds_send(int socket, struct iovec *pieces, size_t count, int descriptor)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr message = { .msg_iov = pieces, .msg_iovlen = count };
	if (descriptor >= 0) {
		memset(&control, 0, sizeof control);
		message.msg_control = &control;
		message.msg_controllen = sizeof control;
		struct cmsghdr *header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof descriptor);
		memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
	}
	for (;;) {
		if (syscall(SYS_sendmsg, socket, &message, MSG_NOSIGNAL) >= 0)
			return 0;
		if (errno == EINTR)
			continue; /* nothing was sent */
		if (errno == EBADF || errno == ENOTSOCK)
			return -EBADF; /* closed by a way that is not watched */
		return errno == EFAULT || errno == EMSGSIZE || errno == ENOMEM || errno == ENOBUFS ? -errno : -ENOTCONN;
	}
}

ssize_t cds_receive(int socket, struct iovec *pieces, size_t count, int flags, int *descriptors, int wanted)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(2 * sizeof(int))];
	} control;
	struct msghdr message = { .msg_iov = pieces, .msg_iovlen = count, .msg_control = &control, .msg_controllen = sizeof control };
	ssize_t length;
	for (int n = 0; n < wanted; n++)
		descriptors[n] = -1;

	/* As the kernels' own: a call that was handed over is waited for; a signal's handler runs meanwhile. */
	do
		length = syscall(SYS_recvmsg, socket, &message, MSG_CMSG_CLOEXEC | flags);
	while (length < 0 && errno == EINTR);
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

int cds_hide(int descriptor)
{
	int hidden = (int)syscall(SYS_fcntl, descriptor, F_DUPFD_CLOEXEC, FIRST_HIDDEN);
	if (hidden < 0)
		return descriptor; /* few descriptors allowed: where it stands will do */
	syscall(SYS_close, descriptor);
	return hidden;
}

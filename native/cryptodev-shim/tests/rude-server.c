/*
 * A server that does not keep to the protocol: rude-server SEED ROUNDS PROGRAM. Serves a socket at $CRYPTODEV_SOCKET, answers each
 * message of the program with anything, and has it run again and again. The program must end by itself, and by no signal.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../src/protocol.h"

static unsigned seed;

static unsigned any(unsigned bound)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 8) % bound;
}

/* To who asks for a channel. -1: it got none. */
static int welcome(int control)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(2 * sizeof(int))];
	} space;
	struct cds_reply reply = { .type = any(10) ? CDS_WELCOME : any(40), .result = any(10) ? 0 : (int)any(200) - 100,
				   .address = CDS_VERSION };
	struct iovec piece = { &reply, any(10) ? sizeof reply : any(sizeof reply) };
	struct msghdr message = { .msg_iov = &piece, .msg_iovlen = 1 };
	int ends[2], sent[2], count = any(10) ? 1 : (int)any(3);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return -1;
	sent[0] = sent[1] = ends[1];
	if (count > 0) {
		memset(&space, 0, sizeof space);
		message.msg_control = &space;
		message.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
		struct cmsghdr *header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
		memcpy(CMSG_DATA(header), sent, (size_t)count * sizeof(int));
	}
	sendmsg(control, &message, MSG_NOSIGNAL);
	close(ends[1]);
	return ends[0];
}

static void describe(int channel)
{
	unsigned char bytes[sizeof(struct cds_reply) + 4096];
	struct cds_reply reply = { .type = any(10) ? CDS_MAP : any(40), .result = any(10) ? 0 : (int)any(200) - 100, .count = any(4) };
	size_t length = sizeof reply + any(3) * sizeof(struct cds_map_entry) + any(4) * sizeof(struct cds_map_field);
	for (size_t n = 0; n < sizeof bytes; n++)
		bytes[n] = (unsigned char)(any(3) ? any(16) : any(256));
	memcpy(bytes, &reply, sizeof reply);
	if (reply.count == 1 && any(2)) {
		/* A map that says something about CIOCCRYPT of 64-bit programs. */
		struct cds_map_entry entry = { .request = 0xc0306368, .size = 48, .direction = 3, .first = 0, .fields = 1 };
		struct cds_map_field field = { .pointer = (uint16_t)any(44), .length = (uint16_t)any(44), .width = (uint8_t)any(9),
					       .unit = (uint8_t)any(3), .flags = (uint16_t)any(64), .size = any(100000),
					       .low = (uint16_t)any(46), .high = (uint16_t)any(46), .index = (uint16_t)any(3) };
		memcpy(bytes + sizeof reply, &entry, sizeof entry);
		memcpy(bytes + sizeof reply + sizeof entry, &field, sizeof field);
		length = sizeof reply + sizeof entry + sizeof field;
	}
	send(channel, bytes, length, MSG_NOSIGNAL);
}

static void answer(int channel)
{
	static unsigned char bytes[CDS_MESSAGE];
	ssize_t came = recv(channel, bytes, sizeof bytes, 0);
	if (came <= 0)
		return;
	if (came == sizeof(struct cds_answer) && bytes[0] == CDS_DESCRIBE) {
		describe(channel);
		return;
	}
	struct cds_reply reply = { .type = any(8) ? CDS_WELCOME + any(9) : any(300), .result = (int)any(3) - 1,
				   .address = any(2) ? any(100000) : (uint64_t)(uintptr_t)&reply,
				   .length = any(3) ? any(200) : any(1u << 30), .count = any(3) ? 0 : any(100),
				   .filled = any(3) ? 0 : seed };
	if (reply.type == CDS_INSTALL)
		reply.type = CDS_DONE;
	/* Never more than the caller has room for: where a server may write is its client's word. */
	send(channel, &reply, any(6) ? sizeof reply : any(sizeof reply), MSG_NOSIGNAL);
}

/* To who asks for a sysctl, and its connection then ends. Never more than the longest value, for which the program has room. */
static void tell_value(int connection)
{
	unsigned char bytes[sizeof(struct cds_reply) + 8 + CDS_VALUE_MOST];
	struct cds_reply reply = { .type = any(8) ? CDS_VALUE : any(40), .result = any(3) ? 0 : (int)any(200) - 100,
				   .length = any(3) ? any(CDS_VALUE_MOST) : any(1u << 30), .count = any(100) };
	for (size_t n = 0; n < sizeof bytes; n++)
		bytes[n] = (unsigned char)any(256);
	memcpy(bytes, &reply, sizeof reply);
	size_t whole = sizeof reply + 8 + (reply.length <= CDS_VALUE_MOST ? reply.length : 0);
	if (any(10))
		send(connection, bytes, any(4) ? whole : any(sizeof bytes), MSG_NOSIGNAL);
	shutdown(connection, SHUT_RDWR);
}

int main(int count, char **words)
{
	if (count < 4)
		return 2;
	seed = (unsigned)atoi(words[1]);
	int rounds = atoi(words[2]), listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	strncpy(address.sun_path, getenv("CRYPTODEV_SOCKET"), sizeof address.sun_path - 1);
	unlink(address.sun_path);
	if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 8) != 0)
		return 2;
	for (int round = 0; round < rounds; round++) {
		unsigned used = seed;
		pid_t child = fork();
		if (child == 0) {
			setenv("LD_PRELOAD", getenv("SHIM"), 1);
			freopen("/dev/null", "w", stdout);
			execv(words[3], words + 3);
			_exit(126);
		}
		struct pollfd entries[64] = { { .fd = listener, .events = POLLIN } };
		nfds_t all = 1;
		int kinds[64] = { 0 }, status = 0;
		for (int turn = 0; waitpid(child, &status, WNOHANG) == 0; turn++) {
			/* One that hangs would wait for an answer that never comes: all its sockets are closed after a while. */
			if (turn > 300)
				for (; all > 1; all--)
					close(entries[all - 1].fd);
			if (poll(entries, all, 20) <= 0)
				continue;
			for (nfds_t n = 0; n < all; n++) {
				_Alignas(8) unsigned char bytes[64];
				if (!entries[n].revents)
					continue;
				if (n == 0) {
					int control = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
					if (all < 64 && turn <= 300) {
						kinds[all] = 1;
						entries[all++] = (struct pollfd){ .fd = control, .events = POLLIN };
					} else {
						close(control);
					}
				} else if (kinds[n] == 1 && !(entries[n].revents & POLLHUP)) {
					if (recv(entries[n].fd, bytes, sizeof bytes, 0) <= 0) {
						entries[n].fd = -1 - entries[n].fd;
						continue;
					}
					if (((struct cds_hello *)bytes)->type == CDS_SYSCTL) {
						tell_value(entries[n].fd);
						entries[n].fd = -1 - entries[n].fd;
						continue;
					}
					int channel = welcome(entries[n].fd);
					if (channel >= 0 && all < 64) {
						kinds[all] = 2;
						entries[all++] = (struct pollfd){ .fd = channel, .events = POLLIN };
					} else if (channel >= 0) {
						close(channel);
					}
				} else if (kinds[n] == 2 && !(entries[n].revents & POLLHUP)) {
					answer(entries[n].fd);
				} else {
					entries[n].fd = -1 - entries[n].fd;
				}
			}
		}
		for (nfds_t n = 1; n < all; n++)
			close(entries[n].fd < 0 ? -1 - entries[n].fd : entries[n].fd);
		if (!WIFEXITED(status) || WEXITSTATUS(status) > 2) {
			printf("rude-server: seed %u: %s %d\n", used, WIFEXITED(status) ? "exit code" : "signal",
			       WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
			return 1;
		}
	}
	unlink(address.sun_path);
	printf("rude-server: %d runs ended by themselves\n", rounds);
	return 0;
}

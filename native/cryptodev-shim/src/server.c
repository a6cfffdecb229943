#include "shim.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#define DEFAULT_SOCKET "/run/cryptodev.sock"

static const char *socket_path(void)
{
	const char *path = getenv("CRYPTODEV_SOCKET");
	return path && *path ? path : DEFAULT_SOCKET;
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
static void explain(const char *what, unsigned user)
{
	const char *path = socket_path();
	const char *debug = getenv("CRYPTODEV_DEBUG");
	struct line line = { 0 };
	if (!debug || !*debug)
		return;
	add_text(&line, "libcryptodev-shim: ");
	add_text(&line, path);
	add_text(&line, what);
	add_number(&line, user);
	line.text[line.length < sizeof line.text ? line.length++ : sizeof line.text - 1] = '\n';
	syscall(SYS_write, STDERR_FILENO, line.text, line.length);
}

/*
 * A server can read and write the memory that its clients name. So it must run as the program's own user, or as root.
 */
static int check_server(int descriptor)
{
	struct ucred server = { .uid = UINT32_MAX };
	socklen_t size = sizeof server;
	if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &server, &size) != 0)
		return -errno;
	if (server.uid == 0 || server.uid == geteuid())
		return 0;
	explain(" is served by another user, who is not trusted: user ", server.uid);
	return -ECONNREFUSED;
}

int cds_server_connect(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *path = socket_path();
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
		result = check_server(descriptor);
	if (result == 0)
		return descriptor;
	syscall(SYS_close, descriptor);
	return result;
}

void cds_server_is_foreign(void)
{
	explain(" does not speak the shim's protocol: ", CDS_VERSION);
}

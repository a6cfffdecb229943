/*
 * Who listens: a server of another user than the program's own or root is not used, and told under CRYPTODEV_DEBUG. As root only, with
 * the shim and without a server: plays both. Ends with 77 where it is not root.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "check.h"

#define ITS_USER 1
#define OTHER_USER 2

/* Lets everybody connect, and ends each connection at once. */
static pid_t serve(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int ready[2];
	char byte;
	strncpy(address.sun_path, path, sizeof address.sun_path - 1);
	CHECK(pipe(ready) == 0);
	pid_t server = fork();
	if (server == 0) {
		int listener = socket(AF_UNIX, SOCK_SEQPACKET, 0);
		if (setgid(ITS_USER) != 0 || setuid(ITS_USER) != 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
		    chmod(path, 0666) != 0 || listen(listener, 8) != 0 || write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			close(accept(listener, NULL, NULL));
	}
	close(ready[1]);
	CHECK(read(ready[0], &byte, 1) == 1);
	close(ready[0]);
	return server;
}

/* Opens as that user; what it said on stderr. */
static void opens_as(uid_t user, int error, char *said, size_t room)
{
	int lines[2];
	CHECK(pipe(lines) == 0);
	pid_t client = fork();
	if (client == 0) {
		dup2(lines[1], STDERR_FILENO);
		if (setgid(user) != 0 || setuid(user) != 0)
			_exit(2);
		_exit(open("/dev/crypto", O_RDWR) == -1 && errno == error ? 0 : 1);
	}
	close(lines[1]);
	ssize_t length = read(lines[0], said, room - 1);
	said[length > 0 ? length : 0] = 0;
	close(lines[0]);
	CHECK(child_succeeds(client));
}

int main(void)
{
	char folder[] = "/tmp/cryptodev-strangers-XXXXXX", path[64], said[512];
	if (getuid() != 0)
		return 77;
	CHECK(mkdtemp(folder) != NULL && chmod(folder, 0777) == 0);
	snprintf(path, sizeof path, "%s/socket", folder);
	setenv("CRYPTODEV_SOCKET", path, 1);
	pid_t server = serve(path);
	opens_as(OTHER_USER, ECONNREFUSED, said, sizeof said);
	CHECK(said[0] == 0);
	setenv("CRYPTODEV_DEBUG", "1", 1);
	opens_as(OTHER_USER, ECONNREFUSED, said, sizeof said);
	CHECK(strstr(said, path) && strstr(said, "user 1\n"));
	opens_as(0, ECONNREFUSED, said, sizeof said);
	/* Its own user's: it is asked, and does not answer. */
	opens_as(ITS_USER, ENOENT, said, sizeof said);
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	unlink(path);
	rmdir(folder);
	return finish("strangers");
}

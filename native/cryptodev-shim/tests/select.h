/* select and pselect on the device and others: each check also holds on a real device, by the kernel's own. */
#ifndef SHIM_TESTS_SELECT_H
#define SHIM_TESTS_SELECT_H

#include <signal.h>
#include <sys/select.h>
#include <sys/time.h>

#include "check.h"

static volatile sig_atomic_t select_signals;

static void on_select_signal(int number)
{
	(void)number;
	select_signals++;
}

static fd_set set_of(int one, int other)
{
	fd_set set;
	FD_ZERO(&set);
	FD_SET(one, &set);
	if (other >= 0)
		FD_SET(other, &set);
	return set;
}

static void check_select_times(int device)
{
	fd_set in = set_of(device, -1);
	struct timeval none = { 0, 0 }, moment = { 0, 20000 }, carried = { 0, 1020000 }, bad = { 0, -1 };
	struct timespec fine = { 0, 10000000 }, too_fine = { 0, 1000000000 };
	CHECK(select(device + 1, &in, NULL, NULL, &none) == 0 && !FD_ISSET(device, &in));
	in = set_of(device, -1);
	CHECK(select(device + 1, &in, NULL, NULL, &moment) == 0 && !FD_ISSET(device, &in) && moment.tv_sec == 0 && moment.tv_usec == 0);
	in = set_of(device, -1);
	CHECK(select(device + 1, &in, NULL, NULL, &carried) == 0 && carried.tv_sec == 0 && carried.tv_usec == 0);
	in = set_of(device, -1);
	FAILS(select(device + 1, &in, NULL, NULL, &bad), EINVAL);
	CHECK(FD_ISSET(device, &in));
	CHECK(pselect(device + 1, &in, NULL, NULL, &fine, NULL) == 0 && !FD_ISSET(device, &in) && fine.tv_sec == 0 && fine.tv_nsec == 10000000);
	in = set_of(device, -1);
	FAILS(pselect(device + 1, &in, NULL, NULL, &too_fine, NULL), EINVAL);
}

static void check_select_others(int device, int has_room)
{
	int ends[2], gone = dup(device);
	struct timeval long_time = { 1000, 0 };
	CHECK(pipe(ends) == 0 && write(ends[1], "x", 1) == 1 && gone >= 0 && close(gone) == 0);
	int most = ends[1] > device ? ends[1] : device;
	fd_set in = set_of(device, ends[0]), out = set_of(device, ends[1]), except = set_of(device, ends[0]);
	CHECK(select(most + 1, &in, &out, &except, &long_time) == 2 + has_room);
	CHECK(FD_ISSET(ends[0], &in) && !FD_ISSET(device, &in) && FD_ISSET(ends[1], &out) && !FD_ISSET(device, &out) == !has_room);
	CHECK(!FD_ISSET(device, &except) && !FD_ISSET(ends[0], &except));
	/* Linux tells what is left. */
	CHECK(long_time.tv_sec < 1000 && long_time.tv_sec > 0);

	/* One that is not open is an error, and the sets are as they were. */
	in = set_of(device, gone);
	FAILS(select((gone > device ? gone : device) + 1, &in, NULL, NULL, NULL), EBADF);
	CHECK(FD_ISSET(device, &in) && FD_ISSET(gone, &in));

	/* Numbers from the count on are not looked at; and a count as large as the table leaves what lies behind the set alone. */
	struct timeval none = { 0, 0 };
	in = set_of(device, -1);
	CHECK(select(device, &in, NULL, NULL, &none) == 0);
	fd_set *edge = (fd_set *)at_edge(sizeof *edge);
	*edge = set_of(device, ends[0]);
	/* A memory checker has descriptors of its own at the end of the table. */
	if (!getenv("SHIM_TESTS_GOOD_POINTERS"))
		CHECK(select(getdtablesize(), edge, NULL, NULL, NULL) == 1 && FD_ISSET(ends[0], edge) && !FD_ISSET(device, edge));
	close(ends[0]);
	close(ends[1]);
}

static void check_select_signals(int device)
{
	struct sigaction action = { .sa_handler = on_select_signal };
	sigset_t blocked, before, during;
	fd_set in = set_of(device, -1);
	sigaction(SIGUSR2, &action, NULL);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR2);
	sigprocmask(SIG_BLOCK, &blocked, &before);
	during = before;
	sigdelset(&during, SIGUSR2);
	raise(SIGUSR2);
	CHECK(select_signals == 0);
	/* It waits, and is let through by the mask for the wait alone. */
	FAILS(pselect(device + 1, &in, NULL, NULL, NULL, &during), EINTR);
	CHECK(select_signals == 1 && FD_ISSET(device, &in));
	raise(SIGUSR2);
	struct timespec moment = { 0, 1000000 };
	CHECK(pselect(device + 1, &in, NULL, NULL, &moment, NULL) == 0 && select_signals == 1);
	sigprocmask(SIG_SETMASK, &before, NULL);
	CHECK(select_signals == 2);
}

/* With nothing to fetch; has_room: the dialect tells whether another request would be taken. */
static void check_select(int device, int has_room)
{
	check_select_times(device);
	check_select_others(device, has_room);
	check_select_signals(device);
}

/* Waits for something to fetch. */
static int select_result(int device)
{
	fd_set in = set_of(device, -1);
	return select(device + 1, &in, NULL, NULL, NULL) == 1 && FD_ISSET(device, &in);
}

#endif

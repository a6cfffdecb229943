/* The functions of libc that wait for descriptors. A set or a list without a device is passed to libc unchanged. */
#include "shim.h"

#include <limits.h>
#include <stdlib.h>
#include <time.h>

typedef int poll_function(struct pollfd *, nfds_t, int);
typedef int ppoll_function(struct pollfd *, nfds_t, const void *, const void *);
typedef int select_function(int, unsigned long *, unsigned long *, unsigned long *, void *);
typedef int pselect_function(int, unsigned long *, unsigned long *, unsigned long *, const void *, const void *);

struct plain_wait {
	poll_function *next;
	int timeout;
};

static int wait_plain(struct pollfd *entries, nfds_t count, void *state)
{
	struct plain_wait *wait = state;
	return wait->next(entries, count, wait->timeout);
}

EXPORT int poll(struct pollfd *entries, nfds_t count, int timeout)
{
	NEXT(poll_function *, poll)
	struct plain_wait wait = { next, timeout };
	return cds_any_files() ? cds_poll(entries, count, wait_plain, &wait) : next(entries, count, timeout);
}

int __poll_chk(struct pollfd *, nfds_t, int, size_t);
EXPORT int __poll_chk(struct pollfd *entries, nfds_t count, int timeout, size_t room)
{
	if (room / sizeof *entries < count)
		abort();
	return poll(entries, count, timeout);
}

struct masked_wait {
	ppoll_function *next;
	const void *timeout, *mask;
};

static int wait_masked(struct pollfd *entries, nfds_t count, void *state)
{
	struct masked_wait *wait = state;
	return wait->next(entries, count, wait->timeout, wait->mask);
}

/* Time and mask are only passed on. So their types, which depend on the word size of time_t, do not matter. */
#define PPOLL(symbol, function)                                                                                       \
	EXPORT int function(struct pollfd *entries, nfds_t count, const void *timeout, const void *mask)              \
	{                                                                                                             \
		NEXT(ppoll_function *, symbol)                                                                        \
		struct masked_wait wait = { next, timeout, mask };                                                    \
		return cds_any_files() ? cds_poll(entries, count, wait_masked, &wait) : next(entries, count, timeout, mask); \
	}

int cds_ppoll(struct pollfd *, nfds_t, const void *, const void *) __asm__("ppoll");
PPOLL(ppoll, cds_ppoll)
int __ppoll_chk(struct pollfd *, nfds_t, const void *, const void *, size_t);
EXPORT int __ppoll_chk(struct pollfd *entries, nfds_t count, const void *timeout, const void *mask, size_t room)
{
	if (room / sizeof *entries < count)
		abort();
	return cds_ppoll(entries, count, timeout, mask);
}

/* ppoll by this name takes the default time_t of programs that do not choose one. */
_Static_assert(sizeof(time_t) == sizeof(long), "build the shim without _TIME_BITS=64");

static int wait_for_sets(struct pollfd *entries, nfds_t count, void *state)
{
	NEXT(ppoll_function *, ppoll)
	struct masked_wait *wait = state;
	return next(entries, count, wait->timeout, wait->mask);
}

/* False: the time is invalid. select accepts any number of microseconds, also more than a second. pselect does not. */
static bool time_of(struct timespec *time, int64_t seconds, int64_t parts, int64_t per_second, bool carries)
{
	if (seconds < 0 || parts < 0 || (!carries && parts >= per_second)) {
		errno = EINVAL;
		return false;
	}
	seconds += parts / per_second;
	*time = (struct timespec){ .tv_sec = (time_t)(seconds > INT_MAX ? INT_MAX : seconds),
				   .tv_nsec = (long)(parts % per_second * (1000000000 / per_second)) };
	return true;
}

static struct timespec after(const struct timespec *time, const struct timespec *start)
{
	struct timespec now, left;
	clock_gettime(CLOCK_MONOTONIC, &now);
	left.tv_sec = time->tv_sec - (now.tv_sec - start->tv_sec);
	left.tv_nsec = time->tv_nsec - (now.tv_nsec - start->tv_nsec);
	if (left.tv_nsec < 0) {
		left.tv_sec--;
		left.tv_nsec += 1000000000;
	} else if (left.tv_nsec >= 1000000000) {
		left.tv_sec++;
		left.tv_nsec -= 1000000000;
	}
	return left.tv_sec < 0 ? (struct timespec){ 0, 0 } : left;
}

/* Linux's select always writes back the time that is left, also after an error. */
#define SELECT(symbol, function, time_type)                                                                                        \
	int function(int, unsigned long *, unsigned long *, unsigned long *, void *) __asm__(#symbol);                              \
	EXPORT int function(int count, unsigned long *in, unsigned long *out, unsigned long *except, void *timeout)                \
	{                                                                                                                          \
		NEXT(select_function *, symbol)                                                                                    \
		unsigned long *const sets[3] = { in, out, except };                                                                \
		time_type *given = timeout;                                                                                        \
		struct timespec time, start;                                                                                       \
		struct masked_wait wait = { NULL, given ? &time : NULL, NULL };                                                    \
		int looked_at = count;                                                                                             \
		if (!cds_any_files() || !cds_select_has_own(&looked_at, sets))                                                     \
			return next(count, in, out, except, timeout);                                                              \
		if (!given)                                                                                                        \
			return cds_select(looked_at, sets, wait_for_sets, &wait);                                                  \
		if (!time_of(&time, given->seconds, given->parts, 1000000, true))                                                  \
			return -1;                                                                                                 \
		clock_gettime(CLOCK_MONOTONIC, &start);                                                                            \
		int result = cds_select(looked_at, sets, wait_for_sets, &wait);                                                    \
		time = after(&time, &start);                                                                                       \
		given->seconds = time.tv_sec;                                                                                      \
		given->parts = time.tv_nsec / 1000;                                                                                \
		return result;                                                                                                     \
	}

#define PSELECT(symbol, function, time_type)                                                                                       \
	int function(int, unsigned long *, unsigned long *, unsigned long *, const void *, const void *) __asm__(#symbol);          \
	EXPORT int function(int count, unsigned long *in, unsigned long *out, unsigned long *except, const void *timeout, const void *mask) \
	{                                                                                                                          \
		NEXT(pselect_function *, symbol)                                                                                   \
		unsigned long *const sets[3] = { in, out, except };                                                                \
		const time_type *given = timeout;                                                                                  \
		struct timespec time;                                                                                              \
		struct masked_wait wait = { NULL, given ? &time : NULL, mask };                                                    \
		int looked_at = count;                                                                                             \
		if (!cds_any_files() || !cds_select_has_own(&looked_at, sets))                                                     \
			return next(count, in, out, except, timeout, mask);                                                        \
		if (given && !time_of(&time, given->seconds, given->parts, 1000000000, false))                                     \
			return -1;                                                                                                 \
		return cds_select(looked_at, sets, wait_for_sets, &wait);                                                          \
	}

/* The two time structs of libc: a number of seconds, and a number of fractions of a second. */
struct plain_time {
	time_t seconds;
	long parts;
};
SELECT(select, cds_select_plain, struct plain_time)
PSELECT(pselect, cds_pselect_plain, struct plain_time)

/* 32-bit programs compiled for a 64-bit time_t call these. */
#if !defined(__LP64__)
struct wide_time {
	int64_t seconds, parts;
};
struct wide_fine_time {
	int64_t seconds;
	int32_t parts, unused;
};
int __ppoll64(struct pollfd *, nfds_t, const void *, const void *);
PPOLL(__ppoll64, __ppoll64)
SELECT(__select64, cds_select_wide, struct wide_time)
PSELECT(__pselect64, cds_pselect_wide, struct wide_fine_time)
#endif

/*
 * sysctl of a served device, in the dialect of the header: sysctl [absent|next|rude]. Only root sets: ends with 77 where it is not root.
 *   absent   there is no server: no name is known
 *   next     another definition of the two functions comes after the shim's (next-sysctl.c)
 *   rude     the server answers anything: the program ends by itself
 */
#define _GNU_SOURCE
#include <crypto/cryptodev.h>
#include <sys/sysctl.h>

#include "check.h"

#define NOBODY 65534

enum { USER, ASYM, SOFT };

#ifdef KERN_USERCRYPTO
static const int numbers[] = { KERN_USERCRYPTO, KERN_USERASYMCRYPTO, KERN_CRYPTODEVALLOWSOFT };
static const int standard[] = { 1, 0, 0 }, allowing = 1, forbidding = 0;
#elif defined(CRYPTO_FLAG_SOFTWARE)
static const int standard[] = { 1, 1, 0 }, allowing = 1, forbidding = 0;
#else
static const int standard[] = { 1, 1, 1 }, allowing = 0, forbidding = 1;
#endif

static int call(int which, void *oldp, size_t *oldlenp, const void *newp, size_t newlen)
{
#ifdef KERN_USERCRYPTO
	const int name[] = { CTL_KERN, numbers[which] };
	return sysctl(name, 2, oldp, oldlenp, newp, newlen);
#else
	static const char *const names[] = { "kern.usercrypto", "kern.userasymcrypto", "kern.cryptodevallowsoft" };
	return sysctlbyname(names[which], oldp, oldlenp, newp, newlen);
#endif
}

static int unknown(void *oldp, size_t *oldlenp)
{
#ifdef KERN_USERCRYPTO
	const int name[] = { CTL_KERN, 9999 };
	return sysctl(name, 2, oldp, oldlenp, NULL, 0);
#else
	return sysctlbyname("kern.cryptodevallowsof", oldp, oldlenp, NULL, 0);
#endif
}

static int value_of(int which)
{
	int value = -99;
	size_t length = sizeof value;
	CHECK(call(which, &value, &length, NULL, 0) == 0 && length == sizeof value);
	return value;
}

static int set(int which, int value)
{
	return call(which, NULL, NULL, &value, sizeof value);
}

static int session(int device, uint32_t *id)
{
	uint8_t key[16] = { 1 };
#ifdef CRYPTO_FLAG_SOFTWARE
	struct session2_op op;
	memset(&op, 0, sizeof op);
	op.crid = CRYPTO_FLAG_HARDWARE | CRYPTO_FLAG_SOFTWARE;
	const unsigned long request = CIOCGSESSION2;
#else
	struct session_op op;
	memset(&op, 0, sizeof op);
	const unsigned long request = CIOCGSESSION;
#endif
	op.cipher = CRYPTO_AES_CBC;
	op.keylen = sizeof key;
	op.key = (void *)key;
	int result = ioctl(device, request, &op);
	*id = op.ses;
	return result;
}

static int encrypt(int device, uint32_t id, uint32_t length)
{
	uint8_t data[32] = { 0 }, iv[16] = { 0 };
	struct crypt_op op;
	memset(&op, 0, sizeof op);
	op.ses = id;
	op.op = COP_ENCRYPT;
	op.len = length;
	op.src = op.dst = (void *)data;
	op.iv = (void *)iv;
	return ioctl(device, CIOCCRYPT, &op);
}

/* The opened device, or the context that it gives. */
static int context(void)
{
	int device = open("/dev/crypto", O_RDWR | O_CLOEXEC);
	uint32_t number;
	if (device >= 0 && ioctl(device, CRIOGET, &number) == 0) {
		CHECK(close(device) == 0);
		device = (int)number;
	}
	return device;
}

static void lengths(void)
{
	uint8_t room[8];
	int value = 0;
	size_t length = 99;
	for (int which = USER; which <= SOFT; which++)
		CHECK(value_of(which) == standard[which]);
	CHECK(call(SOFT, NULL, &length, NULL, 0) == 0 && length == sizeof(int));
	CHECK(call(SOFT, NULL, NULL, NULL, 7) == 0);
	memset(room, 0xa5, sizeof room);
	length = sizeof room;
	CHECK(call(SOFT, room, &length, NULL, 0) == 0 && length == sizeof(int) && room[sizeof(int)] == 0xa5);
	memset(room, 0xa5, sizeof room);
	length = 2;
	FAILS(call(SOFT, room, &length, NULL, 0), ENOMEM);
	CHECK(length == 2 && room[1] == 0 && room[2] == 0xa5);
	FAILS(call(SOFT, room, NULL, NULL, 0), ENOMEM);
	length = sizeof value;
	FAILS(unknown(&value, &length), ENOENT);
	CHECK(length == sizeof value);

	FAILS(call(SOFT, (void *)8, &length, NULL, 0), EFAULT);
	FAILS(call(SOFT, &value, (void *)8, NULL, 0), EFAULT);
	FAILS(call(SOFT, NULL, (void *)8, NULL, 0), EFAULT);
	FAILS(call(SOFT, NULL, NULL, (void *)8, sizeof value), EFAULT);
	/* Nor can a value go to a page that may not be written. */
	FAILS(call(SOFT, read_only(), &length, NULL, 0), EFAULT);
#ifdef KERN_USERCRYPTO
	FAILS(sysctl((void *)8, 2, &value, &length, NULL, 0), EFAULT);
	const int longer[] = { CTL_KERN, KERN_USERCRYPTO, 0 };
	FAILS(sysctl(longer, 3, &value, &length, NULL, 0), ENOENT);
#endif
}

static void setting(void)
{
	const int new = allowing;
	int old = -99;
	long wide = allowing;
	size_t length = sizeof old;
	uint32_t id, refused, features = 99;
	FAILS(call(SOFT, NULL, NULL, &new, 2), EINVAL);
	FAILS(call(SOFT, NULL, NULL, &new, 0), EINVAL);
	CHECK(value_of(SOFT) == standard[SOFT]);
	int device = context();
	CHECK(device >= 0 && session(device, &id) == -1);

	/* The old value comes with the new one; with too little room for it nothing is set. */
	length = 1;
	FAILS(call(SOFT, &old, &length, &new, sizeof new), ENOMEM);
	CHECK(value_of(SOFT) == standard[SOFT]);
	length = sizeof old;
	CHECK(call(SOFT, &old, &length, &new, sizeof new) == 0 && old == standard[SOFT] && value_of(SOFT) == new);
	CHECK(session(device, &id) == 0 && encrypt(device, id, 32) == 0);
#ifdef CRYPTO_FLAG_SOFTWARE
	CHECK(call(SOFT, NULL, NULL, &wide, 8) == 0);
#else
	FAILS(call(SOFT, NULL, NULL, &wide, 8), EINVAL);
#endif

	/* Sessions that are open stay. */
	CHECK(set(SOFT, forbidding) == 0 && session(device, &refused) == -1 && encrypt(device, id, 32) == 0);
	CHECK(set(SOFT, allowing) == 0 && session(device, &refused) == 0);
	CHECK(set(ASYM, 0) == 0 && ioctl(device, CIOCASYMFEAT, &features) == 0 && features == 0);
	CHECK(set(ASYM, 1) == 0 && value_of(ASYM) == 1);

	/* So do files, and who shuts the device can open it again. */
	CHECK(set(USER, 0) == 0);
	FAILS(open("/dev/crypto", O_RDWR), ENXIO);
	CHECK(encrypt(device, id, 32) == 0 && value_of(USER) == 0 && set(USER, 1) == 0);
	int second = context();
	CHECK(second >= 0 && close(second) == 0 && close(device) == 0);
	CHECK(set(ASYM, standard[ASYM]) == 0 && set(SOFT, standard[SOFT]) == 0);
}

static void as_nobody(void)
{
	pid_t child = fork();
	if (child == 0) {
		int before = failed;
		if (setgid(NOBODY) != 0 || setuid(NOBODY) != 0)
			_exit(2);
		CHECK(value_of(USER) == 1);
		FAILS(set(USER, 0), EPERM);
		FAILS(set(SOFT, allowing), EPERM);
		CHECK(value_of(USER) == 1 && value_of(SOFT) == standard[SOFT]);
		_exit(failed == before ? 0 : 1);
	}
	CHECK(child_succeeds(child));
}

#ifdef CRYPTODEV_FREEBSD_RELEASE
static void statistics(void)
{
#if CRYPTODEV_FREEBSD_RELEASE < 13
	static const char name[] = "kern.crypto_stats", foreign[] = "kern.crypto.stats";
#else
	static const char name[] = "kern.crypto.stats", foreign[] = "kern.crypto_stats";
#endif
	struct cryptostats before, after, none;
	size_t length = sizeof before;
	uint32_t id;
	memset(&none, 0, sizeof none);
	FAILS(sysctlbyname(foreign, &before, &length, NULL, 0), ENOENT);
	CHECK(set(SOFT, allowing) == 0);
	int device = context();
	CHECK(device >= 0 && session(device, &id) == 0);
	CHECK(sysctlbyname(name, &before, &length, NULL, 0) == 0 && length == sizeof before);
	CHECK(encrypt(device, id, 32) == 0 && encrypt(device, id, 16) == 0);
	FAILS(encrypt(device, id, 31), EINVAL); /* which the framework never sees */
	CHECK(sysctlbyname(name, &after, &length, NULL, 0) == 0);
	CHECK(after.cs_ops == before.cs_ops + 2 && after.cs_errs == before.cs_errs && after.cs_kops == before.cs_kops);
	CHECK(sysctlbyname(name, NULL, NULL, &none, sizeof none) == 0);
	memset(&after, 0xff, sizeof after);
	CHECK(sysctlbyname(name, &after, &length, NULL, 0) == 0 && memcmp(&after, &none, sizeof after) == 0);
	CHECK(close(device) == 0 && set(SOFT, standard[SOFT]) == 0);
}
#endif

static int rude(void)
{
	for (int turn = 0; turn < 20; turn++) {
		uint8_t room[CRK_MAXPARAM * 64];
		size_t length = sizeof room;
		if (call(turn % 3, turn % 5 ? room : NULL, &length, turn % 2 ? &turn : NULL, sizeof turn) == 0 && turn % 5)
			room[0] ^= 1;
	}
	return 0;
}

int main(int count, char **words)
{
	const char *what = count > 1 ? words[1] : "";
	int value = 0;
	size_t length = sizeof value;
	if (strcmp(what, "rude") == 0)
		return rude();
	if (strcmp(what, "absent") == 0) {
		FAILS(call(SOFT, &value, &length, NULL, 0), ENOENT);
		FAILS(set(SOFT, 1), ENOENT);
		return finish(what);
	}
	if (strcmp(what, "next") == 0) {
		/* The device's names stay the server's. */
		CHECK(value_of(USER) == 1);
		CHECK(unknown(&value, &length) == 0 && value == 4711);
		return finish(what);
	}
	lengths();
	if (geteuid() != 0) {
		FAILS(set(USER, 1), EPERM);
		return failed ? finish("sysctl") : 77;
	}
	setting();
	as_nobody();
#ifdef CRYPTODEV_FREEBSD_RELEASE
	statistics();
#endif
	return finish("sysctl");
}

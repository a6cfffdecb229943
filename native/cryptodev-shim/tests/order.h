/* What the programs in the call order of the BSDs' own tests share: the sysctl that lets software serve, and who may set it. */
#ifndef SHIM_TESTS_ORDER_H
#define SHIM_TESTS_ORDER_H

#include "check.h"

#include <sys/sysctl.h>

static int sysctl_of(const int *number, const char *name, int *old, const int *new)
{
	size_t length = sizeof *old;
#ifdef KERN_USERCRYPTO
	const int full[] = { CTL_KERN, *number };
	(void)name;
	return sysctl(full, 2, old, old ? &length : NULL, new, new ? sizeof *new : 0);
#else
	(void)number;
	return sysctlbyname(name, old, old ? &length : NULL, new, new ? sizeof *new : 0);
#endif
}

/* The program of a test has set the switch; the old value. Who is not root cannot, and the test is left out. */
static int allow(const int *number, const char *name, int value)
{
	int old = 0;
	CHECK(sysctl_of(number, name, &old, NULL) == 0);
	if (geteuid() != 0) {
		FAILS(sysctl_of(number, name, NULL, &value), EPERM);
		printf("only root sets %s\n", name);
		exit(failed ? 1 : 77);
	}
	CHECK(sysctl_of(number, name, NULL, &value) == 0);
	return old;
}

#endif

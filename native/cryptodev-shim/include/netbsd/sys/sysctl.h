/*
 * What NetBSD's programs of /dev/crypto take from sys/sysctl.h, which today's libc of Linux has no more. A header of this
 * project: the declarations are facts. The names that mean something beside a served device:
 *
 *   kern.usercrypto          int: whether programs may open the device
 *   kern.userasymcrypto      int: whether they may have key operations
 *   kern.cryptodevallowsoft  int: 0 or less lets software serve them, more does not
 *
 * The kernel gives them numbers as it comes up, so a program finds them by name.
 */
#ifndef CRYPTODEV_NETBSD_SYSCTL_H
#define CRYPTODEV_NETBSD_SYSCTL_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CTL_KERN 1

/* 0, or -1 and errno. At oldp there is room for *oldlenp bytes, and as many as the value has are told; newp may be NULL. */
int sysctl(const int *name, unsigned int namelen, void *oldp, size_t *oldlenp, const void *newp, size_t newlen);
int sysctlbyname(const char *name, void *oldp, size_t *oldlenp, const void *newp, size_t newlen);

#ifdef __cplusplus
}
#endif

#endif

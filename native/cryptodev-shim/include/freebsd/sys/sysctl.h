/*
 * What FreeBSD's programs of /dev/crypto take from sys/sysctl.h, which today's libc of Linux has no more. A header of this
 * project: the declarations are facts. The names that mean something beside a served device:
 *
 *   kern.usercrypto          int: whether programs may open the device
 *   kern.userasymcrypto      int: whether they may have key operations (to 13, there kern.crypto.asym_enable too)
 *   kern.cryptodevallowsoft  int: whether software may serve them; since 13 kern.crypto.allow_soft, the old name stays
 *   kern.crypto_stats        struct cryptostats of crypto/cryptodev.h (to 12; since 13 kern.crypto.stats)
 *
 * The kernel gives them numbers as it comes up, so a program finds them by name.
 */
#ifndef CRYPTODEV_FREEBSD_SYSCTL_H
#define CRYPTODEV_FREEBSD_SYSCTL_H

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

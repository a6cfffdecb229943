/*
 * What OpenBSD's programs of /dev/crypto take from sys/sysctl.h, which today's libc of Linux has no more. A header of this
 * project: the declarations are facts. A program names what it wants by two numbers, CTL_KERN and one of these; there is no
 * sysctlbyname in the releases that had the device.
 */
#ifndef CRYPTODEV_OPENBSD_SYSCTL_H
#define CRYPTODEV_OPENBSD_SYSCTL_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CTL_KERN 1
#define KERN_USERCRYPTO 52         /* kern.usercrypto, int: whether programs may open the device */
#define KERN_CRYPTODEVALLOWSOFT 53 /* kern.cryptodevallowsoft, int: whether software may serve them */
#define KERN_USERASYMCRYPTO 60     /* kern.userasymcrypto, int: whether they may have key operations */

/*
 * 0, or -1 and errno. At oldp there is room for *oldlenp bytes, and as many as the value has are told; newp may be NULL. The
 * pointers have no const in those releases; with it their programs compile as well.
 */
int sysctl(const int *name, unsigned int namelen, void *oldp, size_t *oldlenp, const void *newp, size_t newlen);

#ifdef __cplusplus
}
#endif

#endif

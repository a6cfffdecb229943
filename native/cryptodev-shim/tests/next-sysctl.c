/* A definition of sysctl and sysctlbyname that a system or another library may have: each value is 4711. */
#include <stddef.h>

int sysctl(const int *name, unsigned int namelen, void *oldp, size_t *oldlenp, const void *newp, size_t newlen);
int sysctlbyname(const char *name, void *oldp, size_t *oldlenp, const void *newp, size_t newlen);

int sysctlbyname(const char *name, void *oldp, size_t *oldlenp, const void *newp, size_t newlen)
{
	(void)name, (void)newp, (void)newlen;
	if (oldp && *oldlenp >= sizeof(int))
		*(int *)oldp = 4711;
	*oldlenp = sizeof(int);
	return 0;
}

int sysctl(const int *name, unsigned int namelen, void *oldp, size_t *oldlenp, const void *newp, size_t newlen)
{
	(void)name, (void)namelen;
	return sysctlbyname("", oldp, oldlenp, newp, newlen);
}

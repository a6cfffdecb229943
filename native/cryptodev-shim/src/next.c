#include "shim.h"

#include <dlfcn.h>

/*
 * dlsym takes locks and allocates memory, so a signal handler must not call it. All functions are looked up when the
 * library is loaded. Only the constructors of other libraries may run before that.
 */
#define NAME(name) #name,
static const char *const names[] = { CDS_NEXT_LIST(NAME) };
static _Atomic(void *) found[CDS_NEXT_COUNT];
static atomic_bool all_looked_up;

static void *look_up(unsigned which)
{
	void *next = dlsym(RTLD_NEXT, names[which]);
	atomic_store_explicit(&found[which], next, memory_order_relaxed);
	return next;
}

__attribute__((constructor)) static void look_up_all(void)
{
	for (unsigned which = 0; which < CDS_NEXT_COUNT; which++)
		look_up(which);
	atomic_store(&all_looked_up, true);
	(void)dlerror(); /* a function that an old libc lacks must not show as an error to the program */
}

void *cds_next(unsigned which)
{
	void *next = atomic_load_explicit(&found[which], memory_order_relaxed);
	return next || atomic_load_explicit(&all_looked_up, memory_order_relaxed) ? next : look_up(which);
}

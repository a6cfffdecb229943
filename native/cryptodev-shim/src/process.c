#include "shim.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * The kernel zeroes this in a forked child, whatever call made the fork (MADV_WIPEONFORK). Channels belong to one process:
 * a child that inherits them opens its own. A child of vfork shares its parent's memory, and is recognised by its pid.
 */
struct process {
	atomic_int state; /* 0: new process, 1: a thread is handling the fork, 2: ready */
	atomic_int pid;
};
static _Atomic(struct process *) process;
static void (*_Atomic in_child)(void);

void *cds_pages(size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return at == MAP_FAILED ? NULL : at;
}

static void forget_process(void)
{
	struct process *self = atomic_load(&process);
	atomic_store(&self->pid, 0);
	atomic_store(&self->state, 0);
}

static void begin_process(struct process *self)
{
	sigset_t all, before;
	int fresh = 0;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	if (atomic_compare_exchange_strong(&self->state, &fresh, 1)) {
		void (*forked)(void) = atomic_load(&in_child);
		forked();
		atomic_store(&self->pid, (int)getpid());
		atomic_store(&self->state, 2);
	} else {
		while (atomic_load(&self->state) != 2)
			sched_yield();
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
}

void cds_process_check(void)
{
	struct process *self = atomic_load(&process);
	if (self && atomic_load_explicit(&self->state, memory_order_acquire) != 2)
		begin_process(self);
}

bool cds_process_begin(void (*forked)(void))
{
	struct process *none = NULL;
	if (!atomic_load(&process)) {
		struct process *self = cds_pages(sizeof *self);
		if (!self)
			return false;
		atomic_store(&in_child, forked);
		if (!atomic_compare_exchange_strong(&process, &none, self))
			munmap(self, sizeof *self);
		else if (madvise(self, (size_t)sysconf(_SC_PAGESIZE), MADV_WIPEONFORK) != 0)
			pthread_atfork(NULL, NULL, forget_process); /* before Linux 4.14: this notices only forks by libc */
	}
	cds_process_check();
	return true;
}

bool cds_any_files(void)
{
	return atomic_load_explicit(&process, memory_order_relaxed) != NULL;
}

pid_t cds_pid(void)
{
	cds_process_check();
	struct process *self = atomic_load(&process);
	return self ? atomic_load(&self->pid) : getpid();
}

bool cds_is_own_process(void)
{
	cds_process_check();
	struct process *self = atomic_load(&process);
	return !self || atomic_load(&self->pid) == (int)getpid();
}

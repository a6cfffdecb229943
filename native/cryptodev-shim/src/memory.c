#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PIECE 4096 /* a pipe takes this much without waiting */

extern void *__libc_stack_end __attribute__((weak));

/*
 * Most arguments lie in the frame of the calling function. All between here and the end of the first thread's stack is
 * mapped, so no system call has to find that out. Kernels keep 128 MiB below the stack's end free of other mappings:
 * being less far from it means being on that stack, and not on one of a coroutine or of another thread.
 */
static bool on_this_stack(uint64_t address, size_t length)
{
	if (!&__libc_stack_end)
		return false;
	uintptr_t here = (uintptr_t)__builtin_frame_address(0), end = (uintptr_t)__libc_stack_end;
	return here < end && end - here < (64u << 20) && address >= here && address <= end && length <= end - address;
}

/* Where process_vm_readv is forbidden (seccomp filters of old containers): the kernel reads what is written into a pipe. */
static bool through_pipe(unsigned char *to, uint64_t from, size_t length)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	bool good = true;
	while (good && length > 0) {
		size_t piece = length < PIECE ? length : PIECE;
		good = syscall(SYS_write, ends[1], (void *)(uintptr_t)from, piece) == (long)piece && syscall(SYS_read, ends[0], to, piece) == (long)piece;
		from += piece;
		to += piece;
		length -= piece;
	}
	syscall(SYS_close, ends[0]);
	syscall(SYS_close, ends[1]);
	return good;
}

bool cds_read(void *to, uint64_t from, size_t length)
{
	struct iovec local = { to, length }, remote = { (void *)(uintptr_t)from, length };
	if (length == 0)
		return true;
	if ((uintptr_t)from != from)
		return false;
	if (on_this_stack(from, length)) {
		memcpy(to, (const void *)(uintptr_t)from, length);
		return true;
	}
	long done = syscall(SYS_process_vm_readv, cds_pid(), &local, 1ul, &remote, 1ul, 0ul);
	if (done == (long)length)
		return true;
	return done < 0 && errno != EFAULT && through_pipe(to, from, length);
}

#!/bin/bash
# Runs a 32-bit program where the kernel runs none: run-32.sh QEMU PROGRAM ARGUMENT... The emulator passes system calls on to this kernel, so
# the layouts and calls of the 32-bit shim are tried. It copies what a pointer points to by itself: bad pointers are not for it to tell.
emulator=$1
shift
preload=${LD_PRELOAD-}
unset LD_PRELOAD
export SHIM_TESTS_GOOD_POINTERS=1
exec "$emulator" ${preload:+-E "LD_PRELOAD=$preload"} "$@"

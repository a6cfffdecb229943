#!/bin/bash
# Runs a 32-bit program where the kernel runs none: run-32.sh QEMU PROGRAM ARGUMENT...
# The emulator hands system calls to this kernel, so the layouts and calls of the 32-bit shim are tested. Bad pointers are not: the emulator
# copies what a pointer points to before the call.
emulator=$1
shift
preload=${LD_PRELOAD-}
unset LD_PRELOAD
export SHIM_TESTS_GOOD_POINTERS=1
exec "$emulator" ${preload:+-E "LD_PRELOAD=$preload"} "$@"

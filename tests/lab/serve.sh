#!/bin/bash
# Serves /dev/crypto inside a kernel of the lab and drives it with C programs: serve.sh KERNEL. Builds the command first unless
# CRYPTODEV_BUILT=1. The last line is "N passed, N failed"; the exit code is not 0 when one failed or the run did not come to its end.
set -uo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source=tests/lab/patience.sh
. "$here/patience.sh"
[ $# -eq 1 ] || { echo 'usage: serve.sh uml|6.1|6.12|7.2' >&2; exit 2; }
kernel=$1

if [ "${CRYPTODEV_BUILT-}" != 1 ]; then
    "$here/native-command.sh" || exit 1
fi

out=$(mktemp -d)
chmod 755 "$out"    # inside, other users than root run what is there
trap 'rm -rf -- "$out"' EXIT
export LAB_OUT=$out

give_up() {
    [ $# -eq 0 ] || echo "serve.sh: $1" >&2
    echo "0 passed, 1 failed"
    exit 1
}

headers=$root/native/cryptodev-shim/include
compile() { gcc -std=c11 -O2 -Wall -Wextra -Werror -I "$headers/$1" "${@:2}"; }
compile linux "$here/serve/linux-client.c" -o "$out/linux-client" &&
    compile netbsd "$here/serve/netbsd-client.c" -o "$out/netbsd-client" &&
    compile linux "$root/benchmarks/peers/devcrypto-cost.c" -o "$out/devcrypto-cost" &&
    compile linux -shared -fPIC -fvisibility=hidden "$root"/native/cryptodev-shim/src/*.c -o "$out/shim.so" || give_up
# The programs that the shim's tests run, one per dialect: they take a device, and do not know what serves it.
for dialect in linux netbsd freebsd openbsd; do
    for bits in 64 32; do
        [ "$kernel" = uml ] && [ $bits = 32 ] && continue
        options=()
        [ $bits = 64 ] || options=(-m32 -static)
        compile $dialect "${options[@]}" "$root/native/cryptodev-shim/tests/$dialect.c" -o "$out/$dialect-$bits" || give_up
    done
done
# User-Mode Linux runs no 32-bit programs.
if [ "$kernel" != uml ]; then
    compile linux -m32 -static "$here/serve/linux-client.c" -o "$out/linux-client-32" &&
        compile netbsd -m32 -static "$here/serve/netbsd-client.c" -o "$out/netbsd-client-32" ||
        give_up "no 32-bit compiler (package gcc-multilib)"
fi

"$here/lab" run --kernel "$kernel" --timeout "$(step_seconds serve)" -- \
    env CRYPTODEV_COMMAND="$root/build/command/cryptodev" bash "$here/serve/guest.sh" "$out" | tee "$out/output"
code=${PIPESTATUS[0]}
tail -n 1 "$out/output" | grep -qE '^[0-9]+ passed, [0-9]+ failed$' ||
    give_up "the run in $kernel did not come to its end (exit code $code)"
exit "$code"

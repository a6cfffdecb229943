#!/bin/bash
# Prints the ratio tables of the AF_ALG driver inside a lab kernel.
# Usage: benchmarks/run-lab.sh KERNEL [--card] [-- OPTION-OF-RATIO...]
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
kernel=${1-}
[ -n "$kernel" ] || { echo "Name a kernel of the lab: uml, 6.1, 6.12 or 7.2." >&2; exit 2; }
shift
lab_options=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    lab_options+=("$1")
    shift
done
[ $# -eq 0 ] || shift
. benchmarks/build.sh

# First in, first out before everybody else, where that is allowed (root): a guest's system call is several switches of the host's processes, and on a busy host
# others come in between at each of them. Niceness does not help: it counts within one session's group of processes only.
first=()
chrt -f 1 true 2>/dev/null && first=(chrt -f 1)
for comparison in afalg-c afalg-kcapi; do
    "${first[@]}" tests/lab/lab run --kernel "$kernel" "${lab_options[@]}" --timeout 1800 -- dotnet "$BENCHMARKS" ratio $comparison "$@"
    echo
done

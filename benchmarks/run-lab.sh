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
for comparison in afalg-c afalg-kcapi; do
    tests/lab/lab run --kernel "$kernel" "${lab_options[@]}" --timeout 1800 -- dotnet "$BENCHMARKS" ratio $comparison "$@"
    echo
done

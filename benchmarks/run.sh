#!/bin/bash
# Builds the benchmarks with their C peers and prints the ratio tables of the software driver on this machine.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
. benchmarks/build.sh
for comparison in software-ssc software-c; do
    dotnet "$BENCHMARKS" ratio $comparison "$@"
    echo
done
for comparison in software-c software-bigint; do
    dotnet "$BENCHMARKS" powers $comparison
    echo
done

#!/bin/bash
# The sources of the shim call those before them and none after: layers.sh COMPILER SOURCE... (lowest first, as CMakeLists.txt has them)
set -uo pipefail
compiler=$1
shift
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
declare -A home
wrong=0
for source in "$@"; do
    name=$(basename "$source" .c)
    "$compiler" -std=c11 -O1 -fPIC -fvisibility=hidden -fno-inline -c "$source" -o "$work/$name.o" || exit 1
    for symbol in $(nm --defined-only "$work/$name.o" | awk '$2 == "T" { print $3 }'); do home[$symbol]=$name; done
    for symbol in $(nm --undefined-only "$work/$name.o" | awk '$2 ~ /^cds_/ { print $2 }'); do
        [ -n "${home[$symbol]:-}" ] && continue
        echo "layers.sh: $name calls $symbol, which no file before it has" >&2
        wrong=1
    done
done
exit $wrong

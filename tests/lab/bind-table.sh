#!/bin/bash
# Prints, as a Markdown table, which AF_ALG names each kernel of the lab binds. Name kernels to ask only those: bind-table.sh uml '6.1
# --card'
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
[ $# -gt 0 ] || set -- uml 6.1 '6.1 --card' 6.12 '6.12 --card' 7.2 '7.2 --card'

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cc -O1 -Wall -Wextra -Werror -D_GNU_SOURCE -o "$work/bind-probe" "$here/bind-probe.c"

# Run from the folder that holds the probe: it is the caller's directory inside as well.
cd "$work"
columns=0
for kernel in "$@"; do
    columns=$((columns + 1))
    # shellcheck disable=SC2086 # an option may follow the kernel's name
    "$here/lab" run --kernel $kernel -- ./bind-probe >"$work/column-$columns"
done

printf '| type | name |'
printf ' %s |' "$@"
printf '\n| --- | --- |'
printf ' --- |%.0s' "$@"
printf '\n'
awk -v columns="$columns" '
    { key = $1 " | `" $2 "`" }
    !(key in order) { order[key] = ++rows; keys[rows] = key }
    FNR == 1 { column++ }
    { cell[key, column] = $3 == "ok" ? "yes" : $3 }
    END {
        for (row = 1; row <= rows; row++) {
            line = "| " keys[row] " |"
            for (c = 1; c <= columns; c++) line = line " " cell[keys[row], c] " |"
            print line
        }
    }' $(seq -f "$work/column-%g" "$columns")

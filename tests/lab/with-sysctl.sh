#!/bin/bash
# Runs a command under settings of the kernel, inside a kernel of the lab: with-sysctl.sh NAME=VALUE... -- COMMAND [ARGUMENT...]
# The command finds them in CRYPTODEV_SYSCTL, one per word. 99 when the kernel did not take one.
set -uo pipefail
settings=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    settings+=("$1")
    shift
done
shift
for setting in "${settings[@]}"; do
    file=/proc/sys/${setting%%=*}
    file=${file//.//}
    echo "${setting#*=}" >"$file" || { echo "with-sysctl.sh: the kernel did not take $setting" >&2; exit 99; }
done
CRYPTODEV_SYSCTL="${settings[*]}" exec "$@"

#!/bin/bash
# A program that never opens the device is the same with the shim and without: quiet.sh SHIM CROWD LINUX-CLIENT
set -uo pipefail
export CRYPTODEV_SOCKET=/nonexistent/socket
plain=$("$2" quiet) && shimmed=$(LD_PRELOAD=$1 "$2" quiet) || exit 1
[ "$plain" = "$shimmed" ] || { echo "without: $plain; with: $shimmed"; exit 1; }

# No server, and a real device: that one is used. /dev/null takes no ioctl of ours.
echo 'int main' | CRYPTODEV_DEVICE=/dev/null LD_PRELOAD=$1 sh -c 'cat >/dev/null' || exit 1
CRYPTODEV_DEVICE=/dev/null LD_PRELOAD=$1 "$2" absent 2 || exit 1

# What all programs do all day.
LD_PRELOAD=$1 sh -c 'ls / | sort | tail -n 1 >/dev/null && test "$(printf abc | cat)" = abc && sleep 0.01'

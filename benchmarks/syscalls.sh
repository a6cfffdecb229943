#!/bin/bash
# Counts the system calls of each operation on a driver with strace and fails unless every operation made exactly as many as promised: two
# on af_alg, one on devcrypto.
# Inside a kernel that has the driver:  benchmarks/syscalls.sh DRIVER [COUNT [SIZE]]
# Inside a kernel of the lab:           benchmarks/syscalls.sh --kernel KERNEL DRIVER [COUNT [SIZE]]
# There the device is served for devcrypto, over the software driver.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
cd "$here/.."
if [ "${1-}" = --kernel ]; then
    kernel=${2-}
    shift 2
    . benchmarks/build.sh
    server=()
    if [ "${1-}" = devcrypto ]; then
        dotnet build src/CryptoDev.Cli -c Release -v q --nologo >/dev/null
        export CRYPTODEV_COMMAND=$PWD/src/CryptoDev.Cli/bin/Release/net10.0/cryptodev
        server=(tests/lab/serve/with-server.sh --driver software --)
    fi
    exec tests/lab/lab run --kernel "$kernel" -- "${server[@]}" "$here/syscalls.sh" "$@"
fi

case ${1-} in
    af_alg) promised=2 ;;
    devcrypto) promised=1 ;;
    *) echo "Name a driver: af_alg or devcrypto." >&2; exit 2 ;;
esac
driver=$1 count=${2-1000} size=${3-64}
program=benchmarks/CryptoDev.Benchmarks/bin/Release/net10.0/CryptoDev.Benchmarks.dll
[ -f "$program" ] || { echo "$program is not built; run 'dotnet build benchmarks/CryptoDev.Benchmarks -c Release'." >&2; exit 1; }
command -v strace >/dev/null || { echo "strace is not installed (package strace)." >&2; exit 1; }

trace=$(mktemp)
trap 'rm -f "$trace"' EXIT
# Compiled once and for all: the runtime's own calls for recompiling hot methods would be counted with ours.
DOTNET_TieredCompilation=0 strace -f -qq -s 64 -e signal=none -o "$trace" dotnet "$program" syscalls "$driver" "$count" "$size"

# Only the thread that set the mark counts: the runtime's other threads wait and wake as they like. A call that was interrupted in the
# trace is written in two lines; its second half ("resumed") is not a call of its own.
awk -v operations="$count" -v promised=$promised '
    /\/cryptodev-begin\// { split($0, parts, "/"); name = parts[3]; thread = $1; total = 0; split("", calls); next }
    /\/cryptodev-end\//   {
        list = ""
        for (call in calls) list = list sprintf(" %s %d", call, calls[call])
        printf "%-22s %6.3f system calls per operation (%s )\n", name, total / operations, list
        if (total != promised * operations) failed = 1
        seen++; thread = ""; next
    }
    thread != "" && $1 == thread && $0 !~ /resumed>/ { call = $2; sub(/\(.*/, "", call); calls[call]++; total++ }
    END {
        if (!seen) { print "No operation was traced."; exit 1 }
        if (failed) { print "Not every operation made exactly " promised " system call(s)."; exit 1 }
    }' "$trace"

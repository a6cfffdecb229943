#!/bin/bash
# What one ioctl of a served device costs inside a lab kernel, on every way to the server by turns in one run: CUSE directly, CUSE by
# retry, and the socket with the shim where that is built. The software driver stands behind all. Usage: benchmarks/serve-cost.sh KERNEL
# [OPTION-OF-devcrypto-cost...]
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
kernel=${1-}
[ -n "$kernel" ] || { echo "Name a kernel of the lab: uml, 6.1, 6.12 or 7.2." >&2; exit 2; }
shift
[ "${CRYPTODEV_BUILT-}" = 1 ] || dotnet build src/CryptoDev.Cli -c Release -v q --nologo >/dev/null
cmake -S . -B build -DCMAKE_BUILD_TYPE=Release >/dev/null
cmake --build build >/dev/null
shim=$(find "$PWD/build" -name libcryptodev-shim.so | head -n 1)
job=$(mktemp)
trap 'rm -f "$job"' EXIT
cat >"$job" <<'JOB'
set -u
command=$1 cost=$2 shim=$3
shift 3
words=$(mktemp -d)
export CRYPTODEV_SOCKET=$words/socket
"$command" serve --device cuse-direct --driver software >"$words/direct" 2>"$words/direct.err" &
"$command" serve --device cuse-retry --transfer retry --driver software >"$words/retry" 2>"$words/retry.err" &
devices=(/dev/cuse-direct /dev/cuse-retry)
files=("$words/direct" "$words/retry")
if [ -n "$shim" ]; then
    "$command" serve --socket "$CRYPTODEV_SOCKET" --driver software >"$words/socket.out" 2>"$words/socket.err" &
    devices+=(/dev/crypto)
    files+=("$words/socket.out")
fi
for file in "${files[@]}"; do
    for ((step = 0; step < 1200; step++)); do
        grep -q '^ready: ' "$file" && break
        sleep 0.1
    done
done
LD_PRELOAD=$shim "$cost" "$@" "${devices[@]}"
code=$?
kill -TERM $(jobs -p)
wait
grep -hE 'requests-read|device .* ioctls|retry-rounds|device .* (opens|releases)' "$words/direct.err" "$words/retry.err"
exit $code
JOB
first=()
chrt -f 1 true 2>/dev/null && first=(chrt -f 1)
"${first[@]}" tests/lab/lab run --kernel "$kernel" --timeout "${CRYPTODEV_LAB_TIMEOUT:-600}" -- \
    bash "$job" "$PWD/src/CryptoDev.Cli/bin/Release/net10.0/cryptodev" "$PWD/build/benchmarks/peers/devcrypto-cost" "$shim" "$@"

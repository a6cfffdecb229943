#!/bin/bash
# What one client's long key operations cost another client's short ones: the 99th percentile of a 64-byte operation on a served device
# beside 40 powers of 16384 bits, over that beside 60 processes that only compute, by turns in one run. 5 is promised.
# Usage: benchmarks/fairness.sh [ROUNDS [MILLISECONDS]]
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
rounds=${1:-3}
milliseconds=${2:-3000}
[ "${CRYPTODEV_BUILT-}" = 1 ] || dotnet build src/CryptoDev.Cli -c Release -v q --nologo >/dev/null
folder=$(mktemp -d)
jobs=()
finish() {
    [ ${#jobs[@]} = 0 ] || kill -KILL "${jobs[@]}" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$folder"
}
trap finish EXIT
if [ -z "${CRYPTODEV_SHIM-}" ]; then
    cmake -S . -B build -DCMAKE_BUILD_TYPE=Release >/dev/null
    cmake --build build >/dev/null
    CRYPTODEV_SHIM=$(find "$PWD/build" -name libcryptodev-shim.so | head -n 1)
fi
cc -O2 -Wall -pthread -I native/cryptodev-shim/include/linux -o "$folder/fairness" benchmarks/peers/fairness.c
export CRYPTODEV_SOCKET=$folder/socket
"${CRYPTODEV_COMMAND:-src/CryptoDev.Cli/bin/Release/net10.0/cryptodev}" serve --socket "$CRYPTODEV_SOCKET" --driver software \
    >"$folder/ready" 2>"$folder/said" &
jobs+=($!)
for ((step = 0; step < 1200; step++)); do
    grep -q '^ready: ' "$folder/ready" && break
    sleep 0.1
done

# Beside WORDS...: one measurement.
beside() {
    env LD_PRELOAD="$CRYPTODEV_SHIM" "$folder/fairness" "$@" 2>/dev/null &
    local other=$!
    jobs+=("$other")
    sleep 2
    env LD_PRELOAD="$CRYPTODEV_SHIM" "$folder/fairness" ping "$milliseconds"
    kill -KILL "$other"
    wait "$other" 2>/dev/null || true
}

env LD_PRELOAD="$CRYPTODEV_SHIM" "$folder/fairness" ping 2000 >/dev/null
for ((round = 0; round < rounds; round++)); do
    beside spin 60 >>"$folder/spin"
    beside powers 40 16384 >>"$folder/powers"
done
awk '
    { p50[FILENAME] = p50[FILENAME] " " $2; p99[FILENAME] = p99[FILENAME] " " $3; sum[FILENAME] += $3 }
    END {
        for (name in sum) {
            word = name
            sub(".*/", "", word)
            printf "beside %s: median%s us, p99%s us\n", word, p50[name], p99[name]
            mean[word] = sum[name]
        }
        ratio = mean["powers"] / mean["spin"]
        printf "p99 beside powers over p99 beside spinning processes: %.2f\n", ratio
        exit ratio > 5
    }' "$folder/spin" "$folder/powers"

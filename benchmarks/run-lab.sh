#!/bin/bash
# Prints ratio tables inside a lab kernel: those of the AF_ALG driver, and that of the devcrypto driver on a device that is served there
# with the software driver behind it. Usage: benchmarks/run-lab.sh KERNEL [--card] [afalg-c | afalg-kcapi | devcrypto-c]... [--
# OPTION-OF-RATIO...]
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
kernel=${1-}
[ -n "$kernel" ] || { echo "Name a kernel of the lab: uml, 6.1, 6.12 or 7.2." >&2; exit 2; }
shift
lab_options=() comparisons=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    case $1 in
        -*) lab_options+=("$1") ;;
        *) comparisons+=("$1") ;;
    esac
    shift
done
[ $# -eq 0 ] || shift
[ ${#comparisons[@]} -gt 0 ] || comparisons=(afalg-c afalg-kcapi devcrypto-c)
. benchmarks/build.sh
dotnet build src/CryptoDev.Cli -c Release -v q --nologo >/dev/null
export CRYPTODEV_COMMAND=$PWD/src/CryptoDev.Cli/bin/Release/net10.0/cryptodev

# First in, first out before everybody else, where that is allowed (root): a guest's system call is several switches of the host's
# processes, and on a busy host others come in between at each of them. Niceness does not help: it counts within one session's group of
# processes only.
first=()
chrt -f 1 true 2>/dev/null && first=(chrt -f 1)
for comparison in "${comparisons[@]}"; do
    server=()
    [ "$comparison" != devcrypto-c ] || server=(tests/lab/serve/with-server.sh --driver software --)
    "${first[@]}" tests/lab/lab run --kernel "$kernel" "${lab_options[@]}" --timeout 1800 -- \
        "${server[@]}" dotnet "$BENCHMARKS" ratio "$comparison" "$@"
    echo
done

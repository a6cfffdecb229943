#!/usr/bin/env bash
# Random powers by the command, compared with Python's integers: powers.sh DRIVER [--kernel KERNEL [--card]] [--count N]
# Without a kernel it runs on this machine. In a kernel /dev/crypto is served for the driver devcrypto, with software behind it.
# CRYPTODEV_SEED repeats a run. Ends with "N passed, N failed".
set -uo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source=tests/lab/patience.sh
. "$here/patience.sh"
cryptodev=$root/src/CryptoDev.Cli/bin/Release/net10.0/cryptodev

driver=${1-} lab=() count=1000 where="this machine"
[ $# -gt 0 ] && shift
while [ $# -gt 0 ]; do
    case $1 in
        --kernel) lab+=(--kernel "$2"); where="kernel $2"; shift 2 ;;
        --card) lab+=(--card); shift ;;
        --count) count=$2; shift 2 ;;
        *) echo "powers.sh: '$1' is not an option; usage: powers.sh DRIVER [--kernel KERNEL [--card]] [--count N]" >&2; exit 2 ;;
    esac
done
[ -n "$driver" ] || { echo "usage: powers.sh DRIVER [--kernel KERNEL [--card]] [--count N]" >&2; exit 2; }
if [ ${#lab[@]} -gt 0 ]; then
    cryptodev=$root/build/command/cryptodev
    [ "${CRYPTODEV_BUILT-}" = 1 ] || "$here/native-command.sh" || exit 1
fi
[ -x "$cryptodev" ] || { echo "powers.sh: $cryptodev is not built: dotnet build CryptoDev.sln -c Release" >&2; exit 1; }

LAB_OUT=$(mktemp -d)
export LAB_OUT
trap 'rm -rf "$LAB_OUT"' EXIT
seed=${CRYPTODEV_SEED:-$((RANDOM * 32768 + RANDOM))}
python3 "$here/powers.py" make "$seed" "$count" >"$LAB_OUT/cases" || exit 1

server=
[ "$driver" != devcrypto ] || [ ${#lab[@]} -eq 0 ] || server="CRYPTODEV_COMMAND=$cryptodev $here/serve/with-server.sh --driver software --"
cat >"$LAB_OUT/job.sh" <<JOB
$server "$cryptodev" key modexp --driver $driver --batch "$LAB_OUT/cases" >"$LAB_OUT/results"
JOB
if [ ${#lab[@]} -eq 0 ]; then
    bash "$LAB_OUT/job.sh"
else
    "$here/lab" run "${lab[@]}" --timeout "$(step_seconds powers)" -- bash "$LAB_OUT/job.sh"
fi
code=$?
if [ $code -eq 0 ] && python3 "$here/powers.py" compare "$LAB_OUT/cases" "$LAB_OUT/results"; then
    echo "PASS $count powers by $driver on $where equal Python's (seed $seed)"
    echo "1 passed, 0 failed"
    exit 0
fi
echo "FAIL $count powers by $driver on $where (seed $seed, exit code $code)"
echo "0 passed, 1 failed"
exit 1

#!/bin/bash
# Runs the conformance suite inside a kernel of the lab: conformance.sh KERNEL [--card] [--insmod FILE.ko] [--serve software|af_alg]. With
# --device instead of --serve it is about the /dev/crypto that is there, as by a module of --insmod; KERNEL is then also host, for this
# machine without a guest, and the promises are those of promises-device. With --serve,
# /dev/crypto is served there with that driver behind it, and the driver that is tested is the one that calls it. Builds it first unless
# CRYPTODEV_BUILT=1. With --sysctl, which may stand several times, the kernel has that setting while the suite runs, and the tests that
# need one (trait Needs=sysctl) run too. The last line is "N passed, N failed"; the exit code is not 0 when one failed or the run did not
# come to its end.
set -uo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source=tests/lab/patience.sh
. "$here/patience.sh"

usage() {
    echo 'Usage: conformance.sh uml|6.1|6.12|7.2 [--card] [--insmod FILE.ko]... [--serve software|af_alg | --device]' \
        '[--sysctl NAME=VALUE]... [TEST-CASE-FILTER]' >&2
    echo '       conformance.sh host --device [TEST-CASE-FILTER]' >&2
    exit 2
}

[ $# -ge 1 ] || usage
kernel=$1
shift
card=()
name=$kernel
if [ "${1-}" = --card ]; then
    card=(--card)
    name=$kernel+card
    shift
fi
modules=()
while [ "${1-}" = --insmod ]; do
    [ -f "${2-}" ] || { echo "conformance.sh: --insmod: there is no file '${2-}'." >&2; exit 2; }
    modules+=(--insmod "$(readlink -f -- "$2")")
    shift 2
done
required=af_alg
served=
device=
if [ "${1-}" = --device ]; then
    device=yes
    required=devcrypto
    export CRYPTODEV_ONLY=devcrypto CRYPTODEV_PROMISES=$here/promises-device
    shift
fi
[ "$kernel" != host ] || { [ -n "$device" ] && [ ${#modules[@]} -eq 0 ] && [ ${#card[@]} -eq 0 ]; } || usage
server=()
if [ "${1-}" = --serve ]; then
    case ${2-} in software | af_alg) ;; *) usage ;; esac
    # Promises of a served device stand under names of their own: tests/lab/promises.
    served=$2
    required=devcrypto
    # A message longer than AF_ALG takes in one request goes to the next driver, as it does by the ladder.
    drivers=$2
    [ "$drivers" = software ] || drivers=$drivers,software
    server=("$here/serve/with-server.sh" --driver "$drivers" --)
    export CRYPTODEV_COMMAND=$root/build/command/cryptodev
    shift 2
fi
settings=()
while [ "${1-}" = --sysctl ]; do
    [[ ${2-} =~ ^[a-z0-9_.]+=[0-9]+$ ]] || usage
    settings+=("$2")
    shift 2
done
filter='Where!=host'
under=()
if [ ${#settings[@]} -eq 0 ]; then
    filter="$filter&Needs!=sysctl"
else
    under=("$here/with-sysctl.sh" "${settings[@]}" --)
fi
[ $# -eq 0 ] || filter="$filter&($1)"

# The tests of one rung's own ways run where that rung is the subject.
[ -z "$served$device" ] || filter="$filter&FullyQualifiedName!~Conformance.AfAlg&FullyQualifiedName!~Conformance.Keyring"

if [ "${CRYPTODEV_BUILT-}" != 1 ]; then
    dotnet build "$root/tests/CryptoDev.Conformance" -c Release -v q --nologo || exit 1
    [ ${#server[@]} -eq 0 ] || "$here/native-command.sh" || exit 1
fi

# On an emulated processor the sweeps that the contract suite repeats are left out: the rung's own tests run in UML.
if [ "$kernel" != uml ] && [ "${CRYPTODEV_LONG-}" != 1 ]; then
    for slow in AfAlgCipherTests.Every_length AfAlgDigestTests.Every_length AfAlgAeadTests.Every_length \
        AfAlgDriverTests.Sessions_and_every_way; do
        filter="$filter&FullyQualifiedName!~$slow"
    done
fi

out=$(mktemp -d)
trap 'rm -rf -- "$out"' EXIT
export LAB_OUT=$out

# TieredPGO instruments code that then runs for seconds only.
cd "$root/tests/CryptoDev.Conformance/bin/Release/net10.0" || exit 1
where=("$here/lab" run --kernel "$kernel" "${card[@]}" "${modules[@]}" --timeout "$(step_seconds conformance)" --)
lab_kernel=$name
if [ "$kernel" = host ]; then
    [ -c "${CRYPTODEV_DEVICE:-/dev/crypto}" ] || { echo "conformance.sh: there is no ${CRYPTODEV_DEVICE:-/dev/crypto} here." >&2; exit 1; }
    where=()
    lab_kernel=
fi
"${where[@]}" env CRYPTODEV_LAB_KERNEL="$lab_kernel" CRYPTODEV_REQUIRE=$required CRYPTODEV_SERVED=$served DOTNET_TieredPGO=0 \
    "${under[@]}" "${server[@]}" \
    dotnet vstest CryptoDev.Conformance.dll --TestCaseFilter:"$filter" --logger:trx\;LogFileName="$out/result.trx" --ResultsDirectory:"$out"
code=$?

counters=$(grep -o '<Counters [^>]*>' "$out/result.trx" 2>/dev/null)
count() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$counters"; }
passed=$(count passed)
failed=$(count failed)
if [ -z "$counters" ]; then
    echo "conformance $name: the runner left no result (exit code $code)" >&2
    [ $code -ne 0 ] || code=1
fi
echo "conformance $name${served:+ served-$served}${device:+ device}: ${passed:-0} passed, ${failed:-0} failed"
if [ "${passed:-0}" -eq 0 ] || [ "${failed:-0}" -ne 0 ]; then
    [ $code -ne 0 ] || code=1
fi
exit $code

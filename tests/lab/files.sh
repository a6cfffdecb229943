#!/usr/bin/env bash
# The main job on real input: a file encrypted and digested inside a lab kernel, compared with openssl and sha256sum on this machine.
#   files.sh KERNEL [--card] [--size MIB]
# Ends with "N passed, N failed". 64 MiB by default, 1024 when CRYPTODEV_LONG is set.
set -uo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source=tests/lab/patience.sh
. "$here/patience.sh"
cryptodev=$root/build/command/cryptodev

kernel=${1-} card=() size=64
[ -z "${CRYPTODEV_LONG-}" ] || size=1024
[ $# -gt 0 ] && shift
while [ $# -gt 0 ]; do
    case $1 in
        --card) card=(--card); shift ;;
        --size) size=$2; shift 2 ;;
        *) echo "files.sh: '$1' is not an option; usage: files.sh KERNEL [--card] [--size MIB]" >&2; exit 2 ;;
    esac
done
[ -n "$kernel" ] || { echo "usage: files.sh KERNEL [--card] [--size MIB]" >&2; exit 2; }
[ "${CRYPTODEV_BUILT-}" = 1 ] || "$here/native-command.sh" || exit 1

LAB_OUT=$(mktemp -d)
export LAB_OUT
trap 'rm -rf "$LAB_OUT"' EXIT
key=000102030405060708090a0b0c0d0e0f iv=f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff

# Random, with a length that is no multiple of a block, so that padding and the last piece are part of it.
head -c $((size * 1048576 + 13)) /dev/urandom >"$LAB_OUT/plain"
openssl enc -aes-128-cbc -K $key -iv $iv -in "$LAB_OUT/plain" | sha256sum | cut -d' ' -f1 >"$LAB_OUT/expected.enc"
(cd "$LAB_OUT" && sha256sum plain) >"$LAB_OUT/expected.dgst"

# A card is reached by its driver's name only: the kernel's own choice for cbc(aes) is the CPU. On 7.2 no name reaches it.
cipher=af_alg
[ ${#card[@]} -eq 0 ] || [ "$kernel" = 7.2 ] || cipher=af_alg:virtio_crypto_aes_cbc

cat >"$LAB_OUT/job.sh" <<JOB
set -eo pipefail
cd "$LAB_OUT"
"$cryptodev" enc -a aes-128-cbc --key $key --iv $iv --pad pkcs7 --driver $cipher --in plain | sha256sum | cut -d' ' -f1 >actual.enc
"$cryptodev" dgst -a sha256 --driver af_alg plain >actual.dgst
"$cryptodev" enc -a aes-128-cbc --key $key --iv $iv --pad pkcs7 --driver $cipher --in plain |
    "$cryptodev" enc -d -a aes-128-cbc --key $key --iv $iv --pad pkcs7 --driver $cipher | sha256sum | cut -d' ' -f1 >actual.dec
JOB
"$here/lab" run --kernel "$kernel" "${card[@]}" --timeout "$(step_seconds files)" -- bash "$LAB_OUT/job.sh"
code=$?

passed=0 failed=0
judge() {
    if [ "$2" = "$3" ] && [ -n "$2" ]; then
        passed=$((passed + 1)); echo "PASS $1"
    else
        failed=$((failed + 1)); echo "FAIL $1: expected '$2', got '$3'"
    fi
}
read_back() { cat "$LAB_OUT/$1" 2>/dev/null; }
judge "$kernel ${card[*]-}: exit code of the job" 0 "$code"
judge "$kernel ${card[*]-}: $size MiB over $cipher equal openssl enc" "$(read_back expected.enc)" "$(read_back actual.enc)"
judge "$kernel ${card[*]-}: $size MiB over af_alg equal sha256sum's line" "$(read_back expected.dgst)" "$(read_back actual.dgst)"
judge "$kernel ${card[*]-}: $size MiB there and back over $cipher" "$(cut -d' ' -f1 "$LAB_OUT/expected.dgst")" "$(read_back actual.dec)"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]

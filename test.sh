#!/usr/bin/env bash
# Builds everything and runs all tests. --help lists the options.
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")" || exit 1

usage() {
    cat <<'HELP'
Usage: ./test.sh [--ring NAME]... [--all-kernels] [--long] [--no-install]

Rings; all of them when none is named. Steps that need no common resource run beside each other, whatever their ring:
  unit         tests/CryptoDev.Tests: no kernel needed; includes the ABI comparison with the C compiler
  conformance  tests/CryptoDev.Conformance on this machine: every driver it has; 1000 powers against Python's integers
  native       the C parts: CMake build and CTest, with C programs through the shim against a server
  lab          the lab's own test, then conformance, real files and powers inside User-Mode Linux and inside kernel 6.1 with the
               emulated crypto card
  served       /dev/crypto served in both: C programs of all dialects, kills at bad moments, and conformance through the devcrypto driver

  --all-kernels  in the lab also 6.12 and 7.2
  --long         longer random runs, 1 GiB files, both drivers behind both served devices, and tests/mutants.sh
  --no-install   never install packages; say what is missing instead

CRYPTODEV_JOBS says how many steps run beside each other: as many as there are processors, at most 4, when it is not set.
HELP
}

rings=() all_kernels=no long=no install=yes
while [ $# -gt 0 ]; do
    case $1 in
        --ring) [ $# -gt 1 ] || { echo "test.sh: --ring needs a name." >&2; exit 2; }; rings+=("$2"); shift 2 ;;
        --all-kernels) all_kernels=yes; shift ;;
        --long) long=yes; shift ;;
        --no-install) install=no; shift ;;
        -h | --help) usage; exit 0 ;;
        *) echo "test.sh: '$1' is not an option; --help lists them." >&2; exit 2 ;;
    esac
done
[ ${#rings[@]} -gt 0 ] || rings=(unit conformance native lab served)
[ $long = no ] || export CRYPTODEV_LONG=1

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 CRYPTODEV_BUILT=1
# Seconds that the runner waits for the process of the tests to start; 90 are too few where the machine is ten times slower.
export VSTEST_CONNECTION_TIMEOUT=900
# shellcheck source=tests/steps.sh
. tests/steps.sh

wants() { local ring; for ring in "${rings[@]}"; do [ "$ring" = "$1" ] && return 0; done; return 1; }

# A quiet run names what failed, but not why; this logger does. --blame names the tests that ran when the process of the tests died.
tests() {
    dotnet test "tests/$1/bin/Release/net10.0/$1.dll" -v q --logger 'console;verbosity=minimal' --blame \
        --results-directory "$steps_log/results" "${@:2}"
}

# What needs a setting of the kernel has a step of its own in the lab.
conformance() { tests CryptoDev.Conformance --filter 'Needs!=sysctl'; }

emulated() { CRYPTODEV_ONLY=devcrypto CRYPTODEV_EMULATE=$1,software conformance; }

need() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ $install = yes ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        echo "== installing ${missing[*]}"
        apt-get update -qq &&
            DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >"$steps_log/apt" 2>&1 &&
            return 0
        cat "$steps_log/apt" >&2
    fi
    echo "test.sh: these packages are needed: ${missing[*]} (as root: apt-get install ${missing[*]})" >&2
    return 1
}

command -v dotnet >/dev/null || { echo "test.sh: the .NET 10 SDK is needed (dotnet was not found on PATH)." >&2; exit 1; }
need gcc g++ gcc-multilib cmake libssl-dev openssl python3 || exit 1

run "build" dotnet build CryptoDev.sln -c Release --nologo -v q || { end_steps; exit 1; }

# What is installed is installed now: a guest caches what it has read of this machine's files.
kernels=()
! wants native || need valgrind || exit 1
runs_32_bit() { echo 'int main(void) { return 0; }' | gcc -m32 -x c -o "$steps_log/32" - && "$steps_log/32" 2>/dev/null; }
! wants native || runs_32_bit || need qemu-user || exit 1
if wants lab; then kernels=("uml" "6.1 --card"); fi
if wants lab && [ $all_kernels = yes ]; then kernels+=("6.12 --card" "7.2 --card"); fi
if wants lab || wants served; then
    names=(uml 6.1)
    ! { wants lab && [ $all_kernels = yes ]; } || names+=(6.12 7.2)
    if [ $install = yes ]; then run "lab: setup" tests/lab/lab setup "${names[@]}"; else run "lab: list" tests/lab/lab list; fi
fi

# A kernel is the resource of its guests: a guest keeps one core busy. The emulated ones take longest, so they come first; the rest runs
# beside them.
lab_steps() {
    # shellcheck disable=SC2086 # a kernel and its option are two words
    step "$1" "lab: conformance in $2" tests/lab/conformance.sh $2
    # shellcheck disable=SC2086
    step "$1" "lab: real files in $2" tests/lab/files.sh $2
    # shellcheck disable=SC2086
    [ "$1" = uml ] || step "$1" "lab: powers in $2" tests/lab/powers.sh keyring --kernel $2
}

# The command that the steps after it run in their guests.
if wants lab || wants served; then step "uml 6.1" "lab: the command, native" tests/lab/native-command.sh; fi
if wants lab; then
    step 6.1 "lab: self-test in 6.1" tests/lab/selftest.sh 6.1
    step uml "lab: self-test in uml" tests/lab/selftest.sh uml
fi
for kernel in "${kernels[@]}"; do
    [ "$kernel" = uml ] || lab_steps "${kernel%% *}" "$kernel"
done
if wants served; then
    step 6.1 "served: the device in 6.1" tests/lab/serve.sh 6.1
    # With the card, which some of the tests put behind a device of its own.
    step 6.1 "served: conformance in 6.1 with the card, af_alg behind the device" tests/lab/conformance.sh 6.1 --card --serve af_alg
    # The same libcrypto as in UML, ten times slower: what differs there is the kernel.
    [ $long = no ] || step 6.1 "served: conformance in 6.1, software behind the device" tests/lab/conformance.sh 6.1 --serve software
fi
if wants lab; then
    lab_steps uml uml
    # Too little for the control message of an AEAD request.
    step uml "lab: small option memory in uml" tests/lab/conformance.sh uml --sysctl net.core.optmem_max=2048 'Needs=sysctl'
fi
if wants served; then
    step uml "served: powers in uml" tests/lab/powers.sh devcrypto --kernel uml
    step uml "served: the device in uml" tests/lab/serve.sh uml
    step uml "served: conformance in uml, software behind the device" tests/lab/conformance.sh uml --serve software
    # What differs from 6.1, where the card is behind it too, is the kernel in front, which the step before has.
    [ $long = no ] || step uml "served: conformance in uml, af_alg behind the device" tests/lab/conformance.sh uml --serve af_alg
fi
if wants unit; then
    step "" "unit: the step runner" tests/steps-test.sh
    step "" "unit: the command in a shell" tests/cli/shell.py
    step "" "unit: mutants apply" tests/mutants.sh --check
    step "" "unit" tests CryptoDev.Tests
fi
if wants conformance; then
    step "" "conformance on this machine" conformance
    for form in linux netbsd "netbsd 7" freebsd "freebsd 13" "freebsd 12" openbsd "openbsd 2002"; do
        step "" "conformance through an emulated /dev/crypto, $form" emulated "$form"
    done
    step "" "powers on this machine" tests/lab/powers.sh software
fi
if wants native; then
    step build "native: configure" cmake -S . -B build -DCMAKE_BUILD_TYPE=Release
    step build "native: compile" cmake --build build
    step build "native: ctest" ctest --test-dir build --output-on-failure
fi
[ $long = no ] || step "" "mutants" tests/mutants.sh

run_steps
end_steps

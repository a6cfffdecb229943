#!/usr/bin/env bash
# Builds everything and runs all tests. --help lists the options.
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")" || exit 1

usage() {
    cat <<'HELP'
Usage: ./test.sh [--ring NAME]... [--all-kernels] [--long] [--no-install]

Rings, in order; all of them when none is named:
  unit         tests/CryptoDev.Tests: no kernel needed; includes the ABI comparison with the C compiler
  conformance  tests/CryptoDev.Conformance on this machine: every driver it has; 1000 powers against Python's integers
  native       the C parts: CMake build and CTest, with C programs through the shim against a server
  lab          the lab's own test, then conformance, real files and powers inside User-Mode Linux and inside kernel 6.1 with the emulated crypto card
  served       /dev/crypto served in both: C programs of all dialects, kills at bad moments, and conformance through the devcrypto driver

  --all-kernels  in the lab also 6.12 and 7.2
  --long         longer random runs, 1 GiB files
  --no-install   never install packages; say what is missing instead
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

# A bound and no target: a busy machine takes several times as long.
export CRYPTODEV_LAB_TIMEOUT=${CRYPTODEV_LAB_TIMEOUT:-1800}

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 CRYPTODEV_BUILT=1
passed=0 failed=0 log=$(mktemp -d)
: >"$log/failures"
beside_process=
end() {
    [ -z "$beside_process" ] || kill -TERM -- "-$beside_process" 2>/dev/null
    rm -rf "$log"
}
trap end EXIT

wants() { local ring; for ring in "${rings[@]}"; do [ "$ring" = "$1" ] && return 0; done; return 1; }

# Adds a ring's own last "N passed, N failed" line, or where it has none the summary of the .NET runner or of ctest.
count() {
    local line
    line=$(grep -oE '[0-9]+ passed, [0-9]+ failed' "$1" | tail -n 1)
    if [[ $line =~ ([0-9]+)\ passed,\ ([0-9]+)\ failed ]]; then
        passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
        return
    fi
    while IFS= read -r line; do
        if [[ $line =~ Failed:\ +([0-9]+),\ Passed:\ +([0-9]+),\ Skipped: ]]; then
            passed=$((passed + BASH_REMATCH[2])) failed=$((failed + BASH_REMATCH[1]))
        elif [[ $line =~ ([0-9]+)\ tests\ failed\ out\ of\ ([0-9]+) ]]; then
            passed=$((passed + BASH_REMATCH[2] - BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[1]))
        fi
    done <"$1"
}

# A quiet run names what failed, but not why; this logger does.
tests() { dotnet test "tests/$1" -c Release --no-build --nologo -v q --logger 'console;verbosity=minimal'; }

emulated() { CRYPTODEV_ONLY=devcrypto CRYPTODEV_EMULATE=$1,software tests CryptoDev.Conformance; }

# Keeps what names the failures of a step, for the end: lines of the .NET runner (and each error's first two), of the lab's scripts, of ctest and of the compilers.
remember() {
    echo "$1: exit code $2"
    awk '/^ +Failed [A-Z]|^(FAIL|lab:) |^[ \t]+[0-9]+ - .*\((Failed|Timeout|SEGFAULT|Subprocess|ILLEGAL|Not Run)|error [A-Z]+[0-9]+:|: (fatal )?error:/ { print "    " $0; next }
         /^ +Error Message:/ { more = 2; next }
         more > 0 { print "        " $0; more-- }' "$log/output" | cut -c1-400 | head -n 40
}

# run NAME COMMAND...: a step that fails without having counted a failure counts as one; what only builds or installs counts nothing when it succeeds.
run() {
    local name=$1 start=$SECONDS code before=$failed
    shift
    echo "== $name"
    "$@" 2>&1 | tee "$log/output"
    code=${PIPESTATUS[0]}
    count "$log/output"
    if [ "$code" -ne 0 ] && [ "$failed" -eq "$before" ]; then
        failed=$((failed + 1))
    fi
    if [ "$failed" -ne "$before" ]; then
        remember "$name" "$code" >>"$log/failures"
    fi
    echo "== $name: exit code $code, $((SECONDS - start)) s"
    return "$code"
}

# beside NAME COMMAND...: starts a step that goes on while others run; meet waits for it and shows it as a step of its own. A group of its own, because Ctrl-C does
# not reach what runs in the background.
beside() {
    beside_name=$1 beside_start=$SECONDS
    shift
    setsid "$@" >"$log/beside" 2>&1 &
    beside_process=$!
}

meet() {
    wait "$beside_process"
    local code=$?
    beside_process=
    run "$beside_name" replay $code $((SECONDS - beside_start))
}

replay() {
    cat "$log/beside"
    echo "(it took $2 s beside other steps)"
    return "$1"
}

need() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ $install = yes ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        echo "== installing ${missing[*]}"
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >"$log/apt" 2>&1 && return 0
        cat "$log/apt" >&2
    fi
    echo "test.sh: these packages are needed: ${missing[*]} (as root: apt-get install ${missing[*]})" >&2
    return 1
}

command -v dotnet >/dev/null || { echo "test.sh: the .NET 10 SDK is needed (dotnet was not found on PATH)." >&2; exit 1; }
need gcc gcc-multilib cmake libssl-dev openssl python3 || exit 1

run "build" dotnet build CryptoDev.sln -c Release --nologo -v q || { echo "0 passed, 1 failed"; exit 1; }

if wants unit; then
    run "unit" tests CryptoDev.Tests
fi
if wants conformance; then
    run "conformance on this machine" tests CryptoDev.Conformance
    for form in linux netbsd freebsd "freebsd 13" "freebsd 12" openbsd "openbsd 2002"; do
        run "conformance through an emulated /dev/crypto, $form" emulated "$form"
    done
    run "powers on this machine" tests/lab/powers.sh software
fi
if wants native; then
    need valgrind || exit 1
    run "native: configure" cmake -S . -B build -DCMAKE_BUILD_TYPE=Release && run "native: compile" cmake --build build && run "native: ctest" ctest --test-dir build --output-on-failure
fi
if wants lab; then
    kernels=("uml" "6.1 --card")
    [ $all_kernels = no ] || kernels+=("6.12 --card" "7.2 --card")
    names=()
    for kernel in "${kernels[@]}"; do names+=("${kernel%% *}"); done
    if [ $install = yes ]; then run "lab: setup" tests/lab/lab setup "${names[@]}"; else run "lab: list" tests/lab/lab list; fi
    run "lab: self-test" tests/lab/selftest.sh
    for kernel in "${kernels[@]}"; do
        # shellcheck disable=SC2086 # a kernel and its option are two words
        run "lab: conformance in $kernel" tests/lab/conformance.sh $kernel
        # shellcheck disable=SC2086
        run "lab: real files in $kernel" tests/lab/files.sh $kernel
        # shellcheck disable=SC2086
        [ "$kernel" = uml ] || run "lab: powers in $kernel" tests/lab/powers.sh keyring --kernel $kernel
    done
fi
if wants served; then
    if [ $install = yes ]; then run "served: setup" tests/lab/lab setup uml 6.1; fi
    # Each guest keeps one core busy, and the emulated one's two steps take longer than the other's four.
    beside "served: the device in 6.1" tests/lab/serve.sh 6.1
    run "served: powers in uml" tests/lab/powers.sh devcrypto --kernel uml
    run "served: the device in uml" tests/lab/serve.sh uml
    run "served: conformance in uml, software behind the device" tests/lab/conformance.sh uml --serve software
    meet
    # The same libcrypto as in UML, ten times slower: what differs there is the kernel.
    [ $long = no ] || run "served: conformance in 6.1, software behind the device" tests/lab/conformance.sh 6.1 --serve software
    # With the card, which some of the tests put behind a device of its own.
    beside "served: conformance in 6.1 with the card, af_alg behind the device" tests/lab/conformance.sh 6.1 --card --serve af_alg
    run "served: conformance in uml, af_alg behind the device" tests/lab/conformance.sh uml --serve af_alg
    meet
fi

if [ -s "$log/failures" ]; then
    echo "== what failed"
    cat "$log/failures"
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

#!/bin/bash
# Tests the lab itself, on the kernels named (uml and 6.1 when none is). One line per case, the count at the end, exit 1 when one failed.
set -uo pipefail

# Started in the background of a shell, this script ignores SIGINT and so does all it starts; no trap can undo that, a fresh start can.
[ "${LAB_SELFTEST_SIGNALS-}" = default ] || LAB_SELFTEST_SIGNALS=default exec env --default-signal=INT,TERM,HUP "${BASH_SOURCE[0]}" "$@"

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
lab=$here/lab
# shellcheck source=tests/lab/patience.sh
. "$here/patience.sh"
[ $# -gt 0 ] || set -- uml 6.1

# Everything the lab could leave behind is led into this folder, so that another lab on the machine disturbs no case. The space is
# deliberate.
work=$(mktemp -d "${TMPDIR:-/tmp}/cryptodev-lab-selftest.XXXXXX")
export CRYPTODEV_LAB_CACHE=${CRYPTODEV_LAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/cryptodev-lab}
export TMPDIR=$work/tmp HOME=$work/home
mkdir -p "$TMPDIR" "$HOME" "$work/a folder"
cd "$work/a folder" || exit 1
trap 'rm -rf -- "$work"' EXIT

passed=0 failed=0

# check NAME COMMAND...: passes when COMMAND succeeds.
check() {
    local name=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
        printf 'PASS  %s\n' "$name"
    else
        failed=$((failed + 1))
        printf 'FAIL  %s\n' "$name"
        [ ! -s stderr ] || sed 's/^/      stderr: /' stderr | tail -n 8
    fi
}

equal() { [ "$1" = "$2" ] || { printf '      expected %q, got %q\n' "$2" "$1"; return 1; }; }
holds() { grep -qF -- "$2" "$1" || { printf '      no "%s" in %s\n' "$2" "$1"; return 1; }; }

# Runs the lab with stdout and stderr in files of these names; sets code.
run_lab() {
    "$lab" run "$@" >stdout 2>stderr
    code=$?
}

# start_lab NAME ARGUMENT...: the same in the background, with stdout and stderr in out-NAME and err-NAME; sets process.
start_lab() {
    "$lab" run "${@:2}" >"out-$1" 2>"err-$1" &
    process=$!
}

nothing_left() {
    local found
    found=$(find "$TMPDIR" "$HOME" -mindepth 1)
    [ -z "$found" ] || { printf '      left behind: %s\n' "$found"; return 1; }
    # The lab's processes have the control folder, which lies in TMPDIR, among their arguments.
    found=$(pgrep -fa -- "$TMPDIR/cryptodev-lab")
    [ -z "$found" ] || { printf '      still running: %s\n' "$found"; return 1; }
}

refuses() {
    run_lab "${@:3}"
    equal $code "$1" && holds stderr "$2" && equal "$(grep -c . stderr)" 1
}

# What the guest runs in the big case; its arguments are checked for being whole.
inside() {
    printf '[%s]' "$@"
    printf '\n'
    printf '%s\n' "$PWD" "$LAB_WORD" "$CRYPTODEV_WORD" "$HOME" "${OTHER_WORD-not passed on}"
    cat "$LAB_OUT/from-host"
    printf 'from the guest\n' >"$LAB_OUT/from-guest"
    for place in ./new /etc/cryptodev-lab-new /tmp/cryptodev-lab-new; do
        echo new >"$place" && cat "$place"
    done
    echo changed >kept && cat kept
    cat random >"$LAB_OUT/random"
    (exec 5<>/dev/tcp/127.0.0.1/9) 2>&1 | grep -q refused && echo lo is up
    echo to stderr >&2
    exit 7
}

# Three at once, each with an exit code of its own, two of them with 3 MB of binary on stdout.
content_cases() {
    local kernel=$1 zero one expected
    head -c 3000000 /dev/urandom >random
    head -c 3000000 /dev/urandom >other
    echo original >kept
    mkdir -p "$work/kept out"
    echo "from the host" >"$work/kept out/from-host"
    local words=('two words' "it's \"quoted\"" '' $'line\nend' '$HOME * \n' --kernel)
    { declare -f inside; echo 'inside "$@"'; } >script

    start_lab zero --kernel "$kernel" -- cat random
    zero=$process
    start_lab one --kernel "$kernel" -- bash -c 'cat other; exit 1'
    one=$process
    LAB_OUT="$work/kept out" LAB_WORD='lab word' CRYPTODEV_WORD='cryptodev word' OTHER_WORD=other \
        run_lab --kernel "$kernel" --kernel-log "$work/log" -- bash -c '. ./script' script "${words[@]}"
    expected=$(
        printf '[%s]' "${words[@]}"
        printf '\n'
        printf '%s\n' "$PWD" 'lab word' 'cryptodev word' "$HOME" 'not passed on' 'from the host' new new new changed 'lo is up'
    )
    check "$kernel: exit code 7" equal $code 7
    wait $zero
    check "$kernel: exit code 0" equal $? 0
    wait $one
    check "$kernel: exit code 1" equal $? 1
    check "$kernel: three at once: 3 MB of binary on each stdout" same_both
    check "$kernel: arguments, directory, variables, files and network inside" equal "$(<stdout)" "$expected"
    check "$kernel: stderr arrives on stderr, and nothing else does" equal "$(<stderr)" 'to stderr'
    check "$kernel: LAB_OUT round trip" equal "$(cat "$work/kept out/from-guest")" 'from the guest'
    check "$kernel: 3 MB through LAB_OUT unchanged" cmp random "$work/kept out/random"
    check "$kernel: a changed file is as it was" equal "$(<kept)" original
    check "$kernel: new files are thrown away" equal "$(ls -d new /etc/cryptodev-lab-new /tmp/cryptodev-lab-new 2>/dev/null)" ''
    check "$kernel: the kernel log is written" holds "$work/log" 'Linux version'
    rm -rf "$work/kept out" "$work/log"
}

same_both() { cmp random out-zero && cmp other out-one; }

ending_cases() {
    local kernel=$1 patience start hung killed interrupted terminated
    # Long enough for a guest to reach its command on this machine, as busy as it is.
    start=$SECONDS
    run_lab --kernel "$kernel" -- true
    patience=$(((SECONDS - start) * 2 + 10))

    # It only waits, so it waits beside the others.
    start=$SECONDS
    start_lab hung --kernel "$kernel" --timeout "$patience" -- bash -c 'echo started; sleep 100000'
    hung=$process
    start_lab killed --kernel "$kernel" -- bash -c 'sleep 100000 & kill -KILL $$'
    killed=$process
    run_lab --kernel "$kernel" -- bash -c 'echo c >/proc/sysrq-trigger; sleep 100000'
    check "$kernel: a panic ends with 123" equal $code 123
    check "$kernel: and shows the kernel's words" holds stderr panic
    wait $killed
    check "$kernel: exit code 137, though a process is left in the background" equal $? 137

    start_lab int --kernel "$kernel" -- bash -c 'echo started; sleep 100000'
    interrupted=$process
    start_lab term --kernel "$kernel" -- bash -c 'echo started; sleep 100000'
    terminated=$process
    check "$kernel: output arrives while the command runs" wait_for_text started out-int out-term
    kill -INT $interrupted
    kill -TERM $terminated
    wait $interrupted
    check "$kernel: SIGINT ends with 130" equal $? 130
    wait $terminated
    check "$kernel: SIGTERM ends with 143" equal $? 143

    wait $hung
    check "$kernel: a command that hangs ends with 124" equal $? 124
    # The clock counts seconds of an idle machine, so this is a bound only.
    check "$kernel: in time" test $((SECONDS - start)) -le $(((patience + STEP_SECONDS[event]) * 4 * $(measure_time_factor)))
    check "$kernel: with its output so far" equal "$(<out-hung)" started
    check "$kernel: and says so" holds err-hung "lab: kernel $kernel: the command did not end within $patience s"
}

wait_for_text() {
    local file
    for file in "${@:2}"; do
        until_true grep -q "$1" "$file" || return 1
    done
}

usage_cases() {
    mkdir -p "$work/stub"
    printf '#!/bin/sh\necho 1000\n' >"$work/stub/id"
    chmod +x "$work/stub/id"
    check "no kernel named: 120" refuses 120 '--kernel is missing' -- true
    check "unknown kernel: 120" refuses 120 "'5.0' is not a kernel of the lab" --kernel 5.0 -- true
    check "no command: 120" refuses 120 'there is no command' --kernel uml
    check "a timeout that is no number: 120" refuses 120 "not 'soon'" --kernel uml --timeout soon -- true
    check "a card in uml: 120" refuses 120 'uml has no PCI bus' --kernel uml --card -- true
    check "a module that is not there: 120" refuses 120 "there is no file 'absent.ko'" --kernel uml --insmod absent.ko -- true
    check "a module that is a folder: 120" refuses 120 "there is no file '.'" --kernel uml --insmod . -- true
    PATH=$work/stub:$PATH CRYPTODEV_LAB_CACHE=$work/no-cache \
        check "not set up and not root: 121" refuses 121 'kernel-6.1' --kernel 6.1 -- true
}

# Not a module at all; the command must not have run.
module_cases() {
    local kernel=$1
    echo 'not a module' >broken.ko
    run_lab --kernel "$kernel" --insmod broken.ko -- echo ran
    check "$kernel: a module that does not load: 121" equal $code 121
    check "$kernel: and says which and why" holds stderr "lab: kernel $kernel: --insmod: '$PWD/broken.ko' does not load:"
    check "$kernel: and the command has not run" equal "$(<stdout)" ''
    rm broken.ko
}

boot_cases() {
    local kernel=$1 too_little=64M
    [ "$kernel" != uml ] || too_little=4M
    run_lab --kernel "$kernel" --memory $too_little -- true
    check "$kernel: a kernel that cannot boot: 122" equal $code 122
    check "$kernel: and says so" holds stderr "lab: kernel $kernel did not boot;"
    LAB_BOOT_SECONDS=0 run_lab --kernel "$kernel" -- sleep 60
    check "$kernel: a kernel that boots too slowly: 122" equal $code 122
    check "$kernel: and says so" holds stderr "lab: kernel $kernel did not boot within 0 s;"
}

set -m # without it, a command in the background is born ignoring SIGINT, which no trap can undo
usage_cases
for kernel in "$@"; do
    boot_cases "$kernel"
    module_cases "$kernel"
    content_cases "$kernel"
    ending_cases "$kernel"
    check "$kernel: no process and no file is left" nothing_left
done

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]

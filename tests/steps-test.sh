#!/usr/bin/env bash
# Tests tests/steps.sh, the step runner of test.sh. Ends with "N passed, N failed".
set -uo pipefail

# Started in the background of a shell, this script ignores SIGINT and so does all it starts; a fresh start does not.
[ "${STEPS_TEST_SIGNALS-}" = default ] || STEPS_TEST_SIGNALS=default exec env --default-signal=INT,TERM,HUP "${BASH_SOURCE[0]}" "$@"

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=tests/lab/patience.sh
. "$here/lab/patience.sh"
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd "$work" || exit 1
export steps=$here/steps.sh TMPDIR=$work/tmp CRYPTODEV_JOBS=2
mkdir "$TMPDIR"
right=0 wrong=0

check() {
    local name=$1
    shift
    if "$@"; then
        right=$((right + 1)); printf 'PASS  %s\n' "$name"
    else
        wrong=$((wrong + 1)); printf 'FAIL  %s\n' "$name"; sed 's/^/      /' out
    fi
}
equal() { [ "$1" = "$2" ] || { printf '      expected %q, got %q\n' "$2" "$1"; return 1; }; }
says() { grep -qF -- "$1" out || { printf '      no "%s"\n' "$1"; return 1; }; }
last_line() { equal "$(tail -n 1 out)" "$1"; }

# Runs a script, which comes on stdin, with the runner; sets code.
runner() {
    { echo 'set -uo pipefail; . "$steps"'; cat; } >script
    bash script >out 2>&1
    code=$?
}

runner <<'SCRIPT'
good() { echo "3 passed, 0 failed"; }
bad() { echo "FAIL  the second"; echo "4 passed, 2 failed"; return 1; }
quiet() { return 0; }
mute() { echo nothing is counted; return 3; }
liar() { echo "5 passed, 0 failed"; return 4; }
dotnet_like() { echo "Passed!  - Failed:     0, Passed:    10, Skipped:     1, Total:    11"; }
ctest_like() { echo "100% tests passed, 1 tests failed out of 7"; return 8; }
killed() { echo "6 passed, 0 failed"; kill -KILL $BASHPID; }
for name in good bad quiet mute liar dotnet_like ctest_like killed; do step a "$name" "$name"; done
step a missing no-such-program
run_steps
end_steps
SCRIPT
check "counts add up, and what fails without a count counts as one" last_line "34 passed, 7 failed"
check "a run with failures ends with 1" equal $code 1
check "a failing step is named, with its code" says "bad: exit code 1"
check "and with its own line" says "    FAIL  the second"
check "a step that fails without a word is named" says "mute: exit code 3"
check "and its last lines tell what there is" says "    | nothing is counted"
check "each step's time is told" says "s  exit code   4  liar"
check "a step that fails after counting no failure is named" says "liar: exit code 4"
check "a killed step is named" says "killed: exit code 137"
check "a command that is not there is named" says "missing: exit code 127"
check "what went well is not among the failures" equal "$(sed '1,/^== what failed/d' out | grep -c 'exit code 0')" 0
check "no temporary file stays" equal "$(ls "$TMPDIR")" ''

# Each waits for the other's file, so neither ends unless they run beside each other.
runner <<'SCRIPT'
. "${steps%/*}/lab/patience.sh"
meet() { echo "$1 begins"; : >"at-$1"; until_true test -e "at-$2" && echo "$1 ends" && echo "1 passed, 0 failed"; }
step a left meet left right
step b right meet right left
run_steps
end_steps
SCRIPT
check "two steps without a common resource run beside each other" last_line "2 passed, 0 failed"
check "a run without failures ends with 0" equal $code 0
check "the output of each is whole" equal "$(grep -nE 'begins|ends' out | cut -d: -f2 | cut -d' ' -f1 | uniq | wc -l)" 2

# Order within a resource, and no third beside two.
runner <<'SCRIPT'
. "${steps%/*}/lab/patience.sh"
enter() {
    mkdir "in-$1" || return
    [ "$(ls -d in-* | wc -l)" -le 2 ] || return
    sleep 0.2
    [ "$2" = - ] || [ ! -e "in-$2" ] || return
    rmdir "in-$1"
    echo "$1" >>order
}
step a a1 enter a1 a2
step a a2 enter a2 a1
step b b1 enter b1 -
step "a b" ab enter ab a2
step c c1 enter c1 -
run_steps
run alone bash -c '[ -z "$(ls -d in-* 2>/dev/null)" ]'
echo "code of run: $?"
run fails bash -c 'exit 5'
echo "code of run: $?"
end_steps
SCRIPT
check "steps with a common resource do not meet" last_line "0 passed, 1 failed"
check "and keep their order" equal "$(grep -E '^a' order | tr '\n' ' ')" 'a1 a2 ab '
check "one step by itself gives its code" says "code of run: 0"
check "also when it fails" says "code of run: 5"

# Signals: every child ends, the counts still come, and the code says which signal it was.
interrupted() {
    local signal=$1 expected=$2
    rm -f at-*
    cat >script <<'SCRIPT'
set -uo pipefail; . "$steps"
long() { bash -c ': >"at-$1"; exec sleep 1000' sleep "$1" & wait; }
stubborn() { trap '' TERM; bash -c ': >at-two; exec sleep 1000'; }
step a one long one
step b two long two
step a three bash -c ': >at-three'
run_steps
end_steps
SCRIPT
    bash script >out 2>&1 &
    local process=$!
    check "$signal: both steps run" until_true test -e at-one -a -e at-two
    kill "-$signal" $process
    wait $process
    check "$signal: ends with $expected" equal $? "$expected"
    check "$signal: no child is left" equal "$(pgrep -f "^sleep 1000$" -s 0)" ''
    check "$signal: what ran counts as failed" last_line "0 passed, 2 failed"
    check "$signal: and is named" says "two: exit code"
    check "$signal: what had not begun does not begin" test ! -e at-three
}
set -m
interrupted INT 130
interrupted TERM 143

printf '%d passed, %d failed\n' $right $wrong
[ $wrong -eq 0 ]

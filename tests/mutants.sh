#!/usr/bin/env bash
# Breaks the code on purpose, one line at a time in a copy of the tree, and runs the test that must fail.
#   tests/mutants.sh [NAME...]    all mutants, or those named; says "killed" or "SURVIVED" for each; ends with "N passed, N failed"
#   tests/mutants.sh --check      without building: every mutant still changes its file, and docs/mutants.md is up to date
#   tests/mutants.sh --table      prints docs/mutants.md
#
# A mutant is a file tests/mutants/NAME with four lines:
#   what: what is broken, in a sentence
#   file: the file it is in
#   sed: the sed expression that breaks it; or patch: NAME.patch, a file beside it, for more than one line
#   test: unit FILTER | conformance FILTER | emulated FORM FILTER | lab KERNEL FILTER | ctest NAME | script COMMAND
# A FORM of two words is written with an underscore: freebsd_13.
set -uo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
mutants=$root/tests/mutants
# shellcheck source=tests/lab/patience.sh
. "$root/tests/lab/patience.sh"

# field MUTANT NAME: the rest of the line, as it stands.
field() { sed -n "s/^$2: //p" "$mutants/$1"; }

names() { find "$mutants" -maxdepth 1 -type f ! -name '*.patch' -printf '%f\n' | sort; }

# mutate MUTANT FOLDER: breaks the copy in the folder; 1 when nothing was changed.
mutate() {
    local file=$2/$(field "$1" file) expression patch
    expression=$(field "$1" sed)
    patch=$(field "$1" patch)
    cp -p "$file" "$file.before" || return 1
    if [ -n "$patch" ]; then
        patch --quiet --force "$file" "$mutants/$patch" >/dev/null || return 1
    else
        sed -E -i "$expression" "$file" || return 1
    fi
    ! cmp -s "$file" "$file.before"
}

repair() { mv -f "$2/$(field "$1" file).before" "$2/$(field "$1" file)"; }

table() {
    local name
    cat <<'HEAD'
# Mutants: what is broken, and which test fails

Each row breaks one thing on purpose; the test named must fail. `tests/mutants.sh [NAME...]` does so in a copy of the tree (minutes per
row; `./test.sh --long` runs them all). A row is a file of four lines in `tests/mutants/`; `tests/mutants.sh` says how it is written.
After adding one: `tests/mutants.sh --table >docs/mutants.md`. The unit ring checks that every row still changes its file.

| mutant | what is broken | where | what fails |
| --- | --- | --- | --- |
HEAD
    for name in $(names); do
        printf '| %s | %s | `%s` | `%s` |\n' "$name" "$(field "$name" what)" "$(field "$name" file)" "$(field "$name" test)"
    done
}

passed=0 failed=0
say() {
    if [ "$1" = PASS ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    printf '%s  %s\n' "$1" "$2"
}
finish() {
    printf '%d passed, %d failed\n' $passed $failed
    [ $failed -eq 0 ]
    exit
}

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
copy() { (cd "$root" && git ls-files -coz --exclude-standard | tar --null -T - -cf - --ignore-failed-read) | tar -xf - -C "$1"; }

check_all() {
    local name
    copy "$work"
    for name in $(names); do
        if mutate "$name" "$work"; then say PASS "mutant $name changes its file"; else say FAIL "mutant $name changes nothing"; fi
        repair "$name" "$work"
    done
    if table | cmp -s - "$root/docs/mutants.md"; then
        say PASS "docs/mutants.md is up to date"
    else
        say FAIL "docs/mutants.md is not what tests/mutants.sh --table prints"
    fi
    finish
}

# Analyzers look at the form of a line; a mutant has none.
compile() {
    dotnet build "$1" -c Release --nologo -v q -p:CSharpier_Check=false -p:CSharpier_Bypass=true -p:RunAnalyzers=false \
        -p:TreatWarningsAsErrors=false >"$work/build" 2>&1 || { tail -n 20 "$work/build"; return 1; }
}

dotnet_test() { dotnet test "tests/$1/bin/Release/net10.0/$1.dll" -v q --logger 'console;verbosity=minimal' --filter "$2"; }

# built KIND: what the test of this kind needs.
built() {
    case $1 in
        unit) compile tests/CryptoDev.Tests ;;
        conformance | emulated) compile tests/CryptoDev.Conformance ;;
        lab) compile tests/CryptoDev.Conformance && compile src/CryptoDev.Cli ;;
        ctest)
            compile src/CryptoDev.Cli &&
                { cmake -S . -B build -DCMAKE_BUILD_TYPE=Release && cmake --build build; } >"$work/build" 2>&1 ;;
        script) ;;
        *) echo "'$1' is not a kind of test" >&2; return 1 ;;
    esac
}

# tested KIND WORDS...: runs it in the copy.
tested() {
    export CRYPTODEV_BUILT=1
    case $1 in
        unit) dotnet_test CryptoDev.Tests "$2" ;;
        conformance) dotnet_test CryptoDev.Conformance "$2" ;;
        emulated) CRYPTODEV_ONLY=devcrypto CRYPTODEV_EMULATE=${2//_/ },software dotnet_test CryptoDev.Conformance "$3" ;;
        lab) tests/lab/conformance.sh "$2" "$3" ;;
        ctest) ctest --test-dir build --output-on-failure -R "$2" ;;
        script) "${@:2}" ;;
    esac
}

# outcome KIND WORDS...: green, red (a test failed, hangs or ends the process), or none: nothing was built or nothing ran.
outcome() {
    local code process end
    built "$1" >"$work/output" 2>&1 || { echo none; return; }
    set -m # a group of its own, so that a test that hangs can be ended with all it started
    tested "$@" >"$work/output" 2>&1 </dev/null &
    process=$!
    set +m
    end=$((SECONDS + $(step_seconds mutant) * $(measure_time_factor)))
    while kill -0 $process 2>/dev/null; do
        if ((SECONDS >= end)); then
            kill -KILL -- -$process
            echo "1 failed" >>"$work/output"
        fi
        sleep 0.2
    done
    wait $process
    code=$?
    if grep -qE 'Failed: +[1-9]|[1-9][0-9]* failed$|[1-9][0-9]* tests failed|Test host process crashed' "$work/output" &&
        [ $code -ne 0 ]; then
        echo red
    elif [ $code -eq 0 ] && grep -qE 'Passed: +[1-9]|[1-9][0-9]* passed|100% tests passed' "$work/output"; then
        echo green
    else
        echo none
    fi
}

run_all() {
    local name words result
    declare -A before=()
    mkdir "$work/tree"
    copy "$work/tree"
    cd "$work/tree" || exit 1
    for name in "$@"; do
        [ -f "$mutants/$name" ] || { say FAIL "there is no mutant '$name'"; continue; }
        read -ra words <<<"$(field "$name" test)"
        # Only a test that is green without the mutant can kill it.
        [ -n "${before[${words[*]}]-}" ] || before[${words[*]}]=$(outcome "${words[@]}")
        if [ "${before[${words[*]}]}" != green ]; then
            say FAIL "$name: ${words[*]} is not green before anything is broken"
            tail -n 20 "$work/output"
            continue
        fi
        mutate "$name" . || { say FAIL "$name changes nothing"; repair "$name" .; continue; }
        result=$(outcome "${words[@]}")
        case $result in
            red) say PASS "killed    $name, by ${words[*]}" ;;
            green) say FAIL "SURVIVED  $name: ${words[*]} stays green" ;;
            none) say FAIL "$name: it does not build, or no test ran"; tail -n 20 "$work/output" ;;
        esac
        repair "$name" .
        touch "$(field "$name" file)"
    done
    finish
}

case ${1-} in
    --check) check_all ;;
    --table) table ;;
    -*) sed -n '2,13s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    '') mapfile -t all < <(names); run_all "${all[@]}" ;;
    *) run_all "$@" ;;
esac

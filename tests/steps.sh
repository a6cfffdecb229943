# The step runner of test.sh. Sourced.
#
#   step RESOURCES NAME COMMAND...   puts a step into the queue
#   run_steps                        runs the queue; returns when it is empty
#   run NAME COMMAND...              one step by itself, after all before it; its exit code
#   end_steps                        the times, what failed and the counts; 1 when something failed
#
# RESOURCES are words in one argument. A step waits for every earlier step that has a word in common with it; the others run beside each
# other, as many at a time as there are processors (at most 4, or CRYPTODEV_JOBS). A step's output is kept and shown in one piece when the
# step has ended.

passed=0 failed=0 steps_log=$(mktemp -d)
: >"$steps_log/failures"
: >"$steps_log/times"
mkfifo "$steps_log/clock"
exec {steps_clock}<>"$steps_log/clock"
last_code=0
step_names=() step_resources=() step_waiting=()
declare -A step_running=() step_started=()

steps_at_once=${CRYPTODEV_JOBS:-$(nproc)}
[[ $steps_at_once =~ ^[1-9][0-9]*$ ]] || { echo "CRYPTODEV_JOBS takes a number from 1 up, not '$steps_at_once'." >&2; exit 2; }
[ -n "${CRYPTODEV_JOBS-}" ] || [ "$steps_at_once" -le 4 ] || steps_at_once=4

trap 'rm -rf -- "$steps_log"' EXIT
# Only a word: a trap that runs while read waits is cut off when its time is over.
steps_signal=
trap 'steps_signal=130' INT
trap 'steps_signal=143' TERM HUP

step() {
    local number=${#step_names[@]}
    step_resources+=("$1")
    step_names+=("$2")
    step_waiting+=("$number")
    shift 2
    declare -ga "step_command_$number"
    local -n words=step_command_$number
    words=("$@")
}

# clashes NUMBER NUMBER...: whether the first step has a resource in common with one of the others.
clashes() {
    local word other
    for word in ${step_resources[$1]}; do
        for other in "${@:2}"; do
            [[ " ${step_resources[other]} " != *" $word "* ]] || return 0
        done
    done
    return 1
}

# Takes from the queue what may start now. Who waits keeps his resources for himself, so that steps of one resource run in their order.
start_steps() {
    local number left=()
    for number in "${step_waiting[@]}"; do
        if [ ${#step_running[@]} -lt "$steps_at_once" ] && ! clashes "$number" "${step_running[@]}" "${left[@]}"; then
            start_step "$number"
        else
            left+=("$number")
        fi
    done
    step_waiting=("${left[@]}")
}

# A process group of its own (set -m), so that one signal reaches all of a step.
start_step() {
    local -n words=step_command_$1
    echo "== ${step_names[$1]}: started"
    step_started[$1]=$SECONDS
    set -m
    "${words[@]}" </dev/null >"$steps_log/$1" 2>&1 {steps_clock}<&- &
    step_running[$!]=$1
    set +m
}

# By looking, because wait -n does not know a job that ended before it was asked; wait with a process knows every one.
run_steps() {
    local process
    [ -n "$steps_signal" ] || start_steps
    while [ -z "$steps_signal" ] && [ ${#step_running[@]} -gt 0 ]; do
        for process in "${!step_running[@]}"; do
            ! kill -0 "$process" 2>/dev/null || continue
            wait "$process"
            last_code=$?
            finish_step "$process" "$last_code"
        done
        start_steps
        # Reading a pipe that nobody writes to is a sleep that starts no process and that a signal cuts short.
        read -r -t 0.1 -u "$steps_clock"
    done
    [ -z "$steps_signal" ] || interrupt_steps "$steps_signal"
}

run() {
    run_steps
    step - "$@"
    run_steps
    return "$last_code"
}

# A step that fails without having counted a failure counts as one; what only builds or installs counts nothing when it succeeds.
finish_step() {
    local number=${step_running[$1]} code=$2 before=$failed name
    unset "step_running[$1]"
    name=${step_names[number]}
    echo "== $name"
    cat "$steps_log/$number"
    count "$steps_log/$number"
    if [ "$code" -ne 0 ] && [ "$failed" -eq "$before" ]; then
        failed=$((failed + 1))
    fi
    if [ "$failed" -ne "$before" ]; then
        remember "$name" "$code" "$steps_log/$number" >>"$steps_log/failures"
    fi
    echo "== $name: exit code $code, $((SECONDS - step_started[$number])) s"
    printf '%6d s  from %6d s  exit code %3d  %s\n' $((SECONDS - step_started[$number])) "${step_started[$number]}" "$code" "$name" \
        >>"$steps_log/times"
    rm -f "$steps_log/$number"
}

# Adds a step's own last "N passed, N failed" line, or where it has none the summaries of the .NET runner or of ctest.
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

# remember NAME CODE OUTPUT: what names the failures of a step: lines of the .NET runner (and each error's first two), of the lab's
# scripts, of ctest and of the compilers; where there is none (a crash, a time that was over), the step's last lines.
remember() {
    local why
    echo "$1: exit code $2"
    why=$(awk '/^ +Failed [A-Z]|^(FAIL|lab:) |error [A-Z]+[0-9]+:|: (fatal )?error:/ { print "    " $0; next }
         /^[ \t]+[0-9]+ - .*\((Failed|Timeout|SEGFAULT|Subprocess|ILLEGAL|Not Run)/ { print "    " $0; next }
         /^ +Error Message:/ { more = 2; next }
         more > 0 { print "        " $0; more-- }' "$3" | cut -c1-400 | head -n 40)
    [ -n "$why" ] || why=$(tail -n 60 "$3" | cut -c1-400 | sed 's/^/    | /')
    printf '%s\n' "$why"
}

# Ends every step that runs, shows what it had said, and counts it as failed. The lab needs a moment to end its guests.
interrupt_steps() {
    local process turn
    trap '' INT TERM HUP
    for process in "${!step_running[@]}"; do kill -TERM -- "-$process" 2>/dev/null; done
    for ((turn = 0; turn < 200; turn++)); do
        any_step_lives || break
        sleep 0.1
    done
    for process in "${!step_running[@]}"; do
        kill -KILL -- "-$process" 2>/dev/null
        wait "$process"
        finish_step "$process" $?
    done
    echo "== interrupted"
    end_steps
    exit "$1"
}

any_step_lives() {
    local process
    for process in "${!step_running[@]}"; do
        ! kill -0 -- "-$process" 2>/dev/null || return 0
    done
    return 1
}

end_steps() {
    echo "== how long each step took"
    cat "$steps_log/times"
    if [ -s "$steps_log/failures" ]; then
        echo "== what failed"
        cat "$steps_log/failures"
    fi
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}

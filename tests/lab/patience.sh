# How long things may take, in one place. Sourced by the lab's scripts and by test.sh.
#
# A bound is for what hangs; it says nothing about speed. It is given in seconds of an idle machine, with room for ten times what the step
# takes there, and is scaled by a factor that is measured: how many times longer a small piece of work takes here and now.

# Microseconds that the piece takes on an idle machine of the kind that the bounds were found on.
readonly PIECE_MICROSECONDS=220000

# Seconds of an idle machine; the emulated processor's slowness is part of the figure.
declare -rA STEP_SECONDS=(
    [boot]=180        # from the kernel's start to the command
    [command]=600     # what `lab run` grants without --timeout
    [conformance]=1800
    [files]=1500
    [powers]=1800
    [serve]=1800
    [mutant]=900      # the one test that must fail
    [event]=300       # one thing that must come: a line of a server, the end of a process
)

# A bash of its own: one with jobs in the background makes two system calls per command, and in User-Mode Linux those take 100 times as
# long as the work itself.
piece_of_work() { bash -c 'for ((turn = 0; turn < 100000; turn++)); do :; done'; }

# Prints the factor in hundredths, from 100 up.
measure_time_hundredths() {
    local start=${EPOCHREALTIME//[.,]/} taken
    piece_of_work
    taken=$((${EPOCHREALTIME//[.,]/} - start))
    echo $((taken <= PIECE_MICROSECONDS ? 100 : 100 * taken / PIECE_MICROSECONDS))
}

# Prints the factor, a whole number from 1 up.
measure_time_factor() { echo $((($(measure_time_hundredths) + 99) / 100)); }

# The factor of this run: measured at its start by whoever began it.
time_factor() {
    [[ ${CRYPTODEV_TIME_FACTOR-} =~ ^[1-9][0-9]{0,3}$ ]] || CRYPTODEV_TIME_FACTOR=$(measure_time_factor)
    export CRYPTODEV_TIME_FACTOR
}

# step_seconds STEP: the bound in seconds of an idle machine. CRYPTODEV_LAB_TIMEOUT takes its place.
step_seconds() { echo "${CRYPTODEV_LAB_TIMEOUT:-${STEP_SECONDS[$1]}}"; }

# until_true COMMAND...: waits for one event; 1 when its bound is over.
until_true() {
    local end
    time_factor
    end=$((SECONDS + STEP_SECONDS[event] * CRYPTODEV_TIME_FACTOR))
    until "$@"; do
        ((SECONDS < end)) || return 1
        sleep 0.1
    done
}

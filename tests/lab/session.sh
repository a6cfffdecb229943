# One run: the control folder shared with the guest, the streams, the clock, and the end of everything.
#
# The control folder holds: command (what to run), started, exit (its exit code), stdout, stderr, console (the kernel's words), and, where
# modules are to be loaded, insmod (their files) and insmod-failed (the one that does not load, and why).

SESSION_DIR='' GUEST_PID='' STREAM_PIDS=()

readonly BOOT_SECONDS=${LAB_BOOT_SECONDS:-${STEP_SECONDS[boot]}}

# How often the clock looks how busy the machine is, in microseconds.
readonly CLOCK_STEP=30000000

run_session() {
    local kernel=$1 card=$2 timeout=$3 cpus=$4 memory=$5 kernel_log=$6
    shift 6
    # Set before the first thing that must be undone exists.
    trap 'interrupted 130' INT
    trap 'interrupted 143' TERM HUP
    trap end_session EXIT
    ! guest_owns "$PWD" ||
        die $EXIT_USAGE "this directory is '$PWD'; the guest has a /dev, /proc, /run and /sys of its own, so run from elsewhere."
    make_session_dir
    write_command "$@"
    [ ${#INSMOD[@]} -eq 0 ] || printf '%s\n' "${INSMOD[@]}" >"$SESSION_DIR/control/insmod"
    local control=$SESSION_DIR/control
    if [ "$kernel" = uml ]; then
        start_uml "$control" "$LAB_OUT" "${memory:-4G}"
    else
        start_qemu "$kernel" "$control" "$LAB_OUT" "$card" "$cpus" "${memory:-8G}"
    fi
    start_streams "$control"
    wait_for_guest "$control" "$timeout"
    local outcome=$?
    stop_guest
    stop_streams
    if [ -n "$kernel_log" ]; then
        cp -- "$control/console" "$kernel_log" || say "the kernel log could not be written to '$kernel_log'."
    fi
    report_outcome "$kernel" "$control" "$timeout" $outcome
}

# Folders of the host that the guest cannot see, because it mounts its own there.
guest_owns() { [[ $1 =~ ^/(dev|proc|run|sys)(/|$) ]]; }

make_session_dir() {
    local parent
    parent=$(readlink -f "${TMPDIR:-/tmp}")
    # The kernel command line has no quoting for these.
    if guest_owns "$parent" || [[ $parent =~ [[:space:],\"\'] ]]; then parent=/tmp; fi
    SESSION_DIR=$(mktemp -d "$parent/cryptodev-lab.XXXXXX") || die $EXIT_BOOT_FAILED "no temporary folder could be made in '$parent'."
    mkdir -p "$SESSION_DIR/control" "$SESSION_DIR/out"
    local control=$SESSION_DIR/control
    : >"$control/stdout"
    : >"$control/stderr"
    : >"$control/console"
    mkfifo "$SESSION_DIR/clock"
    # Copies, so that an edit of the lab while a guest runs cannot change the script it is reading.
    cp "$LAB_HOME"/guest-*.sh "$LAB_HOME/patience.sh" "$control/"
    chmod +x "$control"/guest-*.sh
    if [ -n "${LAB_OUT:-}" ]; then
        mkdir -p -- "$LAB_OUT" || die $EXIT_USAGE "LAB_OUT is '$LAB_OUT', which is not a folder and cannot be made."
        LAB_OUT=$(cd -- "$LAB_OUT" && pwd -P) || die $EXIT_USAGE "the folder in LAB_OUT cannot be entered."
        [[ $LAB_OUT != *[,\"\']* ]] || die $EXIT_USAGE "LAB_OUT is '$LAB_OUT'; commas and quotes are not allowed in it."
        ! guest_owns "$LAB_OUT" ||
            die $EXIT_USAGE "LAB_OUT is '$LAB_OUT'; the guest has a /dev, /proc, /run and /sys of its own, so choose another folder."
    else
        LAB_OUT=$SESSION_DIR/out
    fi
    export LAB_OUT
}

# What the guest runs, as a script with every word quoted: the only form that carries spaces, quotes and line ends intact.
write_command() {
    local name
    {
        for name in $(compgen -e); do
            case $name in
                CRYPTODEV_TIME_FACTOR) ;; # the guest measures its own
                DOTNET_* | LAB_* | CRYPTODEV_* | NUGET_* | LANG | LC_* | TZ | CI)
                    printf 'export %s=%q\n' "$name" "${!name}" ;;
            esac
        done
        printf 'export PATH=%q\n' "$CALLER_PATH"
        printf 'export HOME=%q\n' "${HOME:-/root}"
        printf 'export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1\n'
        printf 'cd -- %q || exit 126\n' "$PWD"
        printf 'exec --'
        printf ' %q' "$@"
        printf '\n'
    } >"$SESSION_DIR/control/command"
}

# The guest is its own session and process group, so that one kill reaches all of it, and dies with this script even when that is killed
# outright.
launch_guest() {
    local control=$1
    shift
    (
        ulimit -c 0 # a kernel that aborts must not leave a core file
        exec setsid setpriv --pdeathsig TERM "$@" </dev/null >>"$control/console" 2>&1
    ) &
    GUEST_PID=$!
    disown "$GUEST_PID" # or bash itself reports an abort on stderr
}

start_streams() {
    setsid setpriv --pdeathsig TERM tail -c +1 -s 0.1 -f --pid="$GUEST_PID" "$1/stdout" 2>/dev/null &
    STREAM_PIDS+=($!)
    setsid setpriv --pdeathsig TERM tail -c +1 -s 0.1 -f --pid="$GUEST_PID" "$1/stderr" >&2 2>/dev/null &
    STREAM_PIDS+=($!)
}

# Returns when the guest has nothing more to say: 0 ended or reported an exit code (which it does last), 1 over time, 2 over the time to
# boot.
wait_for_guest() {
    local control=$1 now seen hundredths=100 used=0 look=0
    seen=${EPOCHREALTIME//[.,]/}
    # Reading a pipe that nobody writes to is a sleep that starts no process and that a signal cuts short.
    exec {clock}<>"$SESSION_DIR/clock"
    while [ ! -s "$control/exit" ] && kill -0 "$GUEST_PID" 2>/dev/null; do
        now=${EPOCHREALTIME//[.,]/}
        # Seconds of an idle machine: where a piece of work takes ten times as long, the clock goes ten times slower.
        if ((now >= look)); then
            hundredths=$(measure_time_hundredths)
            look=$((now + CLOCK_STEP))
        fi
        used=$((used + (now - seen) * 100 / hundredths))
        seen=$now
        if ((used >= $2 * 1000000)); then
            return 1
        fi
        if ((used >= BOOT_SECONDS * 1000000)) && [ ! -e "$control/started" ]; then
            return 2
        fi
        read -r -t 0.05 -u "$clock"
    done
    return 0
}

stop_guest() {
    [ -n "$GUEST_PID" ] || return 0
    local step
    signal_guest TERM
    for ((step = 0; step < 40; step++)); do
        signal_guest 0 || break
        sleep 0.05
    done
    signal_guest KILL
    GUEST_PID=''
}

# The process itself too, since its group is there only a moment after its birth.
signal_guest() { kill "-$1" -- "-$GUEST_PID" 2>/dev/null || kill "-$1" "$GUEST_PID" 2>/dev/null; }

# The tails end by themselves once the guest is gone and the files are read to their end.
stop_streams() {
    [ ${#STREAM_PIDS[@]} -eq 0 ] || wait "${STREAM_PIDS[@]}" 2>/dev/null
    STREAM_PIDS=()
}

report_outcome() {
    local kernel=$1 control=$2 timeout=$3 outcome=$4
    if [ -s "$control/insmod-failed" ]; then
        die $EXIT_NOT_READY "kernel $kernel: --insmod: $(<"$control/insmod-failed")"
    elif [ -s "$control/exit" ]; then
        exit "$(<"$control/exit")"
    elif [ "$outcome" = 1 ] && [ ! -e "$control/started" ]; then
        die $EXIT_TIMED_OUT "kernel $kernel: the guest had not reached the command after $timeout s (--timeout) and was stopped."
    elif [ "$outcome" = 1 ]; then
        die $EXIT_TIMED_OUT "kernel $kernel: the command did not end within $timeout s (--timeout) and the guest was stopped."
    elif [ -e "$control/started" ]; then
        show_kernel_log "$control"
        die $EXIT_GUEST_LOST "kernel $kernel: the guest panicked or vanished before the command ended; its last kernel lines are above."
    else
        show_kernel_log "$control"
        local limit=''
        [ "$outcome" = 2 ] && limit=" within $BOOT_SECONDS s"
        die $EXIT_BOOT_FAILED "kernel $kernel did not boot$limit; its last kernel lines are above."
    fi
}

show_kernel_log() { tr -d '\r' <"$1/console" | tail -n 30 >&2; }

interrupted() {
    trap '' INT TERM HUP
    say "interrupted; the guest was stopped."
    exit "$1"
}

end_session() {
    trap '' INT TERM HUP
    stop_guest
    stop_streams
    [ -z "$SESSION_DIR" ] || rm -rf -- "$SESSION_DIR"
}

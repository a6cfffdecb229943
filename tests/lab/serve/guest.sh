#!/bin/bash
# What serve.sh runs inside: servers of all kinds, C programs against them, and ends of both at bad moments. guest.sh FOLDER-OF-PROGRAMS
set -uo pipefail
programs=$1
# shellcheck source=tests/lab/patience.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../patience.sh"
work=$(mktemp -d)
chmod 755 "$work"
cd "$work" || exit 1
passed=0 failed=0
long=1
[ -z "${CRYPTODEV_LONG-}" ] || long=10
RANDOM=${CRYPTODEV_SEED:-$(date +%s)}

check() {
    local name=$1
    shift
    if "$@"; then
        passed=$((passed + 1)); printf 'PASS  %s\n' "$name"
    else
        failed=$((failed + 1)); printf 'FAIL  %s\n' "$name"
    fi
}

equal() { [ "$1" = "$2" ] || { printf '      expected %q, got %q\n' "$2" "$1"; return 1; }; }
holds() { grep -qF -- "$2" "$1" || { printf '      no "%s" in %s:\n' "$2" "$1"; sed 's/^/      /' "$1" | tail -n 5; return 1; }; }

# serve NAME OPTION...: starts a server of /dev/NAME and waits until it is ready; its process in server[NAME], its words in NAME.out and
# NAME.err.
declare -A server
serve() {
    local name=$1
    : >"$name.out"
    "${before[@]}" "$CRYPTODEV_COMMAND" serve --device "$name" "${@:2}" >"$name.out" 2>"$name.err" &
    server[$name]=$!
    until_true is_ready "$name"
}
before=()
is_ready() { grep -q '^ready: ' "$1.out" || ! kill -0 "${server[$1]}" 2>/dev/null; }

# leave NAME: SIGTERM must end a server with 0, and the node with it.
leave() {
    kill -TERM "${server[$1]}"
    until_true not_running "${server[$1]}" || { echo "      it still runs"; kill -KILL "${server[$1]}"; }
    wait "${server[$1]}"
    equal $? 0 && equal "$(ls "/dev/$1" 2>&1)" "ls: cannot access '/dev/$1': No such file or directory"
}
not_running() { ! kill -0 "$1" 2>/dev/null; }

# Lines of --verbose have these words and no others: no byte of a key or of data can be among them.
only_known_words() {
    local strange driver='(-|software|af_alg:[a-z0-9_(),-]+)'
    strange=$(grep -vE -e "^file [0-9]+ [A-Z0-9_a-z]+ 0x[0-9a-f]{8} (ok|E[A-Z0-9]+) [0-9]+ bytes $driver [0-9.]+ us\$" \
        -e '^counters? |^caller [0-9]+: |^process [0-9]+ of user [0-9]+ was refused: |^cryptodev: ' "$1")
    [ -z "$strange" ] || { printf '      %s\n' "${strange:0:500}"; return 1; }
}

# counters NAME: makes the server print its counters and keeps the last of them in NAME.counters.
counters() {
    local already
    already=$(grep -c '^counters end' "$1.err")
    kill -USR1 "${server[$1]}"
    until_true more_counters "$1" "$already" || return 1
    tac "$1.err" | awk '/^counters end/ { if (seen++) exit; next } seen' >"$1.counters"
}
more_counters() { [ "$(grep -c '^counters end' "$1.err")" -gt "$2" ]; }
# counter NAME WORDS: one value, 0 where it is not listed.
counter() {
    awk -v words="counter $2 " '
        index($0, words) == 1 { print substr($0, length(words) + 1); found = 1; exit }
        END { if (!found) print 0 }' "$1.counters"
}
device_counter() { counter "$1" "device /dev/$1 $2"; }

# Nothing is open any more; closing is a request of its own, so it may take a moment.
is_empty() {
    local name
    counters "$1" || return 1
    for name in files-open sessions-open bytes-in-flight "device /dev/$1 open-files" "device /dev/$1 running"; do
        [ "$(counter "$1" "$name")" = 0 ] || return 1
    done
}
nothing_open() { until_true is_empty "$1" || { grep -E 'open|flight|running' "$1.counters" | sed 's/^/      /'; return 1; }; }

# client PROGRAM ARGUMENT...: runs a C program, shows its lines and adds its counts.
client() {
    local code last
    "$programs/$1" "${@:2}" >client.out 2>&1
    code=$?
    last=$(tail -n 1 client.out)
    if [[ $last =~ ([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
        passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
        sed '$d' client.out | sed "s#^PASS  #PASS  $*: #; s#^FAIL  #FAIL  $*: #"
    else
        failed=$((failed + 1)); printf 'FAIL  %s did not come to its end: exit code %s\n' "$*" $code
        tail -n 5 client.out
    fi
}

# with_shim PROGRAM DEVICE: as a client on the kernel's device, with the shim loaded and no server at its socket. CRIOGET must give a
# descriptor then: the programs take a refusal only where no socket is named.
with_shim() { LD_PRELOAD=$programs/shim.so CRYPTODEV_SOCKET=$work/none CRYPTODEV_DEVICE=$2 client "$1" "$2"; }

whole_client() {
    client "$1" "/dev/$2" "${@:3}" basic
    client "$1" "/dev/$2" "${@:3}" sizes
    client "$1" "/dev/$2" "${@:3}" poll
    client "$1" "/dev/$2" "${@:3}" signals $((60 * long))
}

start_loops() {
    local i
    loops=()
    for ((i = 0; i < $2; i++)); do
        : >"loop.$i"
        "$programs/linux-client" "/dev/$1" loop "${@:3}" >"loop.$i" 2>&1 &
        loops+=($!)
    done
}

# Clients whose device went away end by themselves, and none with a wrong answer.
loops_end_well() {
    local process
    for process in "${loops[@]}"; do
        until_true not_running "$process" || { echo "      a client hangs"; kill -KILL "$process"; return 1; }
        wait "$process" || { echo "      a client ended with $?"; cat loop.*; return 1; }
    done
}

# at_work FILE PROCESS: a client has begun, or has ended already.
at_work() { grep -q '^at work' "$1" || not_running "$2"; }
loops_at_work() {
    local i
    for i in "${!loops[@]}"; do until_true at_work "loop.$i" "${loops[i]}" || return 1; done
}

moment() { sleep "0.$((RANDOM % 5))$((RANDOM % 10))"; }

direct_cases() {
    check "a server is ready" serve crypto --mode 640 --group 1
    check "with the mode and the group asked for" equal "$(stat -c '%a %g' /dev/crypto)" '640 1'
    whole_client linux-client crypto
    client linux-client /dev/crypto many 64 $((20 * long))
    check "nothing stays open" nothing_open crypto
    check "no retry was needed" equal "$(device_counter crypto retry-rounds)" 0

    counters crypto
    local reads ioctls others
    reads=$(device_counter crypto requests-read) ioctls=$(device_counter crypto ioctls)
    others=$(($(device_counter crypto opens) + $(device_counter crypto releases)))
    "$programs/devcrypto-cost" --blocks 3 --milliseconds 30 /dev/crypto >cost.out 2>&1
    nothing_open crypto
    local made=$(($(device_counter crypto ioctls) - ioctls))
    check "the server saw the ioctls that were made" equal $made "$(awk '$1 == "calls" { print $3 }' cost.out)"
    others=$(($(device_counter crypto opens) + $(device_counter crypto releases) - others))
    check "and read one request for each" equal $(($(device_counter crypto requests-read) - reads)) $((made + others))

    "$CRYPTODEV_COMMAND" serve --device crypto >second.out 2>second.err
    check "a second server of the name ends with 4" equal $? 4
    check "and says why" holds second.err '/dev/crypto is there already'
    client linux-client /dev/crypto basic
}

# The runtime opens a file for a moment now and then.
has_descriptors() { [ "$(find "/proc/${server[$1]}/fd" -type l | wc -l)" -le "$2" ]; }

killed_client_cases() {
    local round files
    nothing_open "$1"
    files=$(find "/proc/${server[$1]}/fd" -type l | wc -l)
    for ((round = 0; round < 8 * long; round++)); do
        start_loops "$1" 4
        moment
        kill -KILL "${loops[@]}"
        wait "${loops[@]}" 2>/dev/null
    done
    check "$1: clients killed at work leave nothing open" nothing_open "$1"
    check "$1: nor a descriptor of the server" until_true has_descriptors "$1" $((files + 2))
    client linux-client "/dev/$1" basic
}

killed_server_cases() {
    local round
    for ((round = 0; round < 3 * long; round++)); do
        serve "$1" "${@:2}" || return
        start_loops "$1" 4 killed
        moment
        kill -KILL "${server[$1]}"
        wait "${server[$1]}" 2>/dev/null
        check "$1: a server killed at work: its clients end" loops_end_well
        check "$1: and the node" until_true test ! -e "/dev/$1"
    done
}

ended_server_cases() {
    serve "$1" "${@:2}"
    start_loops "$1" 6
    : >sleeper.out
    "$programs/linux-client" "/dev/$1" sleeper >sleeper.out 2>&1 &
    local sleeper=$!
    check "$1: clients work" loops_at_work
    check "$1: and one sleeps" until_true at_work sleeper.out $sleeper
    check "$1: SIGTERM while clients work ends with 0, and the node goes" leave "$1"
    check "$1: the clients end" loops_end_well
    check "$1: who slept in poll is woken" until_true not_running $sleeper
    wait $sleeper
    check "$1: with an error" equal $? 0
    check "$1: counters are printed at the end" holds "$1.err" 'counters end'
}

refusal_cases() {
    mv /dev/cuse /dev/cuse.away
    "$CRYPTODEV_COMMAND" serve --device nocuse >no.out 2>no.err
    check "no /dev/cuse: 3" equal $? 3
    check "and what to do" holds no.err 'modprobe cuse'
    mv /dev/cuse.away /dev/cuse
    chown 65534 /dev/cuse && chmod 0400 /dev/cuse
    setpriv --bounding-set -all --inh-caps -all "$CRYPTODEV_COMMAND" serve --device noright >no.out 2>no.err
    check "a server that may not open it: 3" equal $? 3
    check "and why" holds no.err '/dev/cuse may not be opened'
    chown 0 /dev/cuse && chmod 0600 /dev/cuse
    "$CRYPTODEV_COMMAND" serve --device nogroup --group no-such-group >no.out 2>no.err
    check "an unknown group: 2" equal $? 2
    check "and no node stays" test ! -e /dev/nogroup
    # Only the kernel knows of a device whose node was taken away.
    serve hidden
    rm /dev/hidden
    "$CRYPTODEV_COMMAND" serve --device hidden >no.out 2>no.err
    check "a name that only the kernel knows to be taken: 4" equal $? 4
    check "and why" holds no.err "the kernel refuses a device named 'hidden'"
    check "and the first server leaves cleanly" leave hidden
}

# as USER GROUP GROUPS PROGRAM...: with the shim, as another user.
as() { setpriv --reuid="$1" --regid="$2" --groups="$3" env LD_PRELOAD="$programs/shim.so" CRYPTODEV_SOCKET="$work/socket" "${@:4}"; }
refused() { as "$@" "$programs/linux-client" /dev/crypto basic >refused.out 2>&1; equal "$?" 3 && holds refused.out 'Permission denied'; }
admitted() { as "$@" "$programs/linux-client" /dev/crypto basic >admitted.out 2>&1 || { tail -n 3 admitted.out; return 1; }; }
has_refused() { counters socket; equal "$(counter socket "socket $work/socket connections-refused")" "$1"; }
socket_ended() { not_running "${server[socket]}"; }

# Who may connect: by the mode of the path, and by the credentials where the path lets everybody in.
socket_cases() {
    "$CRYPTODEV_COMMAND" serve --socket "$work/socket" --mode 660 --group 1 --verbose >socket.out 2>socket.err &
    server[socket]=$!
    check "a socket is served" until_true is_ready socket
    check "with the mode and the group asked for" equal "$(stat -c '%a %g' socket)" '660 1'
    check "its own user is let in" admitted 0 0 0
    check "and another user's processes in that group" admitted 65534 1 1
    check "or with it among their groups" admitted 65534 65534 1
    check "another user is not" refused 65534 65534 65534
    check "the path kept him out" has_refused 0
    chmod 666 socket
    check "nor where the path has been opened to all" refused 65534 65534 65534
    check "his credentials kept him out" has_refused 1
    check "others are let in as before" admitted 65534 65534 1
    kill -TERM "${server[socket]}"
    check "SIGTERM ends it" until_true socket_ended
    wait "${server[socket]}"
    check "with 0" equal $? 0
    check "and the path goes" test ! -e socket
    check "who was refused is told of" holds socket.err 'was refused: mode 660'
    check "a line per ioctl" holds socket.err ' CIOCCRYPT 0x'
    check "with no word that could be a key or data" only_known_words socket.err
}

# One emulator behind a device and a socket.
both_cases() {
    serve both --socket "$work/socket"
    check "a device and a socket" equal "$(grep -c '^ready: ' both.out)" 2
    client linux-client /dev/both basic
    check "both are served" admitted 0 0 0
    counters both
    local opened=$(($(device_counter both opens) + $(counter both "socket $work/socket connections")))
    check "with one emulator behind them" equal "$(counter both files-opened)" $opened
    check "and both leave" leave both
    check "the socket too" test ! -e socket
}

# Neither side is told a path.
at_standard_path() {
    env -u CRYPTODEV_SOCKET LD_PRELOAD="$programs/shim.so" "$programs/linux-client" /dev/crypto basic >client.out 2>&1 ||
        { tail -n 3 client.out; return 1; }
}
standard_cases() {
    "$CRYPTODEV_COMMAND" serve --socket >standard.out 2>standard.err &
    server[standard]=$!
    check "a socket without a path" until_true is_ready standard
    check "is at the standard one" holds standard.out 'socket /run/cryptodev.sock'
    check "where the shim looks" at_standard_path
    kill -TERM "${server[standard]}"
    wait "${server[standard]}"
    check "SIGTERM ends it" equal $? 0
}

socket_cases
standard_cases
direct_cases
both_cases
killed_client_cases crypto
for bits in 64 32; do
    [ ! -x "$programs/linux-$bits" ] || client linux-$bits /dev/crypto
done
with_shim linux-64 /dev/crypto
[ ! -x "$programs/linux-client-32" ] || whole_client linux-client-32 crypto
check "nothing stays open" nothing_open crypto
check "the server leaves cleanly" leave crypto

check "a server by retry is ready" serve cryptoretry --transfer retry
whole_client linux-client cryptoretry --retry
client linux-client /dev/cryptoretry --retry many 64 $((5 * long))
[ ! -x "$programs/linux-client-32" ] || whole_client linux-client-32 cryptoretry --retry
killed_client_cases cryptoretry
check "it used the retry protocol" test "$(device_counter cryptoretry retry-rounds)" -gt 1000
check "it leaves cleanly" leave cryptoretry

# A server in a pid namespace of its own does not see who calls; one without the right to trace may not read the caller's memory.
before=(unshare --pid --fork --kill-child)
check "a server that cannot see its callers" serve cryptopid
client linux-client /dev/cryptopid --retry basic
client linux-client /dev/cryptopid --retry many 16 3
{ kill -KILL "${server[cryptopid]}"; wait "${server[cryptopid]}"; } 2>/dev/null
before=(setpriv --bounding-set -sys_ptrace --inh-caps -sys_ptrace)
check "a server that may not trace its callers" serve cryptotrace --verbose
client linux-client /dev/cryptotrace --retry basic
check "says so" holds cryptotrace.err 'direct access to its memory is refused (EPERM)'
check "and prints a line per ioctl" holds cryptotrace.err ' CIOCCRYPT 0x'
check "it leaves cleanly" leave cryptotrace
check "a line has no word that could be a key or data" only_known_words cryptotrace.err
before=()

# NAME PROGRAM WORDS-OF-THE-PROGRAM OPTION-OF-SERVE...: the programs of one dialect, of both word sizes where there are two.
dialect_cases() {
    local bits
    check "a server of $1" serve "$1" "${@:4}"
    for bits in 64 32; do
        # shellcheck disable=SC2086 # none, or one word
        [ ! -x "$programs/$2-$bits" ] || client "$2-$bits" $3 "/dev/$1"
    done
    [ "$2" != netbsd ] || with_shim netbsd-64 "/dev/$1"
    for bits in '' -32; do
        [ ! -x "$programs/$2-client$bits" ] || client "$2-client$bits" "/dev/$1"
    done
    check "$1: nothing stays open" nothing_open "$1"
    check "$1: it leaves cleanly" leave "$1"
}
dialect_cases netcrypto netbsd '' --dialect netbsd --allowsoft 0
check "a server of NetBSD's by retry" serve netretry --dialect netbsd --allowsoft 0 --transfer retry
client netbsd-client /dev/netretry
check "it leaves cleanly" leave netretry
dialect_cases freecrypto freebsd '' --dialect freebsd --allowsoft 1
dialect_cases free12crypto freebsd --12 --dialect 'freebsd 12' --allowsoft 1
dialect_cases opencrypto openbsd '' --dialect openbsd --allowsoft 1 --usercrypto 1 --userasymcrypto 1

check "a server as strict as the real module" serve cryptostrict --strict
for bits in 64 32; do
    [ ! -x "$programs/linux-$bits" ] || client linux-$bits --strict /dev/cryptostrict
done
check "it leaves cleanly" leave cryptostrict

check "NetBSD's own default" serve ndefault --dialect netbsd
check "is told of" holds ndefault.err 'forbids software'
check "it leaves cleanly" leave ndefault

killed_server_cases cryptokill
killed_server_cases cryptokillretry --transfer retry
ended_server_cases cryptoend
ended_server_cases cryptoendretry --transfer retry
refusal_cases

printf '%d passed, %d failed\n' $passed $failed
[ $failed -eq 0 ]

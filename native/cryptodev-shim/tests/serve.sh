#!/bin/bash
# Runs programs with the shim against a server of their own: serve.sh NAME SHIM "SERVER OPTIONS" COMMAND...
# NAME tells what is done besides: plain, length-cache, kill-clients, kill-server, no-server.
# CRYPTODEV_COMMAND is the server; by default the one that `dotnet build -c Release` makes.
set -uo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
name=$1 shim=$2 options=$3
shift 3
command=${CRYPTODEV_COMMAND:-$here/../../../src/CryptoDev.Cli/bin/Release/net10.0/cryptodev}
[ -x "$command" ] || {
    echo "serve.sh: $command is not there; build it first (dotnet build src/CryptoDev.Cli -c Release) or name it in CRYPTODEV_COMMAND." >&2
    exit 1
}
work=$(mktemp -d)
chmod 711 "$work" # who may connect is the socket's to say
export CRYPTODEV_SOCKET=$work/socket
server=
end() { [ -z "$server" ] || kill -KILL "$server" 2>/dev/null; rm -rf -- "$work"; }
trap end EXIT

start() {
    # shellcheck disable=SC2086 # options are words
    : >"$work/out"
    "$command" serve --socket "$CRYPTODEV_SOCKET" --driver software $options >"$work/out" 2>"$work/err" &
    server=$!
    for ((step = 0; step < 6000; step++)); do
        grep -q '^ready: ' "$work/out" && return
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    echo "serve.sh: the server did not start:" >&2
    cat "$work/err" >&2
    exit 1
}

counter() {
    awk -v words="counter $1 " 'index($0, words) == 1 { value = substr($0, length(words) + 1) } END { print value + 0 }' "$work/err"
}
open_now() {
    local name
    for name in files-open sessions-open bytes-in-flight "socket $CRYPTODEV_SOCKET files-open" "socket $CRYPTODEV_SOCKET channels-open"; do
        counter "$name"
    done | tr '\n' ' '
}

# Nothing may be left of clients that are gone; the server looks at it when it ends, and on SIGUSR1.
left() {
    local before step
    for ((step = 0; step < 1000; step++)); do
        before=$(grep -c '^counters end' "$work/err")
        kill -USR1 "$server"
        for ((wait = 0; wait < 6000; wait++)); do
            [ "$(grep -c '^counters end' "$work/err")" -gt "$before" ] && break
            sleep 0.05
        done
        [ "$(open_now)" = '0 0 0 0 0 ' ] && return 0
        sleep 0.2
    done
    echo "serve.sh: something is left:" >&2
    grep -E 'open|flight' "$work/err" | tail -n 6 >&2
    return 1
}

stop() {
    kill -TERM "$server"
    wait "$server"
    local code=$?
    server=
    [ $code -eq 0 ] || { echo "serve.sh: the server ended with $code" >&2; cat "$work/err" >&2; return 1; }
    [ ! -e "$CRYPTODEV_SOCKET" ] || { echo "serve.sh: the socket is left" >&2; return 1; }
    [ "$(counter "socket $CRYPTODEV_SOCKET clients-broken")" -le "${broken:-0}" ] ||
        { echo "serve.sh: the server found a client broken" >&2; return 1; }
}

# LD_PRELOAD for the program and not for this shell's own commands.
with_shim() { LD_PRELOAD=$shim "$@"; }

case $name in
plain)
    start
    with_shim "$@" || exit $?
    left && stop
    ;;
length-cache)
    # One question fills the cache with the length of the IV; other sessions that come and go do not push it out.
    start
    with_shim "$@" || exit 1
    left || exit 1
    asked=$(counter "socket $CRYPTODEV_SOCKET pieces-asked-for")
    [ "$asked" -le 3 ] || { echo "serve.sh: the server asked for $asked pieces" >&2; exit 1; }
    stop
    ;;
kill-clients)
    start
    broken=1000000
    for ((n = 0; n < 40; n++)); do
        env LD_PRELOAD="$shim" "$@" >/dev/null &
        client=$!
        sleep "0.$((RANDOM % 3))$((RANDOM % 10))"
        kill -KILL "$client"
        wait "$client" 2>/dev/null
    done
    left && stop
    ;;
kill-server)
    for ((n = 0; n < 8; n++)); do
        start
        clients=()
        for ((client = 0; client < 4; client++)); do
            with_shim timeout 600 "$@" >"$work/client$client" 2>&1 &
            clients+=($!)
        done
        sleep "0.$((RANDOM % 5))$((RANDOM % 10))"
        for ((client = 0; client < 4; client++)); do
            until grep -q working "$work/client$client" || ! kill -0 "${clients[client]}" 2>/dev/null; do sleep 0.02; done
        done
        if ((n % 2)); then kill -KILL "$server"; else kill -TERM "$server"; fi
        wait "$server" 2>/dev/null
        server=
        for ((client = 0; client < 4; client++)); do
            wait "${clients[client]}" || { echo "serve.sh: a client of a dead server:" >&2; cat "$work/client$client" >&2; exit 1; }
        done
    done
    # What a killed server left does not keep the next from starting.
    start && stop
    ;;
no-server)
    with_shim "$@"
    ;;
*)
    echo "serve.sh: '$name' is none of plain, length-cache, kill-clients, kill-server, no-server" >&2
    exit 2
    ;;
esac

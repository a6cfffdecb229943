#!/bin/bash
# Serves /dev/crypto while a command runs, inside a kernel of the lab: with-server.sh [OPTION-OF-SERVE...] -- COMMAND [ARGUMENT...]
# The command's exit code; 99 when there was no server, or when it did not end well.
set -uo pipefail
# shellcheck source=tests/lab/patience.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../patience.sh"
options=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    options+=("$1")
    shift
done
shift
words=$(mktemp -d)
"$CRYPTODEV_COMMAND" serve "${options[@]}" >"$words/out" 2>"$words/err" &
server=$!
is_ready() { grep -q '^ready: ' "$words/out" || ! kill -0 $server 2>/dev/null; }
until_true is_ready
grep '^ready: ' "$words/out" >&2 || { cat "$words/err" >&2; exit 99; }
"$@"
code=$?
kill -TERM $server
wait $server || { echo "with-server.sh: the server ended with $?" >&2; cat "$words/err" >&2; exit 99; }
sed 's/^/server: /' "$words/err" >&2
exit $code

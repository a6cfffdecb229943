#!/bin/bash
# Key operations inside a lab kernel: what the keyring adds to the kernel's own time, and RSA by keys in the kernel with 1, 2, 4 and 8
# under way. Usage: benchmarks/run-keys.sh KERNEL [--card]
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
kernel=${1-}
[ -n "$kernel" ] || { echo "Name a kernel of the lab: 6.1, 6.12 or 7.2." >&2; exit 2; }
shift
. benchmarks/build.sh
dotnet build src/CryptoDev.Cli -c Release -v q --nologo >/dev/null
command=$PWD/src/CryptoDev.Cli/bin/Release/net10.0/cryptodev

# The module does not load by itself. Each operation alone first: the first run of a process pays for the compiler.
tests/lab/lab run --kernel "$kernel" "$@" --timeout 1800 -- bash -c "
    modprobe -a pkcs8_key_parser rsa_generic
    dotnet '$BENCHMARKS' powers keyring
    for operation in rsa-decrypt-2048 rsa-sign-2048; do
        '$command' speed -a \$operation --in-flight 1 1 2 4 8 --seconds 4
    done"

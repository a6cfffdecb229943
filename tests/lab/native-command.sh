#!/usr/bin/env bash
# Publishes the command with NativeAOT for the guests: build/command/cryptodev. There the runtime of a managed one takes many seconds to
# start, and a run on a served device starts some thirty servers.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
# What is made on the way has folders of its own: bin and obj belong to the managed build, which looks at form and rules.
dotnet publish "$root/src/CryptoDev.Cli" -c Release -r linux-x64 -p:PublishAot=true -p:RunAnalyzers=false -p:CSharpier_Bypass=true \
    --artifacts-path "$root/build/command/artifacts" -o "$root/build/command" --nologo -v q
mv -f "$root/build/command/CryptoDev.Cli" "$root/build/command/cryptodev"

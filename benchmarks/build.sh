# Sourced from the root of the repository: builds the C peers and the benchmark program, and sets BENCHMARKS to the latter.
peers_wanted='libssl-dev libkcapi-dev cmake gcc'
missing=''
for package in $peers_wanted; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=" $package"
done
if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ]; then
        apt-get install -y -qq $missing >/dev/null
    else
        echo "These Debian packages are missing:$missing. Install them, or the comparisons that need them cannot run." >&2
    fi
fi
cmake -S . -B build -DCMAKE_BUILD_TYPE=Release >/dev/null
cmake --build build >/dev/null
dotnet build benchmarks/CryptoDev.Benchmarks -c Release -v q --nologo >/dev/null
BENCHMARKS=$PWD/benchmarks/CryptoDev.Benchmarks/bin/Release/net10.0/CryptoDev.Benchmarks.dll

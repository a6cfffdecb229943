# Fetches what a kernel needs: tools as installed packages, QEMU kernels as packages that are only unpacked, into the cache.

# Tool (as missing_for names it) to the package that has it.
declare -rA TOOL_PACKAGE=([busybox]=busybox-static [modprobe]=kmod [setpriv]=util-linux [taskset]=util-linux [linux.uml]=user-mode-linux
    [uml-modules]=user-mode-linux [qemu-system-x86_64]=qemu-system-x86 [cpio]=cpio [xz]=xz-utils)

# Handy in the lab, needed by none of its kernels.
readonly COMFORT_TOOLS=(strace)

set_up() {
    local kernel kernels=("$@")
    [ $# -gt 0 ] || kernels=("${KERNELS[@]}")
    for kernel in "${kernels[@]}"; do
        known_kernel "$kernel" || die $EXIT_USAGE "'$kernel' is not a kernel of the lab; it has: ${KERNELS[*]}."
    done
    install_tools "${kernels[@]}"
    for kernel in "${kernels[@]}"; do
        [ "$kernel" = uml ] || [ -s "$(release_file "$kernel")" ] || fetch_kernel "$kernel"
    done
    list_kernels
}

# Before a run: root fetches what is missing, anyone else is told what to ask for.
make_ready() {
    local missing
    missing=$(missing_for "$1" | tr '\n' ' ')
    [ -n "$missing" ] || return 0
    [ "$(id -u)" = 0 ] || die $EXIT_NOT_READY "kernel $1 is not set up (missing: ${missing% }); run 'tests/lab/lab setup $1' as root."
    say "kernel $1 is not set up (missing: ${missing% }); setting it up now."
    set_up "$1" >&2
}

install_tools() {
    local kernel name packages=()
    for name in $(for kernel in "$@"; do missing_for "$kernel"; done | sort -u); do
        [ -z "${TOOL_PACKAGE[$name]-}" ] || packages+=("${TOOL_PACKAGE[$name]}")
    done
    for name in "${COMFORT_TOOLS[@]}"; do
        command -v "$name" >/dev/null || [ "$(id -u)" != 0 ] || packages+=("$name")
    done
    [ ${#packages[@]} -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        die $EXIT_NOT_READY "these packages must be installed first, as root and with Debian's apt-get: ${packages[*]}."
    fi
    say "installing: ${packages[*]}"
    # The lists may be absent or older than the archive: fetch them only when the first try fails.
    install_packages "${packages[@]}" || { apt-get update -qq >&2 && install_packages "${packages[@]}"; } ||
        die $EXIT_NOT_READY "apt-get could not install: ${packages[*]}; its own message is above."
}

install_packages() {
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 "$@" </dev/null >&2
}

# One at a time, in a subshell so that its folder goes whatever happens; the finished kernel appears by one rename.
fetch_kernel() (
    kernel=$1
    suite=${KERNEL_SUITE[$kernel]}
    command -v apt-get >/dev/null ||
        die $EXIT_NOT_READY "kernel $kernel comes as a Debian package and there is no apt-get here to fetch it."
    mkdir -p "$LAB_CACHE" || die $EXIT_NOT_READY "the cache folder '$LAB_CACHE' cannot be made; name another in CRYPTODEV_LAB_CACHE."
    exec {lock}>"$LAB_CACHE/.lock"
    flock "$lock"
    [ ! -s "$(release_file "$kernel")" ] || exit 0
    work=$(mktemp -d "$LAB_CACHE/.fetch.XXXXXX")
    trap 'rm -rf -- "$work"' EXIT
    trap 'exit 130' INT TERM HUP

    say "kernel $kernel: asking $suite for it"
    prepare_apt "$suite" "$work"
    names=$(apt-cache "${apt_options[@]}" pkgnames linux-)
    release=$(sed -n "s/^linux-image-\(${kernel//./\\.}[.+].*-amd64\)$/\1/p" <<<"$names" |
        grep -v -e '-cloud-' -e '-rt-' | sort -V | tail -n 1)
    [ -n "$release" ] || die $EXIT_NOT_READY "the suite $suite of this machine's Debian archive has no kernel $kernel (any more)."
    # Since 7.x the image package is empty; image, modules and the list of what is built in come in packages of their own.
    packages=()
    for kind in image binary modules base; do
        grep -qxF "linux-$kind-$release" <<<"$names" && packages+=("linux-$kind-$release")
    done
    say "kernel $kernel: downloading ${packages[*]}"
    cd "$work" || exit $EXIT_NOT_READY
    apt-get "${apt_options[@]}" -qq download "${packages[@]}" >&2 ||
        die $EXIT_NOT_READY "kernel $kernel could not be downloaded; apt-get's own message is above."
    mkdir unpacked "$kernel"
    for package in ./*.deb; do
        dpkg-deb -x "$package" unpacked || die $EXIT_NOT_READY "'$package' could not be unpacked into '$LAB_CACHE'."
    done
    image=$(find unpacked -name 'vmlinuz*' -type f | head -n 1)
    modules=$(find unpacked -path "*/lib/modules/$release" -type d | head -n 1)
    [ -n "$image" ] && [ -n "$modules" ] ||
        die $EXIT_NOT_READY "the packages of kernel $kernel hold no image or no modules where the lab looks for them."
    mkdir -p "$kernel/lib/modules"
    mv "$image" "$kernel/vmlinuz" && mv "$modules" "$kernel/lib/modules/" && depmod -b "$work/$kernel" "$release" ||
        die $EXIT_NOT_READY "kernel $kernel could not be put together in '$LAB_CACHE'."
    echo "$release" >"$kernel/release"
    rm -rf "${LAB_CACHE:?}/$kernel" && mv "$kernel" "$LAB_CACHE/$kernel" ||
        die $EXIT_NOT_READY "kernel $kernel could not be moved into '$LAB_CACHE'."
    say "kernel $kernel: $release is ready"
)

# Sets apt_options: apt-get with this machine's mirror and keys, one suite, and no state but in the given folder.
prepare_apt() {
    local suite=$1 folder=$2/apt mirror key signed=''
    mirror=$(debian_mirror)
    key=$(debian_keyring)
    [ -n "$mirror" ] || die $EXIT_NOT_READY "this machine's apt sources name no Debian archive, so kernels cannot be fetched."
    [ -z "$key" ] || signed="[signed-by=$key] "
    mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial"
    printf 'deb %s%s %s main\n' "$signed" "$mirror" "$suite" >"$folder/sources.list"
    apt_options=(-o "Dir::Etc::sourcelist=$folder/sources.list" -o Dir::Etc::sourceparts=/dev/null -o "Dir::State::lists=$folder/lists"
        -o "Dir::Cache=$folder/cache" -o Dir::State::status=/dev/null -o Acquire::Languages=none -o APT::Architecture=amd64)
    # apt's own user may not enter a cache below /root.
    [ "$(id -u)" != 0 ] || apt_options+=(-o APT::Sandbox::User=root)
    apt-get "${apt_options[@]}" -qq update >&2 ||
        die $EXIT_NOT_READY "the suite $suite could not be read from this machine's Debian archive; apt-get's own message is above."
}

# The archive that a plain Debian suite of the apt sources comes from; a security archive carries no other suites. Taken from what apt
# would fetch, so that both formats of sources are read by the program that defines them, and no fetched lists are needed.
debian_mirror() {
    local suites='buster|bullseye|bookworm|trixie|forky|sid|unstable|testing|stable|oldstable'
    apt-get update --print-uris 2>/dev/null |
        sed -n -E "s#^'(.*)/dists/($suites)(-updates|-backports)?/InRelease'.*#\1#p" |
        grep -v 'security' | head -n 1
}

# The keyring that the apt sources name for Debian, or the one Debian installs.
debian_keyring() {
    local key
    while read -r key; do
        [ -f "$key" ] && echo "$key" && return
    done < <(grep -rhoiE 'signed-by *[:=] *[^] ,]*debian[^] ,]*' /etc/apt/sources.list /etc/apt/sources.list.d \
        --include='*.list' --include='*.sources' 2>/dev/null |
        sed -E 's/^[^:=]*[:=] *//'; echo /usr/share/keyrings/debian-archive-keyring.gpg)
}

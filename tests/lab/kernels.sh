# The table of kernels: which there are, where each lies, whether it is ready.

readonly KERNELS=(uml 6.1 6.12 7.2)
LAB_CACHE=${CRYPTODEV_LAB_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/cryptodev-lab}

# Suite that carries the kernel, and the pattern its release string follows.
declare -rA KERNEL_SUITE=([6.1]=bookworm [6.12]=bookworm-backports [7.2]=trixie-backports)

known_kernel() {
    local name
    for name in "${KERNELS[@]}"; do
        [ "$name" = "$1" ] && return 0
    done
    return 1
}

# A QEMU kernel is complete when this file is there: setup writes it last, with the release string in it.
release_file() { printf '%s/%s/release' "$LAB_CACHE" "$1"; }

kernel_release() { cat "$(release_file "$1")"; }

# Prints what is missing for a kernel, one word per line; nothing when it is ready.
missing_for() {
    local tool tools=(busybox modprobe setpriv taskset)
    case $1 in
        uml)
            tools+=(linux.uml)
            [ -d /usr/lib/uml/modules ] || echo uml-modules ;;
        *)
            tools+=(qemu-system-x86_64 cpio xz)
            [ -s "$(release_file "$1")" ] || echo "kernel-$1" ;;
    esac
    for tool in "${tools[@]}"; do
        command -v "$tool" >/dev/null || echo "$tool"
    done
}

list_kernels() {
    local kernel missing
    for kernel in "${KERNELS[@]}"; do
        missing=$(missing_for "$kernel" | tr '\n' ' ')
        if [ -n "$missing" ]; then
            printf '%-6s not ready, missing: %s\n' "$kernel" "${missing% }"
        elif [ "$kernel" = uml ]; then
            printf '%-6s ready  User-Mode Linux %s\n' "$kernel" \
                "$(find /usr/lib/uml/modules -mindepth 1 -maxdepth 1 -printf '%f\n' | sort -V | tail -n 1)"
        else
            printf '%-6s ready  %s\n' "$kernel" "$(kernel_release "$kernel")"
        fi
    done
}

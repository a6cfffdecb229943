# User-Mode Linux: a kernel that is a program, over the host's own file system.

# The processor a guest is pinned to: not pinned, every system call in the guest becomes four times dearer after about a second.
# Spread by process id, so that two labs at once seldom share one.
pick_processor() {
    local list range processors=()
    list=$(awk '/^Cpus_allowed_list:/ { print $2 }' /proc/self/status)
    for range in ${list//,/ }; do
        mapfile -t -O ${#processors[@]} processors < <(seq "${range%-*}" "${range#*-}")
    done
    echo "${processors[$(($$ % ${#processors[@]}))]}"
}

start_uml() {
    local control=$1 out=$2 memory=$3
    printf '%s\n' "$out" >"$control/out-path"
    # console=tty0, because the console that its own stderr=1 gives is dropped when the real one comes up.
    # uml_dir: its socket and pid file would otherwise stay behind in the home folder.
    launch_guest "$control" taskset -c "$(pick_processor)" linux.uml "mem=$memory" \
        root=/dev/root rootfstype=hostfs rootflags=/ ro "init=$control/guest-init-uml.sh" \
        con=null con0=null,fd:1 console=tty0 panic=-1 "uml_dir=$control/" umid=uml
}

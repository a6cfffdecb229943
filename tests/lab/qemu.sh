# Debian's kernels in QEMU: an initramfs made for the run, the host's root over 9p, and the card when asked for.

# What must be in the initramfs to reach the host's files; everything else comes from the modules folder afterwards.
readonly BOOT_MODULES=(virtio_pci 9pnet_virtio 9p overlay virtio_rng)

start_qemu() {
    local kernel=$1 control=$2 out=$3 card=$4 cpus=$5 memory=$6
    printf '%s\n' "$out" >"$control/out-path"
    make_initramfs "$kernel" "$control" "$out" ||
        die $EXIT_BOOT_FAILED "the initramfs of kernel $kernel could not be made in '$SESSION_DIR'."
    # One thread for all processors: with one each, QEMU 7.2 on a busy host now and then runs a stale copy of kernel code that the kernel
    # has just patched, and the guest dies of "Oops: int3". The guest still has its processors; they take turns.
    local arguments=(-name "cryptodev-lab-$kernel" -accel tcg,thread=single -cpu max -smp "$cpus" -m "$memory"
        -no-reboot -nodefaults -no-user-config
        -display none -monitor none -nic none
        -chardev "file,id=console,path=$control/console,append=on" -serial chardev:console
        -kernel "$LAB_CACHE/$kernel/vmlinuz" -initrd "$SESSION_DIR/initramfs" -append "console=ttyS0 panic=-1"
        -virtfs "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap"
        -virtfs "local,path=$control,mount_tag=control,security_model=none,multidevs=remap"
        -virtfs "local,path=$out,mount_tag=out,security_model=none,multidevs=remap"
        -device virtio-rng-pci)
    # At a fixed address, so that a test can say which PCI device did the work: 0000:00:10.0.
    [ "$card" = no ] || arguments+=(-object cryptodev-backend-builtin,id=card -device virtio-crypto-pci,cryptodev=card,addr=0x10)
    launch_guest "$control" qemu-system-x86_64 "${arguments[@]}"
}

make_initramfs() {
    local kernel=$1 control=$2 out=$3 release module file tree=$SESSION_DIR/tree
    release=$(kernel_release "$kernel")
    mkdir -p "$tree"/{bin,proc,sys,dev,host,layer,newroot,modules} &&
        cp "$(command -v busybox)" "$tree/bin/busybox" &&
        cp "$LAB_HOME/guest-init-qemu.sh" "$tree/init" && chmod +x "$tree/init" || return 1
    printf '%s\n' "$control" >"$tree/control-path"
    printf '%s\n' "$out" >"$tree/out-path"
    # The place of the modules as the guest sees it: a path of the host, with no link in it, since a link would resolve in the wrong root.
    readlink -f "$LAB_CACHE/$kernel/lib/modules/$release" >"$tree/modules-path"
    for module in "${BOOT_MODULES[@]}"; do
        modprobe -d "$LAB_CACHE/$kernel" -S "$release" --show-depends "$module"
    done | sed -n 's/^insmod \(.*\.ko\(\.xz\)\{0,1\}\).*$/\1/p' | awk '!seen[$0]++' >"$SESSION_DIR/modules"
    [ -s "$SESSION_DIR/modules" ] || return 1
    while read -r file; do
        module=${file##*/}
        # busybox insmod cannot read compressed modules.
        case $module in
            *.xz) module=${module%.xz}; xz -dc "$file" >"$tree/modules/$module" ;;
            *) cp "$file" "$tree/modules/$module" ;;
        esac || return 1
        printf '%s\n' "$module" >>"$tree/modules/order"
    done <"$SESSION_DIR/modules"
    (cd "$tree" && find . | cpio --quiet -o -H newc -R 0:0) >"$SESSION_DIR/initramfs"
}

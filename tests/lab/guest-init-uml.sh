#!/bin/sh
# First process of a User-Mode Linux guest: puts a throw-away layer over the host's files, which are mounted read-only, and hands over.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
control=${0%/*}
release=$(uname -r)

mount -t proc proc /proc
# Synchronous: what the host reads here must not wait in the guest's page cache.
mount -t hostfs -o "rw,sync,$control" none "$control" || busybox poweroff -f
exec </dev/null >>"$control/init-log" 2>&1
trap 'cat "$control/init-log" >/dev/kmsg; busybox poweroff -f' EXIT
set -e

insmod "/usr/lib/uml/modules/$release/kernel/fs/overlayfs/overlay.ko"
mount -t tmpfs -o size=75% tmpfs /mnt
mkdir /mnt/upper /mnt/work /mnt/new
mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work overlay /mnt/new

out=$(cat "$control/out-path")
mount -t hostfs -o "rw,sync,$control" none "/mnt/new$control"
mount -t hostfs -o "rw,$out" none "/mnt/new$out"
mount -t proc proc /mnt/new/proc
mount -t sysfs sysfs /mnt/new/sys
mount -t devtmpfs devtmpfs /mnt/new/dev
mkdir -p "/mnt/new/lib/modules/$release"
mount --bind "/usr/lib/uml/modules/$release" "/mnt/new/lib/modules/$release"

cd /mnt/new
pivot_root . .
busybox umount -l . # the bare root, which now lies over the new one
trap - EXIT
exec chroot . /bin/bash "$control/guest-main.sh" "$control"

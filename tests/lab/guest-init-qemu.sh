#!/bin/busybox sh
# First process of a QEMU guest, in the initramfs: puts a throw-away layer over the host's files, which come read-only over 9p, and hands
# over.
/bin/busybox mkdir -p /usr/bin /usr/sbin /sbin
/bin/busybox --install -s
export PATH=/usr/sbin:/usr/bin:/sbin:/bin

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
exec </dev/null >/dev/console 2>&1
# Leaving early says why on the kernel's console.
trap 'echo "lab: the first process failed"; poweroff -f' EXIT
set -e

while read -r module; do
    insmod "/modules/$module"
done </modules/order

control=$(cat /control-path)
out=$(cat /out-path)
modules=$(cat /modules-path)
transport=trans=virtio,version=9p2000.L,msize=512000

mount -t 9p -o "$transport,ro,cache=loose" host /host
mount -t tmpfs -o size=75% tmpfs /layer
mkdir /layer/upper /layer/work
mount -t overlay -o lowerdir=/host,upperdir=/layer/upper,workdir=/layer/work overlay /newroot

# No cache: what the host reads here must be there at once.
mount -t 9p -o "$transport,rw,cache=none" control "/newroot$control"
mount -t 9p -o "$transport,rw,cache=mmap" out "/newroot$out"
mkdir -p "/newroot/lib/modules/$(uname -r)"
mount --bind "/host$modules" "/newroot/lib/modules/$(uname -r)"
for folder in proc sys dev; do
    mount --move "/$folder" "/newroot/$folder"
done

trap - EXIT
exec switch_root /newroot /bin/bash "$control/guest-main.sh" "$control"

#!/bin/bash
# First process of every guest once the files are in place: readies the kernel, runs the command, reports its exit code, powers off.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
control=$1
out=$(<"$control/out-path")
exec </dev/null >>"$control/init-log" 2>&1

mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
mount -t tmpfs tmpfs /run
# udev would make these.
for link in fd:/proc/self/fd stdin:/proc/self/fd/0 stdout:/proc/self/fd/1 stderr:/proc/self/fd/2; do
    [ -e "/dev/${link%%:*}" ] || ln -s "${link#*:}" "/dev/${link%%:*}"
done
busybox ip link set lo up

# The crypto drivers made for this processor: udev loads them on a real machine. Without them a generic name binds to the card, which
# there it never does.
if [ -e /sys/devices/system/cpu/modalias ]; then
    made_for_x86=$(sed -n 's#^kernel/arch/x86/crypto/\([^.]*\)\.ko.*#\1#p' "/lib/modules/$(uname -r)/modules.dep" | tr - _)
    mapfile -t drivers < <(modprobe -R "$(</sys/devices/system/cpu/modalias)" | sort -u | grep -xF "$made_for_x86")
fi
# The other ciphers come when a program binds their name: the kernel calls modprobe.
modprobe -q -a "${drivers[@]}" af_alg algif_hash algif_skcipher algif_aead algif_rng crypto_user cuse drbg jitterentropy_rng \
    pkcs8_key_parser virtio_crypto

# Modules of the caller, in his order, with what they say they need. insmod's own words are short, so the kernel's last line is shown too.
load_modules() {
    local module needed words
    while read -r module; do
        needed=$(modinfo -F depends "$module") || needed=
        [ -z "$needed" ] || modprobe -q -a ${needed//,/ }
        if ! words=$(insmod "$module" 2>&1); then
            echo "'$module' does not load: ${words##*: } (the kernel's last line: $(dmesg | tail -n 1))" >"$control/insmod-failed"
            return 1
        fi
    done <"$control/insmod"
}
if [ -e "$control/insmod" ] && ! load_modules; then
    echo 1 >"$control/exit"
    busybox poweroff -f
fi

# Pipes, so that a command that opens /dev/stderr again cannot cut off what is already written, as it would with a file.
mkdir /run/lab
mkfifo /run/lab/stdout /run/lab/stderr
cat /run/lab/stdout >>"$control/stdout" &
pumps=($!)
cat /run/lab/stderr >>"$control/stderr" &
pumps+=($!)
exec 3>/run/lab/stdout 4>/run/lab/stderr
: >"$control/started"
# shellcheck source=/dev/null
. "$control/patience.sh"
time_factor
setsid /bin/bash "$control/command" >&3 2>&4 3>&- 4>&-
code=$?
exec 3>&- 4>&-

# A process that the command left in the background would hold the pipes open for ever.
for ((step = 0; step < 20; step++)); do
    kill -0 "${pumps[@]}" 2>/dev/null || break
    sleep 0.05
done
if kill -0 "${pumps[@]}" 2>/dev/null; then
    for process in /proc/[0-9]*; do
        process=${process#/proc/}
        [[ " 1 ${pumps[*]} " == *" $process "* ]] || kill -KILL "$process" 2>/dev/null
    done
fi
wait "${pumps[@]}"

kill -KILL -1
cd /
umount "$out" || sync
echo "$code" >"$control/exit"
busybox poweroff -f

#!/bin/bash
# examples/boot-guest.sh IMAGE [FORMAT]
#
# Boots the guest of an image, straight from the mount: nothing is copied or
# converted, and the guest's writes go to a temporary overlay. Waits for the
# login prompt on the serial console.
#
#   examples/boot-guest.sh /mnt/platter/images/debian qcow2
#
# A disk that is one ext4 filesystem without a boot loader is booted with the
# kernel in its own /boot. ACCEL=kvm is faster than the software emulation
# that is the default; LIMIT is the patience in seconds.
# Needs qemu-system-x86 and e2fsprogs.
set -euo pipefail
image=${1:?usage: examples/boot-guest.sh IMAGE [FORMAT]}
format=${2:-qcow2}
work=$(mktemp -d "${TMPDIR:-/var/tmp}/boot-guest.XXXXXX")
guest=
trap '[ -z "$guest" ] || kill "$guest" 2>/dev/null; rm -rf "$work"' EXIT

# The newest file in the guest's /boot that begins with $1; nothing if the disk
# is no plain ext4.
newest_in_boot() {
  debugfs -R 'ls -p /boot' "$image/disk.raw" 2>/dev/null |
    awk -F/ -v start="$1" 'index($6, start) == 1 { print $6 }' |
    sort -V | tail -n 1
}

options=()
kernel=$(newest_in_boot vmlinuz-)
if [ -n "$kernel" ]; then
  initrd=$(newest_in_boot initrd.img-)
  echo "taking $kernel and $initrd out of disk.raw"
  debugfs -R "dump /boot/$kernel $work/kernel" "$image/disk.raw" 2>/dev/null
  debugfs -R "dump /boot/$initrd $work/initrd" "$image/disk.raw" 2>/dev/null
  options=(-kernel "$work/kernel" -initrd "$work/initrd"
    -append "root=/dev/vda rw console=ttyS0")
fi

echo "booting $image/disk.$format"
TMPDIR=$work qemu-system-x86_64 -accel "${ACCEL:-tcg}" -m 1024 -smp 2 \
  -nodefaults -display none -serial "file:$work/console" -net none \
  -drive "file=$image/disk.$format,format=$format,if=virtio,snapshot=on" \
  "${options[@]}" &
guest=$!

deadline=$((SECONDS + ${LIMIT:-300}))
until grep -aq 'login:' "$work/console" 2>/dev/null; do
  if ! kill -0 $guest 2>/dev/null || [ $SECONDS -ge $deadline ]; then
    tail -n 20 "$work/console" >&2
    echo "no login prompt after $SECONDS s" >&2
    exit 1
  fi
  sleep 1
done
grep -a 'login:' "$work/console" | head -n 1
echo "guest booted after $SECONDS s"

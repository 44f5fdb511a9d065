#!/bin/bash
# examples/backing-file.sh IMAGE OVERLAY
#
# Gives a machine a writable disk of its own on top of an image: OVERLAY holds
# only what the machine writes, everything else is read from the mount. Ten
# machines of one image so take the place of one.
#
#   examples/backing-file.sh /mnt/platter/images/debian web1.qcow2
#
# Needs qemu-utils.
set -euo pipefail
usage='usage: examples/backing-file.sh IMAGE OVERLAY'
image=$(realpath "${1:?$usage}")
overlay=${2:?$usage}

echo "making $overlay on top of $image/disk.qcow2"
qemu-img create -q -f qcow2 -b "$image/disk.qcow2" -F qcow2 "$overlay"
du -h "$overlay"

echo "the machine sees the image's disk"
qemu-img compare -f qcow2 -F qcow2 "$overlay" "$image/disk.qcow2"

echo "the machine writes 1 MiB of its own"
qemu-io -f qcow2 -c 'write -q -P 42 0 1M' "$overlay"
du -h "$overlay"

echo "the image is as it was"
qemu-img check "$image/disk.qcow2"

#!/bin/bash
# examples/upload-and-label.sh IMAGES DISK NAME
#
# Sends a disk into a project, says what it is, and checks what arrived against
# the checksum taken here. IMAGES is the images/ folder of a mount.
#
#   examples/upload-and-label.sh /mnt/platter/images noble.qcow2 ubuntu-24.04
#
# Needs attr.
set -euo pipefail
usage='usage: examples/upload-and-label.sh IMAGES DISK NAME'
images=${1:?$usage}
disk=${2:?$usage}
image=$images/${3:?$usage}
sum=$(sha256sum <"$disk")

echo "declaring the checksum: an upload that differs would fail"
mkdir "$image"
setfattr -n user.os_hash_value -v "${sum%% *}" "$image"

echo "sending $disk"
cp "$disk" "$image/"

echo "labelling it"
setfattr -n user.os_type -v linux "$image"
setfattr -n user.min_ram -v 512 "$image"
setfattr -n user.description -v "Uploaded $(date -I)" "$image"

ls -l "$image"
getfattr --absolute-names -d "$image"

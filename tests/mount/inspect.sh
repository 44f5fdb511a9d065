#!/bin/bash
# tests/mount/inspect.sh BINARY
#
# `platter inspect` beside qemu-img and beside an upload: it knows what they
# know, and says the same sentence.
# shellcheck source=tests/mount/lib.sh
. "$(dirname "$0")/lib.sh"

# said FILE FIELD: of its JSON.
said() { platter inspect --json "$1" | jq -r "$2"; }

# knows NAME QEMU_FORMAT FILE FORMAT VARIANT: qemu-img finds the same size.
knows() {
  local name=$1 size
  size=$(qemu-img info --output=json -f "$2" "$3" | jq '."virtual-size"')
  check "$name: format" equal "$(said "$3" .format)" "$4"
  check "$name: variant" equal "$(said "$3" .variant)" "$5"
  check "$name: virtual size" equal "$(said "$3" .virtual_size)" "$size"
  check "$name: would be taken" equal "$(said "$3" .refused)" null
}

# made NAME QEMU_FORMAT OPTIONS FORMAT VARIANT
made() {
  qemu-img convert -f raw -O "$2" -o "$3" "$RAW" "$DISKS/made.$1"
  knows "$1" "$2" "$DISKS/made.$1" "$4" "$5"
  rm "$DISKS/made.$1"
}

test_formats() {
  knows raw raw "$RAW" raw null
  knows qcow2 qcow2 "$QCOW2" qcow2 "version 3"
  made v2.qcow2 qcow2 compat=0.10 qcow2 "version 2"
  made sparse.vmdk vmdk subformat=monolithicSparse vmdk \
    "monolithicSparse, version 1"
  made stream.vmdk vmdk subformat=streamOptimized vmdk \
    "streamOptimized, version 3"
  made fixed.vhd vpc subformat=fixed,force_size=on vhd fixed
  made dynamic.vhd vpc subformat=dynamic,force_size=on vhd dynamic
  made fixed.vhdx vhdx subformat=fixed vhdx fixed
  made dynamic.vhdx vhdx subformat=dynamic vhdx dynamic
  made dynamic.vdi vdi static=off vdi dynamic
  made static.vdi vdi static=on vdi static
}

test_features() {
  cp "$QCOW2" "$DISKS/busy.qcow2"
  qemu-img snapshot -c one "$DISKS/busy.qcow2"
  qemu-img snapshot -c two "$DISKS/busy.qcow2"
  qemu-img bitmap --add "$DISKS/busy.qcow2" changes
  check "snapshots and bitmaps" contains "2 internal snapshots; bitmaps" \
    "$(platter inspect "$DISKS/busy.qcow2")"
  check "zlib" contains "compressed with zlib" "$(platter inspect "$ZLIB")"
  check "zstd" contains "compressed with zstd" "$(platter inspect "$ZSTD")"
  xz -k -0 "$QCOW2"
  check "a wrapper" equal "$(said "$QCOW2.xz" .wrapper)" xz
  check "a wrapper: the disk in it" \
    equal "$(said "$QCOW2.xz" .virtual_size)" $((24 << 20))
}

# as_upload NAME STATUS FILE: both refuse, with one sentence.
as_upload() {
  local name=$1 status=$2 file=$3 reason
  reason=$(said "$file" .refused.reason)
  platter inspect "$file" >/dev/null
  check "$name: exit status" equal $? "$status"
  mkdir "$IMAGES/$name"
  refused "$name: is refused" . cp "$file" "$IMAGES/$name/"
  check "$name: with the same sentence" has_attribute "$name" status_reason \
    "$reason"
}

test_refused() {
  qemu-img create -q -f qcow2 -b "$RAW" -F raw "$DISKS/overlay.qcow2"
  as_upload backing-file 4 "$DISKS/overlay.qcow2"
  qemu-img create -q -f qcow2 -o data_file="$DISKS/outside" \
    "$DISKS/data.qcow2" 1M
  as_upload data-file 4 "$DISKS/data.qcow2"
  qemu-img create -q -f vmdk "$DISKS/base.vmdk" 1M
  qemu-img create -q -f vmdk -b "$DISKS/base.vmdk" -F vmdk "$DISKS/child.vmdk"
  as_upload parent 4 "$DISKS/child.vmdk"
  qemu-img create -q -f qed "$DISKS/disk.img" 1M
  as_upload qed 4 "$DISKS/disk.img"
  head -c 2000000 "$QCOW2" >"$DISKS/half.qcow2"
  as_upload half 26 "$DISKS/half.qcow2"
  cp "$QCOW2" "$DISKS/wrong.raw"
  as_upload name 4 "$DISKS/wrong.raw"
}

# It opens no file but the one it was given: strace would show it, but needs
# rights; a file that cannot be opened unnoticed is a pipe.
test_follows_nothing() {
  mkfifo "$DISKS/pipe"
  qemu-img create -q -f qcow2 -u -b "$DISKS/pipe" -F raw "$DISKS/pipe.qcow2" 1M
  check "a backing file that is a pipe is not opened" \
    timeout 10 bash -c '"$1" inspect "$2"; [ $? = 4 ]' _ "$PLATTER" \
    "$DISKS/pipe.qcow2"
  printf '# Disk DescriptorFile\nversion=1\ncreateType="monolithicFlat"\nRW 1 FLAT "%s" 0\n' \
    "$DISKS/pipe" >"$DISKS/flat.vmdk"
  check "an extent that is a pipe is not opened" \
    timeout 10 bash -c '"$1" inspect "$2"; [ $? = 4 ]' _ "$PLATTER" \
    "$DISKS/flat.vmdk"
}

begin "$@"
test_formats
test_features
test_refused
test_follows_nothing

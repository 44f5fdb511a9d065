#!/bin/bash
# tests/mount/iso.sh BINARY
#
# Optical discs: whatever they are called they come in as discs, come back byte
# for byte, and are shown as nothing but themselves.
# shellcheck source=tests/mount/lib.sh
. "$(dirname "$0")/lib.sh"

# A plain disc, and one that starts from a USB stick, too.
make_discs() {
  local make=(xorriso -as mkisofs -quiet)
  PLAIN=$DISKS/plain.iso HYBRID=$DISKS/hybrid.iso
  truncate -s 1M "$DISKS/esp"
  "${make[@]}" -o "$PLAIN" -R -J "$DISKS/tree" &&
    "${make[@]}" -o "$HYBRID" -R -appended_part_as_gpt \
      -append_partition 2 0xef "$DISKS/esp" "$DISKS/tree"
}

# is_disc IMAGE FILE: it is whole, and only itself.
is_disc() {
  has_status "$1" active && has_attribute "$1" disk_format iso || return
  cmp "$2" "$1/disk.iso" || return
  cmp "$2" "$1/disk.raw" || return
  equal "$(names "$1")" "disk.iso disk.raw image.json" || return
  missing "$1/disk.qcow2" && missing "$1/disk.vmdk" && missing "$1/disk.vhd" &&
    missing "$1/disk.vhdx" && missing "$1/disk.vdi"
}

test_names() {
  local name
  for name in disk.iso disk.img debian-12.5.0-amd64-netinst.ISO; do
    mkdir "as ${name%.*} ${name##*.}"
    check "$name: uploads" cp "$PLAIN" "as ${name%.*} ${name##*.}/$name"
    check "$name: is a disc" is_disc "as ${name%.*} ${name##*.}" "$PLAIN"
  done
  check "into images/: uploads" cp "$HYBRID" ./
  check "into images/: is a disc" is_disc hybrid "$HYBRID"
}

test_tools() {
  check "xorriso reads it" xorriso -osirrox on -indev hybrid/disk.iso \
    -extract / "$WORK/disc"
  check "it holds what was put on it" diff -r "$DISKS/tree" "$WORK/disc"
  check "disk.raw: blkid says the same" \
    equal "$(blkid -o value -s TYPE hybrid/disk.raw)" iso9660
}

test_kept_as_raw() {
  mkdir stick
  refused_saying "a disc named .raw" "Invalid argument" \
    "an iso disk.*user.disk_format=raw" cp "$HYBRID" stick/disk.raw
  set_attribute stick disk_format raw
  check "declared raw: uploads" cp "$HYBRID" stick/disk.raw
  check "declared raw: has every format" \
    same_disk raw "$HYBRID" vmdk stick/disk.vmdk
}

test_cut_off() {
  head -c 1M "$PLAIN" >"$DISKS/cut.iso"
  mkdir cut
  refused_saying "cut off" "Structure needs cleaning" "volume space size" \
    cp "$DISKS/cut.iso" cut/
  check "cut off: the rest completes it" rsync --inplace "$PLAIN" cut/cut.iso
  check "cut off: then is a disc" is_disc cut "$PLAIN"
}

begin "$@"
make_discs 2>"$WORK/xorriso" || fail "xorriso" "$(cat "$WORK/xorriso")"
cd "$IMAGES" || exit 1
test_names
test_tools
test_kept_as_raw
test_cut_off

#!/bin/bash
# tests/mount/views.sh BINARY
#
# The views that no folder lists, and every view of a disk that some formats
# cannot hold.
# shellcheck source=tests/mount/lib.sh
. "$(dirname "$0")/lib.sh"

# The VHD that Azure takes: fixed, of whole mebibytes.
test_azure() {
  local file=$1/disk.azure.vhd size
  size=$(stat -c %s "$1/disk.raw")
  check "$1: disk.azure.vhd is the disk" \
    same_disk raw "$1/disk.raw" vpc "$file"
  check "$1: disk.azure.vhd has whole mebibytes and a footer" equal \
    "$(stat -c %s "$file")" $(((size + 1048575) / 1048576 * 1048576 + 512))
  check "$1: libvhdi reads disk.azure.vhd" contains 'Fixed' \
    "$(vhdiinfo "$file")"
}

# The VMDK that ESXi and OVF packages take.
test_stream() {
  local file=$1/disk.stream.vmdk
  check "$1: disk.stream.vmdk is the disk" \
    same_disk raw "$1/disk.raw" vmdk "$file"
  check "$1: qemu-img check of disk.stream.vmdk" qemu-img check -q "$file"
  check "$1: disk.stream.vmdk is a stream" \
    contains streamOptimized "$(qemu-img info --output=json "$file")"
}

test_unlisted() {
  local file
  for file in disk.azure.vhd disk.stream.vmdk; do
    check "$1: $file is as long as it says" \
      equal "$(stat -c %s "$1/$file")" "$(cat "$1/$file" | wc -c)"
    check "$1: $file is never without blocks" \
      at_least "$(stat -c %b "$1/$file")" 1
    refused "$1: $file cannot be written" "Read-only file system" \
      dd if=/dev/zero of="$1/$file" bs=512 count=1 conv=notrunc
  done
  check "$1: neither is listed" equal "$(names "$1")" "$EVERY_FILE"
  check "$1: neither is told" no contains 'azure|stream' \
    "$(getfattr -d "$1" && cat "$1/image.json")"
}

test_too_large() {
  mkdir large
  check "3 TiB: uploads" truncate -s 3T large/disk.raw
  check "3 TiB: no VHD, and neither for Azure" equal "$(names large)" \
    "disk.qcow2 disk.raw disk.vdi disk.vhdx disk.vmdk image.json"
  check "3 TiB: disk.azure.vhd is not there" missing large/disk.azure.vhd
  check "3 TiB: disk.stream.vmdk is there" \
    contains streamOptimized "$(qemu-img info large/disk.stream.vmdk)"
}

test_hidden() {
  check "rm disk.azure.vhd" rm odd/disk.azure.vhd
  check "rm disk.azure.vhd: is gone" missing odd/disk.azure.vhd
  check "rm disk.azure.vhd: touch brings it back" touch odd/disk.azure.vhd
  check "rm disk.azure.vhd: is back" test_azure_again
}
test_azure_again() { same_disk raw odd/disk.raw vpc odd/disk.azure.vhd; }

begin "$@"
cd "$IMAGES" || exit 1
upload disk "$QCOW2"
head -c 700000 "$RAW" >"$DISKS/odd.raw"
upload odd "$DISKS/odd.raw"
for image in disk odd; do
  test_azure $image
  test_stream $image
  test_unlisted $image
done
test_too_large
test_hidden

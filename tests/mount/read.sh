#!/bin/bash
# tests/mount/read.sh BINARY
#
# Every way in which people read a disk, from files as they were sent and from
# files worked out as they are read.
# shellcheck source=tests/mount/lib.sh
. "$(dirname "$0")/lib.sh"

probe() { python3 "$HERE/probe.py" "$@"; }

test_sequential() {
  check "disk.raw out of a compressed qcow2" cmp "$RAW" zlib/disk.raw
  check "disk.raw by cat" equal_sums "$RAW" zlib/disk.raw cat
  check "disk.raw by dd, odd size" equal_sums "$RAW" zlib/disk.raw \
    dd status=none bs=70001
  check "disk.raw past the page cache" equal_sums "$RAW" zlib/disk.raw \
    dd status=none bs=64k iflag=direct
  check "disk.qcow2 as it was sent" cmp "$ZLIB" zlib/disk.qcow2
  check "cp out" cp zlib/disk.raw "$WORK/out.raw"
  check "cp out: is the disk" cmp "$RAW" "$WORK/out.raw"
}

# equal_sums FILE PATH COMMAND...: COMMAND, with PATH on stdin, prints FILE.
equal_sums() {
  local wanted=$1 path=$2
  shift 2
  equal "$("$@" <"$path" | sha256sum)" "$(sha256sum <"$wanted")"
}

# A file that never existed anywhere: written out once, it must read the same
# in any order.
test_random() {
  local name
  cp raw/disk.qcow2 "$WORK/view.qcow2"
  for name in 1 2 3; do
    check "random reads of disk.raw, seed $name" \
      probe pread zlib/disk.raw "$RAW" $name 150
    check "random reads of disk.qcow2, seed $name" \
      probe pread raw/disk.qcow2 "$WORK/view.qcow2" $name 150
    check "random reads of an original, seed $name" \
      probe pread zlib/disk.qcow2 "$ZLIB" $name 150
  done
  check "memory map of disk.raw" probe mapped zlib/disk.raw "$RAW"
  check "memory map of disk.qcow2" \
    probe mapped raw/disk.qcow2 "$WORK/view.qcow2"
}

# Cold each time, so that readers meet in the daemon and not in the page cache.
test_many_readers() {
  local seed pids=() pid failed=0
  drop_caches
  for seed in 11 12 13 14; do
    probe pread zlib/disk.raw "$RAW" $seed 100 & pids+=($!)
    probe pread raw/disk.qcow2 "$WORK/view.qcow2" $seed 100 & pids+=($!)
    cmp "$RAW" raw/disk.raw & pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid" || failed=$((failed + 1)); done
  check "twelve readers at once" equal $failed 0
}

drop_caches() { sync && echo 3 >/proc/sys/vm/drop_caches; }

test_holes() {
  local allocated image
  allocated=$(($(stat -c %b "$RAW") * 512))
  for image in raw zlib; do
    check "SEEK_DATA and SEEK_HOLE are true, $image" \
      probe holes $image/disk.raw "$RAW" $allocated
    check "cp --sparse=auto, $image" cp --sparse=auto $image/disk.raw \
      "$WORK/auto-$image.raw"
    check "cp --sparse=auto keeps holes, $image" at_most \
      "$(stat -c %b "$WORK/auto-$image.raw")" $((allocated / 512 + 256))
    check "cp --sparse=auto is the disk, $image" cmp "$RAW" \
      "$WORK/auto-$image.raw"
  done
  check "qemu-img map sees holes" \
    contains '"data": false' "$(qemu-img map -f raw --output=json zlib/disk.raw)"
}

test_qemu() {
  local image
  for image in raw qcow2 zlib zstd; do
    check "qemu-img info disk.raw, $image" contains 'virtual size: 24 MiB' \
      "$(qemu-img info -f raw $image/disk.raw)"
    check "qemu-img info disk.qcow2, $image" contains 'file format: qcow2' \
      "$(qemu-img info $image/disk.qcow2)"
    check "qemu-img check, $image" qemu-img check -q $image/disk.qcow2
    check "qemu-img compare, $image" \
      qemu-img compare -q -f raw -F qcow2 "$RAW" $image/disk.qcow2
    check "qemu-img compare of both, $image" \
      qemu-img compare -q -f raw -F qcow2 $image/disk.raw $image/disk.qcow2
  done
  check "qemu-img convert out" \
    qemu-img convert -f qcow2 -O raw raw/disk.qcow2 "$WORK/converted.raw"
  check "qemu-img convert out is the disk" cmp "$RAW" "$WORK/converted.raw"
}

# A machine's own writable disk, on top of one that never changes.
test_backing_file() {
  local format overlay
  for format in raw qcow2; do
    overlay=$WORK/overlay-$format.qcow2
    check "qemu-img create -b, $format" qemu-img create -q -f qcow2 \
      -b "$IMAGES/zlib/disk.$format" -F $format "$overlay"
    check "overlay reads through, $format" \
      same_disk raw "$RAW" qcow2 "$overlay"
    check "overlay takes writes, $format" qemu-io -f qcow2 \
      -c 'write -P 9 5M 1M' -c 'read -P 9 5M 1M' "$overlay"
    check "overlay has changed, $format" \
      no same_disk raw "$RAW" qcow2 "$overlay"
  done
  check "the image below has not" is_whole zlib "$ZLIB" qcow2
  refused "qemu may not write to the image" "Read-only file system" \
    qemu-io -f raw -c 'write 0 4k' raw/disk.raw
}

test_stat() {
  local file
  check "st_size of disk.raw" equal "$(stat -c %s zlib/disk.raw)" \
    "$(stat -c %s "$RAW")"
  check "st_size of an original" equal "$(stat -c %s zlib/disk.qcow2)" \
    "$(stat -c %s "$ZLIB")"
  for file in raw/disk.qcow2 raw/disk.raw zlib/disk.raw zlib/image.json; do
    check "$file: as long as it says" \
      equal "$(stat -c %s $file)" "$(cat $file | wc -c)"
    check "$file: never without blocks" at_least "$(stat -c %b $file)" 1
  done
  check "reads of 1 MiB are best" equal "$(stat -c %o zlib/disk.raw)" 1048576
  check "du: a view is one page" equal "$(du -k zlib/disk.raw | cut -f1)" 4
  check "du: the original is what it holds" at_most \
    "$(stat -c %b raw/disk.raw)" "$(($(stat -c %b "$RAW") + 256))"
  check "the original comes first in its directory" equal \
    "$(stat -c '%i %n' zlib/* | sort -n | head -1 | cut -d' ' -f2)" \
    zlib/disk.qcow2
}

# tar -S asks st_blocks and SEEK_HOLE, and archives zeros where it is misled.
test_tar_sparse() {
  local file
  mkdir "$WORK/untarred"
  check "tar -S of images" tar -S -cf "$WORK/images.tar" raw zlib
  check "tar -S unpacks" tar -C "$WORK/untarred" -xf "$WORK/images.tar"
  for file in {raw,zlib}/{disk.raw,disk.qcow2,image.json}; do
    check "tar -S of $file" cmp "$file" "$WORK/untarred/$file"
  done
}

begin "$@"
cd "$IMAGES" || exit 1
upload raw "$RAW"
upload qcow2 "$QCOW2"
upload zlib "$ZLIB"
upload zstd "$ZSTD"
test_sequential
test_random
test_many_readers
test_holes
test_qemu
test_backing_file
test_stat
test_tar_sparse

#!/bin/bash
# tests/mount/upload.sh BINARY
#
# Every way in which people send a disk: each ends in an active image that is
# byte for byte what was sent, with the other format beside it.
# shellcheck source=tests/mount/lib.sh
. "$(dirname "$0")/lib.sh"

test_cp() {
  uploads cp "$QCOW2" qcow2 cp "$QCOW2" cp/
  check "cp: lists every format and the record" \
    equal "$(names cp)" "$EVERY_FILE"
  check "cp: the name that was sent keeps resolving" \
    equal "$(stat -c %i cp/disk.qcow2)" "$(stat -c %i cp/"${QCOW2##*/}")"
  uploads cp-raw "$RAW" raw cp "$RAW" cp-raw/
  uploads cp-named "$ZLIB" qcow2 cp "$ZLIB" cp-named/disk.qcow2
  uploads cp-always "$RAW" raw cp --sparse=always "$RAW" cp-always/
  uploads cp-never "$RAW" raw cp --sparse=never "$RAW" cp-never/disk.raw
  uploads cp-p "$QCOW2" qcow2 cp -p "$QCOW2" cp-p/
  check "cp-p: keeps the time" \
    equal "$(stat -c %Y "$QCOW2")" "$(stat -c %Y cp-p/disk.qcow2)"
  uploads install "$QCOW2" qcow2 install -m 640 "$QCOW2" install/
}

test_cp_into_images() {
  check "cp into images/" cp "$QCOW2" noble.qcow2
  check "cp into images/: is whole" is_whole noble "$QCOW2" qcow2
  check "cp into images/: the name keeps resolving" cmp "$QCOW2" noble.qcow2
  check "cp into images/: that name is not listed" \
    no contains noble.qcow2 "$(names .)"
  check "cp of a .img" cp "$RAW" jammy.img
  check "cp of a .img: content decides, raw" is_whole jammy "$RAW" raw
  uploads img "$ZSTD" qcow2 cp "$ZSTD" img/disk.img
  check "mv into images/" mv "$(copy_of "$ZLIB" moved.qcow2)" .
  check "mv into images/: is whole" is_whole moved "$ZLIB" qcow2
}

# copy_of FILE NAME: the path of a fresh copy.
copy_of() { cp "$1" "$WORK/$2" && echo "$WORK/$2"; }

test_streams() {
  uploads cat "$QCOW2" qcow2 redirect cat/disk.qcow2 cat "$QCOW2"
  uploads tee "$RAW" raw tee_into tee/disk.raw "$RAW"
  uploads curl "$QCOW2" qcow2 curl -sS -o curl/disk.qcow2 "file://$QCOW2"
  start_web_server
  uploads wget "$QCOW2" qcow2 wget -q -P wget "$(url_of "$QCOW2")"
}

redirect() {
  local to=$1
  shift
  "$@" >"$to"
}
tee_into() { tee "$1" <"$2" >/dev/null; }

start_web_server() {
  python3 "$HERE/probe.py" serve "$DISKS" "$WORK/port" 2>"$WORK/web.log" &
  wait_until 10 test -s "$WORK/port"
}
url_of() { echo "http://127.0.0.1:$(cat "$WORK/port")/$(basename "$1")"; }

test_dd() {
  local bs
  for bs in 4k 10000 64k 1M; do
    uploads "dd-$bs" "$QCOW2" qcow2 \
      dd if="$QCOW2" of="dd-$bs/disk.qcow2" bs=$bs status=none
  done
  uploads dd-fsync "$QCOW2" qcow2 \
    dd if="$QCOW2" of=dd-fsync/disk.qcow2 bs=1M conv=fsync status=none
  uploads dd-sparse "$RAW" raw \
    dd if="$RAW" of=dd-sparse/disk.raw bs=64k conv=sparse status=none
  uploads dd-tiny "$SMALL" raw \
    dd if="$SMALL" of=dd-tiny/disk.raw bs=512 status=none
}

# Pieces in any order, each by a dd of its own that opens and closes the file.
test_dd_notrunc() {
  mkdir pieces
  check "dd conv=notrunc at random offsets" dd_shuffled "$SMALL" pieces/disk.raw
  check "dd conv=notrunc: is whole" is_whole pieces "$SMALL" raw
  uploads scatter "$QCOW2" qcow2 \
    python3 "$HERE/probe.py" scatter "$QCOW2" scatter/disk.qcow2 7
}

dd_shuffled() {
  local piece size
  size=$(stat -c %s "$1")
  for piece in $(shuf -i 0-$((size / 65536 - 1)) --random-source="$QCOW2"); do
    dd if="$1" of="$2" bs=64k skip="$piece" seek="$piece" count=1 \
      conv=notrunc status=none || return
  done
}

test_rsync() {
  uploads rsync "$QCOW2" qcow2 rsync -a "$QCOW2" rsync/
  check "rsync again moves nothing" rsync_moves 0 -a "$QCOW2" rsync/
  check "rsync again: is whole" is_whole rsync "$QCOW2" qcow2
  uploads rsync-named "$RAW" raw rsync -a "$RAW" rsync-named/disk.raw
  uploads rsync-inplace "$QCOW2" qcow2 rsync --inplace "$QCOW2" rsync-inplace/
  cp "$QCOW2" "$DISKS/labelled.qcow2"
  setfattr -n user.os_distro -v debian "$DISKS/labelled.qcow2"
  uploads rsync-aX "$QCOW2" qcow2 rsync -aX "$DISKS/labelled.qcow2" rsync-aX/
}

rsync_moves() {
  local count=$1
  shift
  contains "files transferred: $count\$" "$(rsync --stats "$@")"
}

# qemu-img creates, closes and opens again; what it writes is its own affair,
# so the disk is compared and not the file.
test_qemu_img() {
  local format
  for format in qcow2 raw; do
    mkdir "convert-$format"
    check "qemu-img convert -O $format onto the mount" \
      qemu-img convert -O $format "$ZLIB" "convert-$format/disk.$format"
    check "qemu-img convert -O $format: is the disk" \
      converted "convert-$format" $format
  done
  mkdir convert-c
  check "qemu-img convert -c onto the mount" \
    qemu-img convert -c -O qcow2 "$RAW" convert-c/disk.qcow2
  check "qemu-img convert -c: is the disk" converted convert-c qcow2
}

converted() {
  has_status "$1" active && cp "$1/disk.$2" "$WORK/converted" &&
    same_disk raw "$RAW" "$2" "$WORK/converted" &&
    is_whole "$1" "$WORK/converted" "$2"
}

test_tar() {
  mkdir "$DISKS/packed" && cp "$QCOW2" "$DISKS/packed/disk.qcow2"
  setfattr -n user.os_distro -v debian "$DISKS/packed/disk.qcow2"
  tar -C "$DISKS" -cf "$DISKS/plain.tar" packed
  tar -C "$DISKS" --xattrs -cf "$DISKS/xattrs.tar" packed
  tar -C "$DISKS" -S -cf "$DISKS/sparse.tar" disk.raw
  check "tar x of a folder" tar -xf "$DISKS/plain.tar"
  check "tar x of a folder: is whole" is_whole packed "$QCOW2" qcow2
  uploads tar "$QCOW2" qcow2 \
    tar --strip-components=1 -C tar -xf "$DISKS/plain.tar"
  uploads tar-xattrs "$QCOW2" qcow2 \
    tar --xattrs --strip-components=1 -C tar-xattrs -xf "$DISKS/xattrs.tar"
  uploads tar-S "$RAW" raw tar -C tar-S -xf "$DISKS/sparse.tar"
}

test_scratch_name() {
  mkdir scratch
  check "a scratch name takes the data" cp "$QCOW2" scratch/.disk.qcow2.part
  check "a scratch file is no disk" has_status scratch 'queued|saving'
  check "renaming it is the upload" \
    mv scratch/.disk.qcow2.part scratch/disk.qcow2
  check "renaming it: is whole" is_whole scratch "$QCOW2" qcow2
}

# A view is a file like any other.
test_inside() {
  uploads from-view "$RAW" raw cp cp/disk.raw from-view/disk.raw
  check "cp -r of an image" cp -r cp copied
  check "cp -r of an image: is whole" is_whole copied "$QCOW2" qcow2
  check "cp -r makes another image" \
    no equal "$(attribute cp id)" "$(attribute copied id)"
}

test_two_at_once() {
  mkdir left right
  cp "$QCOW2" left/ &
  local first=$!
  check "two uploads at once: second" cp "$RAW" right/
  check "two uploads at once: first" wait $first
  check "two uploads at once: first is whole" is_whole left "$QCOW2" qcow2
  check "two uploads at once: second is whole" is_whole right "$RAW" raw
}

test_empty_and_odd() {
  mkdir empty
  check "touch makes no disk" touch empty/disk.raw
  check "cp of an empty file makes no disk" cp /dev/null empty/disk.raw
  check "an empty file leaves the image queued" has_status empty queued
  head -c 1000100 "$SMALL" >"$DISKS/odd.raw"
  uploads odd-length "$DISKS/odd.raw" raw cp "$DISKS/odd.raw" odd-length/
  check "odd length: the guest is padded to a sector" \
    has_attribute odd-length virtual_size 1000448
  check "odd length: the size is what was sent" \
    has_attribute odd-length size 1000100
  head -c 512 "$SMALL" >"$DISKS/sector.raw"
  uploads one-sector "$DISKS/sector.raw" raw cp "$DISKS/sector.raw" one-sector/
}

test_large_and_sparse() {
  truncate -s 1G "$DISKS/large.raw"
  dd if="$SMALL" of="$DISKS/large.raw" bs=1M seek=700 conv=notrunc status=none
  uploads large "$DISKS/large.raw" raw cp "$DISKS/large.raw" large/
}

test_declared_hash() {
  local sum long
  sum=$(sha256sum <"$SMALL") long=$(sha512sum <"$SMALL")
  mkdir sum-right sum-wrong sum-long
  check "declare a hash" set_attribute sum-right os_hash_value "${sum%% *}"
  check "declared hash, right: uploads" cp "$SMALL" sum-right/
  check "declared hash, right: is whole" is_whole sum-right "$SMALL" raw
  check "declare an algorithm" set_attribute sum-long os_hash_algo sha512
  check "declare its hash" set_attribute sum-long os_hash_value "${long%% *}"
  check "declared sha512, right: uploads" cp "$SMALL" sum-long/
  check "declared sha512: is kept" \
    has_attribute sum-long os_hash_value "${long%% *}"
  set_attribute sum-wrong os_hash_value "${sum%% *}"
  refused_saying "declared hash, wrong" "Bad message" "hash|checksum" \
    cp "$RAW" sum-wrong/
  check "declared hash, wrong: is not active" \
    has_status sum-wrong 'error|interrupted'
  check "declared hash, wrong: the right data may follow" \
    cp "$SMALL" sum-wrong/disk.raw
  check "declared hash: then is whole" is_whole sum-wrong "$SMALL" raw
}

# A second disk for an image that has one; nothing of it must be touched.
test_second_upload() {
  upload taken "$SMALL"
  refused_saying "second upload" "File exists|Read-only" "taken" \
    cp "$QCOW2" taken/other.qcow2
  refused "second upload by dd" "File exists|Read-only" \
    dd if="$QCOW2" of=taken/disk.raw conv=notrunc status=none
  check "second upload: the first is untouched" is_whole taken "$SMALL" raw
  qemu-img convert -O qcow2 "$SMALL" "$DISKS/other.qcow2"
  mkdir twin
  cp "$RAW" twin/
  refused_saying "second upload at once, of another disk" \
    "File exists|Structure needs cleaning" "twin" cp "$DISKS/other.qcow2" twin/
  mkdir twins
  cp "$RAW" twins/
  check "second upload at once, of the same disk" cp "$ZLIB" twins/
}

begin "$@"
cd "$IMAGES" || exit 1
test_cp
test_cp_into_images
test_streams
test_dd
test_dd_notrunc
test_rsync
test_qemu_img
test_tar
test_scratch_name
test_inside
test_two_at_once
test_empty_and_odd
test_large_and_sparse
test_declared_hash
test_second_upload

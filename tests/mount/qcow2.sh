#!/bin/bash
# tests/mount/qcow2.sh BINARY
#
# Content decides: every kind of qcow2 that qemu-img makes comes in whole, and
# what is no disk, another disk than its name says, or half a disk, is refused
# with a sentence.
# shellcheck source=tests/mount/lib.sh
. "$(dirname "$0")/lib.sh"

# kind NAME OPTIONS...: a qcow2 of the disk, made with these options, is taken.
kind() {
  local name=$1 file=$DISKS/kind-$1.qcow2
  shift
  qemu-img convert -f raw -O qcow2 "$@" "$RAW" "$file" || fail "make $name"
  uploads "$name" "$file" qcow2 cp "$file" "$name/"
  check "$name: is the disk" same_disk raw "$RAW" raw "$name/disk.raw"
  rm "$file"
}

test_kinds() {
  kind version-2 -o compat=0.10
  kind zlib -c
  kind zlib-version-2 -c -o compat=0.10
  kind zstd -c -o compression_type=zstd
  kind cluster-512 -o cluster_size=512
  kind cluster-512-zlib -c -o cluster_size=512
  kind cluster-4k-zstd -c -o cluster_size=4k,compression_type=zstd
  kind cluster-2M -o cluster_size=2M
  kind cluster-2M-zlib -c -o cluster_size=2M
  kind refcount-1 -o refcount_bits=1
  kind refcount-64 -o refcount_bits=64
  kind lazy -o lazy_refcounts=on
  kind preallocated -o preallocation=metadata
  kind full -o preallocation=full -S 0
}

# Zero clusters, discarded clusters and clusters written twice.
test_edited() {
  local file=$DISKS/edited.qcow2 raw=$DISKS/edited.raw
  cp "$ZLIB" "$file"
  qemu-io -f qcow2 -c 'write -z 1M 2M' -c 'write -P 7 2M 70k' \
    -c 'discard 8M 1M' -c 'write -P 9 20M 64k' "$file" >/dev/null
  qemu-img convert -O raw "$file" "$raw"
  uploads edited "$file" qcow2 cp "$file" edited/
  check "edited: is the edited disk" same_disk raw "$raw" raw edited/disk.raw
}

# The guest is the active layer; the original keeps the snapshot.
test_snapshot() {
  local file=$DISKS/snapshot.qcow2 raw=$DISKS/after.raw
  cp "$QCOW2" "$file"
  qemu-img snapshot -c before "$file"
  qemu-io -f qcow2 -c 'write -P 5 3M 1M' "$file" >/dev/null
  qemu-img convert -O raw "$file" "$raw"
  uploads snapshot "$file" qcow2 cp "$file" snapshot/
  check "snapshot: the guest is the active layer" \
    same_disk raw "$raw" raw snapshot/disk.raw
  check "snapshot: the original keeps it" \
    contains before "$(qemu-img snapshot -U -l snapshot/disk.qcow2)"
}

test_huge() {
  qemu-img create -q -f qcow2 "$DISKS/huge.qcow2" 10T
  qemu-io -f qcow2 -c 'write -P 3 9T 1M' "$DISKS/huge.qcow2" >/dev/null
  mkdir huge
  check "10 TiB sparse: uploads" cp "$DISKS/huge.qcow2" huge/
  check "10 TiB sparse: is active" has_status huge active
  check "10 TiB sparse: disk.raw has its size" \
    equal "$(stat -c %s huge/disk.raw)" $((10 << 40))
  check "10 TiB sparse: the data is there" qemu-io -r -f raw \
    -c 'read -P 3 9895604649984 1M' -c 'read -P 0 5T 1M' huge/disk.raw
}

# spoilt NAME OFFSET BYTES: a copy of the disk with these bytes (printf) there.
spoilt() {
  cp "$QCOW2" "$DISKS/$1.qcow2"
  printf '%b' "$3" | dd of="$DISKS/$1.qcow2" bs=1 seek="$2" conv=notrunc status=none
  echo "$DISKS/$1.qcow2"
}

# not_taken IMAGE ERROR PHRASE FILE [NAME]: the upload fails with this error and
# sentence, and what was sent is not active.
not_taken() {
  local image=$1 error=$2 phrase=$3 file=$4
  [ -d "$image" ] || mkdir "$image"
  refused_saying "$image" "$error" "$phrase" cp "$file" "$image/${5:-}"
  check "$image: the reason stands beside it" \
    contains . "$(attribute "$image" status_reason)"
  check "$image: is not active" has_status "$image" 'error|interrupted'
}

test_refused_features() {
  local bad='Invalid argument|not supported|Structure needs cleaning'
  qemu-img create -q -f qcow2 -b "$QCOW2" -F qcow2 "$DISKS/overlay.qcow2"
  not_taken backing-file "Invalid argument" "backing" "$DISKS/overlay.qcow2"
  qemu-img create -q -f qcow2 -o data_file="$DISKS/outside.raw" \
    "$DISKS/data-file.qcow2" 16M
  not_taken data-file "Invalid argument" "data file" "$DISKS/data-file.qcow2"
  not_taken unknown-feature "$bad" "feature" "$(spoilt unknown 72 '\x80')"
  not_taken corrupt-bit "$bad" "corrupt" "$(spoilt corrupt 79 '\x02')"
  not_taken bad-version "$bad" "version" "$(spoilt version 7 '\x09')"
  not_taken bad-cluster-bits "$bad" "cluster" "$(spoilt bits 23 '\x28')"
  not_taken l1-outside "$bad" "L1" "$(spoilt l1 40 '\x00\x7f')"
}

# is_locked IMAGE FILE METHOD SIZE: only the file as it was sent is there.
is_locked() {
  local file
  has_status "$1" active || return
  cmp "$2" "$1/disk.qcow2" || return
  equal "$(sha256sum <"$2" | cut -d' ' -f1)" "$(attribute "$1" os_hash_value)" ||
    return
  equal "$(names "$1")" "disk.qcow2 image.json" || return
  for file in raw vmdk vhd vhdx vdi azure.vhd stream.vmdk; do
    missing "$1/disk.$file" || return
  done
  contains "encrypted with $3" "$(attribute "$1" status_reason)" &&
    has_attribute "$1" virtual_size "$4" && no attribute "$1" formats
}

test_encrypted() {
  local file
  qemu-img convert -O qcow2 --object secret,id=key,data=abc \
    -o encrypt.format=luks,encrypt.key-secret=key,encrypt.iter-time=10 \
    "$RAW" "$DISKS/luks.qcow2"
  qemu-img convert -O qcow2 --object secret,id=key,data=abcdefgh \
    -o compat=0.10,encrypt.format=aes,encrypt.key-secret=key \
    "$RAW" "$DISKS/aes.qcow2"
  mkdir aes
  check "AES: uploads" cp "$DISKS/aes.qcow2" aes/
  check "AES: is kept" is_locked aes "$DISKS/aes.qcow2" AES $((24 << 20))
  mkdir luks
  check "LUKS: uploads" cp "$DISKS/luks.qcow2" luks/
  check "LUKS: is kept" is_locked luks "$DISKS/luks.qcow2" LUKS $((24 << 20))
  check "LUKS: qemu-img reads it with the key" qemu-img compare -q \
    --object secret,id=key,data=abc --image-opts \
    driver=qcow2,encrypt.key-secret=key,file.filename=luks/disk.qcow2 \
    driver=raw,file.filename="$RAW"
  check "LUKS: image.json says why there is no more" contains "LUKS" \
    "$(jq -r .status_reason luks/image.json)"
  check "LUKS: to the trash" rm -r luks
  check "LUKS: and back" mv "$MNT/trash/luks" ./
  check "LUKS: is kept still" is_locked luks "$DISKS/luks.qcow2" LUKS \
    $((24 << 20))
  check "LUKS: another folder" cp -r luks "$IMAGES/copy"
  check "LUKS: is kept there" is_locked copy "$DISKS/luks.qcow2" LUKS \
    $((24 << 20))
}

test_half_a_disk() {
  head -c 2000000 "$QCOW2" >"$DISKS/half.qcow2"
  not_taken half "Structure needs cleaning" "end|past|truncated|outside" \
    "$DISKS/half.qcow2"
  check "half a disk: the rest completes it" \
    rsync --inplace "$QCOW2" half/half.qcow2
  check "half a disk: then is whole" is_whole half "$QCOW2" qcow2
}

test_names_and_content() {
  not_taken says-raw "Invalid argument" "qcow2" "$QCOW2" disk.raw
  check "says raw: writing again retries" cp "$RAW" says-raw/disk.raw
  check "says raw: then is whole" is_whole says-raw "$RAW" raw
  not_taken says-qcow2 "Invalid argument" "raw|not a qcow2" "$RAW" disk.qcow2
  mkdir declared
  check "declare user.disk_format=raw" set_attribute declared disk_format raw
  check "a qcow2 declared raw is a raw disk" cp "$QCOW2" declared/disk.raw
  check "declared raw: is whole" is_whole declared "$QCOW2" raw
  check "declared raw: is flagged" has_attribute declared looks_like qcow2
  check "declared raw: image.json says so" \
    equal "$(jq -r .looks_like declared/image.json)" qcow2
}

begin "$@"
cd "$IMAGES" || exit 1
test_kinds
test_edited
test_snapshot
test_huge
test_refused_features
test_encrypted
test_half_a_disk
test_names_and_content

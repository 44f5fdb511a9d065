#!/bin/bash
# tests/mount/rebuild.sh BINARY
#
# keep_original=rebuild: of a compressed file the disk is kept, not the file.
# shellcheck source=tests/mount/lib.sh
. "$(dirname "$0")/lib.sh"

has_own_hash() {
  local sum
  sum=$(sha256sum <"$1/$2")
  equal "$(attribute "$1" os_hash_value)" "${sum%% *}"
}

# rebuilt IMAGE FILE NAME: the image shows NAME in place of FILE, and says so.
rebuilt() {
  local sum
  sum=$(sha256sum <"$2")
  check "$1: active" has_status "$1" active
  check "$1: is $3" exists "$1/$3"
  check "$1: the same disk" same_disk raw "$RAW" raw "$1/disk.raw"
  check "$1: says what was sent" \
    contains "is not that file.*${sum%% *}" "$(attribute "$1" status_reason)"
  check "$1: has a hash of its own" wait_until 20 has_own_hash "$1" "$3"
  check "$1: is sealed" no sh -c "echo >>'$1/$3'"
}

begin "$@"
stop_daemon
start_daemon -o keep_original=rebuild
cd "$IMAGES" || exit 1
xz -1 -k -c "$RAW" >"$DISKS/disk.raw.xz"
mkdir clusters wrapped plain
check "a compressed qcow2 is taken" cp "$ZSTD" clusters/
rebuilt clusters "$ZSTD" disk.qcow2
check "clusters: qemu-img finds nothing wrong" \
  qemu-img check -q -f qcow2 clusters/disk.qcow2
check "a .xz is taken" cp "$DISKS/disk.raw.xz" wrapped/
rebuilt wrapped "$DISKS/disk.raw.xz" disk.raw
check "wrapped: lists no .xz" equal "$(names wrapped)" "$EVERY_FILE"
check "what is not compressed is taken" cp "$QCOW2" plain/
check "and kept as it was sent" is_whole plain "$QCOW2" qcow2

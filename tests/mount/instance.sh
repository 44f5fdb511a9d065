# shellcheck shell=bash
# tests/mount/instance.sh
#
# A real qemu whose guest writes all the time, for the files that capture it;
# sourced after lib.sh.

QMP='' DISK='' INSTANCE=''
UUID=5f9c1b9e-3d5e-4a8e-9a39-1d2a3b4c5d6e

instance() { python3 "$HERE/instance.py" "$@"; }

# The guest's disk, 64 MiB: its boot sector, noise that takes a copy its time,
# and a place for each number at the beginning of each second MiB.
make_guest() {
  command as --32 --defsym SECTORS=32 --defsym STRIDE=2048 -o "$WORK/guest.o" \
    "$HERE/guest.s" &&
    ld -m elf_i386 -Ttext 0x7c00 --oformat binary -o "$WORK/guest.bin" \
      "$WORK/guest.o" &&
    head -c 64M /dev/urandom >"$DISK" &&
    dd if="$WORK/guest.bin" of="$DISK" conv=notrunc status=none
}

start_instance() {
  QMP=$WORK/qmp DISK=$WORK/guest.raw
  make_guest || exit 1
  qemu-system-x86_64 -accel tcg -nodefaults -nographic -m 16 \
    -name web-1 -uuid $UUID -qmp "unix:$QMP,server=on,wait=off" \
    -blockdev "driver=raw,node-name=node0,file.driver=file,file.filename=$DISK" \
    -device virtio-blk-pci,drive=node0,id=vd0 \
    >"$WORK/qemu.log" 2>&1 &
  INSTANCE=$!
  # The guest has to come round once.
  wait_until 30 instance moment "$DISK" || { cat "$WORK/qemu.log" && exit 1; }
}

newest() { instance newest "$DISK"; }
capture() { platter capture --qmp "$QMP" --mount "$MNT" "$@"; }

# advances: the guest writes on.
advances() {
  local before
  before=$(newest)
  echo "before: $before"
  wait_until 10 more_than "$before"
}
more_than() { [ "$(newest)" -gt "$1" ]; }

# untouched NAME: nothing of a capture is left in the instance.
untouched() {
  local jobs status nodes stats
  { read -r jobs && read -r status && read -r nodes && read -r stats; } \
    < <(instance ask "$QMP" query-jobs query-status query-named-block-nodes \
      query-blockstats)
  check "$1: the instance runs" \
    equal "$(jq -r .status <<<"$status")" running
  check "$1: no job is left" equal "$jobs" "[]"
  check "$1: no node is left" equal \
    "$(jq '[.[]."node-name" | select(startswith("platter"))] | length' \
      <<<"$nodes")" 0
  check "$1: the guest met no error" equal \
    "$(jq '[.[].stats.failed_wr_operations] | add' <<<"$stats")" 0
  check "$1: the guest writes on" advances
}

# begins IMAGE: a capture of that name has begun to send.
begins() {
  wait_until 10 has_status "$1" saving && wait_until 10 has_bytes "$1"
}
has_bytes() { [ "$(stat -c %b "$IMAGES/$1/disk.raw")" -gt 0 ]; }

# task IMAGE MEMBER: of its newest task.
task() { jq -r ".$2" "$MNT/info/tasks/$(attribute "$1" task).json"; }
task_of() { equal "$(task "$1" "$2")" "$3"; }

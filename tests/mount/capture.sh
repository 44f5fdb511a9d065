#!/bin/bash
# tests/mount/capture.sh BINARY
#
# `platter capture` with a real qemu whose guest writes all the time: what
# arrives is the disk of one moment, and whatever goes wrong the instance runs
# on as if nothing had been asked.
# shellcheck source=tests/mount/lib.sh
. "$(dirname "$0")/lib.sh"

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

test_moment() {
  local before after last
  before=$(newest)
  check "a capture" capture golden --speed 24MiB --property os_distro=debian
  after=$(newest)
  check "the image is active" has_status golden active
  check "it is the disk of one moment" \
    instance moment "$IMAGES/golden/disk.raw"
  last=$(instance newest "$IMAGES/golden/disk.raw")
  check "of a moment after it was asked for" at_least "$last" "$before"
  # Had the copy been made as it came along, or the guest held still, it would
  # have the last number, or this would be none later.
  check "the guest wrote while it was copied" at_least "$after" \
    $((last + 32))
  check "the file is raw" has_attribute golden disk_format raw
  check "image_type" has_attribute golden image_type snapshot
  check "instance_uuid" has_attribute golden instance_uuid $UUID
  check "source_instance" has_attribute golden source_instance web-1
  check "a property of one's own" has_attribute golden os_distro debian
  check "what the guest does not write is the same" cmp -i 33554432 \
    "$DISK" "$IMAGES/golden/disk.raw"
  untouched "a capture"
}

test_words() {
  local said
  said=$(capture --json quick)
  check "--json: id" equal "$(jq -r .id <<<"$said")" "$(attribute quick id)"
  check "--json: bytes" equal "$(jq -r .bytes <<<"$said")" 67108864
  capture --progress json --speed 64MiB lines >"$WORK/lines"
  check "--progress json: lines" at_least \
    "$(grep -c '^{"done":[0-9]*,"total":67108864}$' "$WORK/lines")" 2
  check "by a path, and the disk by name" \
    platter capture --qmp "$QMP" --device vd0 "$IMAGES/by-path"
  check "by a path: is active" has_status by-path active
  check "in the current folder's mount" \
    sh -c "cd '$IMAGES' && '$PLATTER' capture --qmp '$QMP' from-here"
  check "in the current folder's mount: is active" has_status from-here active
}

# refuses STATUS PHRASE WORDS...: the exit status, and a sentence.
refuses() {
  local status=$1 phrase=$2
  shift 2
  platter capture "$@" >"$WORK/said" 2>&1
  check "refused with $status: $*" equal $? "$status"
  check "saying why: $*" grep -qi -- "$phrase" "$WORK/said"
}

test_refusals() {
  refuses 4 "already" --qmp "$QMP" --mount "$MNT" golden
  refuses 3 "no disk \"vd7\".*vd0 (64 MiB)" --qmp "$QMP" --device vd7 \
    --mount "$MNT" x
  refuses 3 "no socket" --qmp "$WORK/none" --mount "$MNT" x
  refuses 3 "no mount" --qmp "$QMP" "$WORK/images/x"
  refuses 4 "ends like a disk file" --qmp "$QMP" --mount "$MNT" x.raw
  refuses 4 "min_disk" --qmp "$QMP" --mount "$MNT" --property min_disk=much y
  refuses 2 "NAME" --qmp "$QMP" a b
  refuses 2 "KEY=VALUE" --qmp "$QMP" --property novalue a
  refuses 4 "without --freeze" --qmp "$QMP" --freeze --mount "$MNT" x
  check "no image came of it" missing "$IMAGES/x"
}

# interrupted_by SIGNAL IMAGE STATUS
interrupted_by() {
  local worker
  env --default-signal=INT "$PLATTER" capture --qmp "$QMP" --mount "$MNT" \
    --speed 2MiB "$2" >"$WORK/said" 2>&1 &
  worker=$!
  check "SIG$1: it has begun" begins "$2"
  kill "-$1" $worker
  wait $worker 2>/dev/null
  check "SIG$1: exit status" equal $? "$3"
  check "SIG$1: the image is no image" \
    wait_until 10 has_status "$2" error
  check "SIG$1: the image says why" contains cancelled \
    "$(attribute "$2" status_reason)"
  untouched "SIG$1"
}

test_cancel() {
  interrupted_by INT cancelled 1
  check "SIGINT: says so" grep -q cancelled "$WORK/said"
  interrupted_by TERM cancelled 1
  interrupted_by HUP cancelled 1
  interrupted_by KILL cancelled 137
  check "a new start under that name" capture cancelled
  check "a new start: is a moment" \
    instance moment "$IMAGES/cancelled/disk.raw"
  untouched "a new start"
}

# task IMAGE MEMBER: of its newest task.
task() { jq -r ".$2" "$MNT/info/tasks/$(attribute "$1" task).json"; }
task_of() { equal "$(task "$1" "$2")" "$3"; }

test_task() {
  local said id
  said=$(capture --detach --json --speed 16MiB behind)
  id=$(jq .task <<<"$said")
  check "--detach: the task's number" equal "$id" "$(attribute behind task)"
  check "--detach: the image's id" equal "$(jq -r .id <<<"$said")" \
    "$(attribute behind id)"
  check "--detach: it goes on" wait_until 10 task_of behind status processing
  check "the task: its kind" task_of behind kind capture
  check "the task: of what" task_of behind input.source "machine web-1"
  check "the task: how much there is" task_of behind progress.total 67108864
  check "the task: how far it is" wait_until 10 \
    at_least "$(task behind progress.done)" 0
  check "it ends" wait_until 30 task_of behind status success
  check "the image is active" has_status behind active
  check "it is the disk of one moment" \
    instance moment "$IMAGES/behind/disk.raw"
  check "with its properties" has_attribute behind instance_uuid $UUID
  said=$(platter tasks "$MNT")
  check "platter tasks shows it" contains "capture *success *behind" "$said"
  untouched "--detach"
}

test_task_cancelled() {
  local front id
  capture --speed 2MiB ended >"$WORK/said" 2>&1 &
  front=$!
  check "tasks cancel: it has begun" begins ended
  id=$(attribute ended task)
  check "tasks cancel" platter tasks cancel "$id" "$MNT"
  wait $front
  check "tasks cancel: the command ends" equal $? 1
  check "tasks cancel: and says who" grep -q "cancelled by" "$WORK/said"
  check "tasks cancel: the task" task_of ended status failure
  check "tasks cancel: no image" has_status ended error
  check "tasks cancel: the reason" contains "cancelled by" \
    "$(attribute ended status_reason)"
  untouched "tasks cancel"
  # Nobody sends it any more.
  check "tasks retry" platter tasks retry "$id" "$MNT"
  check "tasks retry: says what to do" wait_until 10 \
    contains "capture again" "$(task ended message)"
  check "a new start under that name" capture ended
}

# Two captures of a project run at a time; the third waits, and copies then.
test_turns() {
  local image
  cd "$DISKS" || exit 1
  for image in one two; do
    capture --detach --speed 8MiB "$image" >/dev/null
  done
  platter capture "$SMALL" --format raw --mount "$MNT" --detach three >/dev/null
  check "a third waits for its turn" task_of three status pending
  check "and for nothing longer" wait_until 60 task_of three status success
  check "it is whole" cmp "$SMALL" "$IMAGES/three/disk.raw"
  for image in one two; do
    check "$image: ends" wait_until 60 task_of "$image" status success
  done
  untouched "captures in turns"
}

# What a capture tells the mount when it fails; anybody may who sends a file.
test_give_up() {
  mkdir "$IMAGES/given-up"
  refused_saying "give_up without a writer" "Invalid argument" "nothing to give" \
    set_attribute given-up give_up "no reason"
  exec 9>"$IMAGES/given-up/disk.raw"
  head -c 4096 "$DISK" >&9
  refused "give_up with lines" "Invalid argument" \
    set_attribute given-up give_up $'two\nlines'
  check "give_up" set_attribute given-up give_up "it burns"
  exec 9>&-
  check "give_up: no image" has_status given-up interrupted
  check "give_up: the reason" contains "it burns" \
    "$(attribute given-up status_reason)"
  refused "give_up leaves no value" "No such attribute" \
    attribute given-up give_up
  check "give_up: sent again" cp "$SMALL" "$IMAGES/given-up/disk.raw"
  check "give_up: sent again: is active" has_status given-up active
}

# The process that copies is killed, and can put nothing in order. A write of the
# guest may fail then, so this is the instance's last check.
test_worker_killed() {
  local front
  capture --speed 2MiB killed >"$WORK/said" 2>&1 &
  front=$!
  check "killed worker: it has begun" begins killed
  pkill -KILL -P "$(pgrep -P $front)" || pkill -KILL -P $front
  wait $front
  check "killed worker: exit status" equal $? 137
  check "killed worker: no image" wait_until 10 has_status killed error
  check "killed worker: a new start" capture killed
  check "killed worker: nothing is left" equal "[]" \
    "$(instance ask "$QMP" query-jobs)"
  check "killed worker: no node is left" no grep -q '"platter-' \
    <<<"$(instance ask "$QMP" query-named-block-nodes)"
}

test_freeze() {
  local log=$WORK/asked order
  python3 "$HERE/instance.py" agent "$WORK/agent" "$log" good >"$WORK/agent.log" 2>&1 &
  wait_until 5 exists "$WORK/agent"
  check "--freeze" capture --freeze --agent "$WORK/agent" frozen
  order=$(grep -v sync "$log" | xargs)
  check "--freeze: frozen, and thawed" equal "$order" \
    "guest-fsfreeze-freeze guest-fsfreeze-thaw"
  check "--freeze: asked after a guest-sync" equal "$(head -n 1 "$log")" \
    guest-sync
  rm "$log"
  python3 "$HERE/instance.py" agent "$WORK/sour" "$log" sour >"$WORK/sour.log" 2>&1 &
  wait_until 5 exists "$WORK/sour"
  refuses 4 "no room to freeze" --qmp "$QMP" --mount "$MNT" --freeze \
    --agent "$WORK/sour" unfrozen
  check "an agent that refuses: is told to thaw" grep -q thaw "$log"
  untouched "an agent that refuses"
}

test_store_full() {
  stop_daemon && mount -t tmpfs -o size=24m platter-full "$STORE/staging" &&
    start_daemon || exit 1
  refuses 1 "no space\|room" --qmp "$QMP" --mount "$MNT" --speed 32MiB full
  check "a full store: is told in the image" contains "[Ss]pace" \
    "$(attribute full status_reason)"
  check "a full store: no image" has_status full error
  untouched "a full store"
  stop_daemon && umount "$STORE/staging" &&
    start_daemon -o max_image_size=32MiB || exit 1
  refuses 4 "max_image_size" --qmp "$QMP" --mount "$MNT" large
  check "too large: no image" no has_status large active
  untouched "too large"
  stop_daemon && start_daemon || exit 1
}

test_daemon_killed() {
  local worker
  capture --speed 2MiB orphan >"$WORK/said" 2>&1 &
  worker=$!
  check "killed daemon: it had begun" begins orphan
  kill_daemon
  wait $worker
  check "killed daemon: exit status" equal $? 1
  check "killed daemon: says so" grep -qi "not connected\|abort" "$WORK/said"
  untouched "killed daemon"
  umount -l "$MNT" && start_daemon || exit 1
  check "killed daemon: no image" has_status orphan error
  check "killed daemon: its task has failed" \
    task_of orphan status failure
  check "killed daemon: and says why" contains "service stopped" \
    "$(task orphan message)"
  check "killed daemon: a new start" capture orphan
}

test_stopped() {
  refuses 5 "in use.*--qmp" "$DISK" --mount "$MNT" stopped
  check "in use: no image" missing "$IMAGES/stopped"
  kill "$INSTANCE" && wait "$INSTANCE" 2>/dev/null
  check "a stopped machine" \
    platter capture "$DISK" --format raw --mount "$MNT" stopped
  check "a stopped machine: is the same" cmp "$DISK" \
    "$IMAGES/stopped/disk.raw"
  refuses 3 "no socket\|nobody listens" --qmp "$QMP" --mount "$MNT" x
}

test_chain() {
  cd "$DISKS" || exit 1
  qemu-img create -q -f qcow2 -F qcow2 -b "$QCOW2" middle.qcow2 32M
  qemu-io -c 'write -P 7 1M 3M' -c 'write -z 8M 1M' middle.qcow2 >/dev/null
  qemu-img create -q -f qcow2 -F qcow2 -b middle.qcow2 top.qcow2
  qemu-io -c 'write -P 9 30M 64k' top.qcow2 >/dev/null
  check "a chain of three" platter capture top.qcow2 --mount "$MNT" chain
  qemu-img convert -O raw top.qcow2 flat.raw
  check "a chain of three: is whole" is_whole chain flat.raw raw
  mv middle.qcow2 gone.qcow2
  refuses 4 "middle.qcow2" top.qcow2 --mount "$MNT" broken
  check "a broken chain: no image" missing "$IMAGES/broken"
}

begin "$@"
start_instance
test_moment
test_words
test_task
test_task_cancelled
test_turns
test_refusals
test_cancel
test_freeze
test_give_up
test_store_full
test_daemon_killed
test_worker_killed
test_stopped
test_chain

#!/bin/bash
# tests/mount/capture.sh BINARY
#
# `platter capture` with a real qemu whose guest writes all the time: what
# arrives is the disk of one moment, and whatever goes wrong the instance runs
# on as if nothing had been asked.
# shellcheck source=tests/mount/lib.sh
. "$(dirname "$0")/lib.sh"

# shellcheck source=tests/mount/instance.sh
. "$(dirname "$0")/instance.sh"

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
test_refusals
test_cancel
test_freeze
test_give_up
test_store_full
test_daemon_killed
test_worker_killed
test_stopped
test_chain

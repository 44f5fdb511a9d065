#!/bin/bash
# tests/mount/capture_tasks.sh BINARY
#
# A capture as a task of its project: seen, waited for, cancelled, cut off.
# shellcheck source=tests/mount/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/mount/instance.sh
. "$(dirname "$0")/instance.sh"

test_detached() {
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

test_cancelled() {
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

# Two captures of a project run at a time; the third waits, and copies then. Of
# a stopped machine: a monitor serves one capture at a time anyway.
test_turns() {
  local image held=()
  # Not by this shell: what it starts would hold them, too.
  for image in one two; do
    mkdir "$IMAGES/$image"
    sleep 1000 >"$IMAGES/$image/disk.raw" &
    held+=($!)
    wait_until 5 has_status $image saving
    set_attribute $image capture '{"source":"a test","total":4096}'
    check "$image runs" wait_until 10 task_of $image status processing
  done
  check "a third" platter capture "$SMALL" --format raw --mount "$MNT" \
    --detach three
  check "a third waits for its turn" task_of three status pending
  kill "${held[@]}"
  check "and for nothing longer" wait_until 60 task_of three status success
  check "it is whole" cmp "$SMALL" "$IMAGES/three/disk.raw"
}

begin "$@"
start_instance
test_detached
test_cancelled
test_turns

#!/bin/bash
# tests/mount/purge.sh BINARY
#
# What has been in the trash for long enough goes for good, by a task, also when
# the daemon is killed in the middle of it.
# shellcheck source=tests/mount/lib.sh
. "$(dirname "$0")/lib.sh"

TTL=(-o trash_ttl=4s)
MANY=400

# tasks STATUS: how many purges have it.
tasks() {
  platter tasks --json "$MNT" |
    jq -r 'select(.kind == "purge") | .status' | grep -c "^$1\$"
}
some_purged() { [ "$(names "$MNT/trash" | wc -w)" -lt $MANY ]; }
none_left() { [ -z "$(names "$MNT/trash")" ]; }

test_purge() {
  upload kept "$SMALL"
  upload gone "$SMALL"
  rm -r "$IMAGES/gone"
  check "it is in the trash first" exists "$MNT/trash/gone/disk.raw"
  check "and goes by itself" wait_until 20 none_left
  check "by its name, too" wait_until 5 missing "$MNT/trash/gone"
  check "a task did it" wait_until 5 at_least "$(tasks success)" 1
  check "it says how much" equal 1048576 "$(platter tasks --json "$MNT" |
    jq -r 'select(.kind == "purge") | .result.bytes' | head -n 1)"
  check "the audit trail knows" grep -q '"act":"purge".*"image":"gone"' \
    "$MNT/info/events.jsonl"
  check "others stay" cmp "$SMALL" "$IMAGES/kept/disk.raw"
}

test_killed() {
  local image
  for ((image = 0; image < MANY; image++)); do mkdir "$IMAGES/n$image"; done
  rm -r "$IMAGES"/n*
  check "many in the trash" equal "$(names "$MNT/trash" | wc -w)" $MANY
  check "they begin to go" wait_until 20 some_purged
  kill_daemon
  umount -l "$MNT"
  start_daemon "${TTL[@]}" || exit 1
  check "after kill -9: the rest goes" wait_until 30 none_left
  check "no task is left" wait_until 10 equal 0 \
    "$(($(tasks pending) + $(tasks processing)))"
  check "each once" equal "$(grep -c '"act":"purge".*"image":"n' \
    "$MNT/info/events.jsonl")" "$(grep '"act":"purge".*"image":"n' \
    "$MNT/info/events.jsonl" | jq -r .id | sort -u | wc -l)"
  check "none failed" equal "$(tasks failure)" 0
  check "what was kept is there" cmp "$SMALL" "$IMAGES/kept/disk.raw"
  check "a name is free again" mkdir "$IMAGES/n1"
}

begin "$@"
stop_daemon && start_daemon "${TTL[@]}" || exit 1
test_purge
test_killed

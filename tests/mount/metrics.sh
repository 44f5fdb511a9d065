#!/bin/bash
# tests/mount/metrics.sh BINARY
#
# What operators see: info/metrics, counted by exactly so many; info/health; the
# log; platter status, also of a daemon that does not answer.
# shellcheck source=tests/mount/lib.sh
. "$(dirname "$0")/lib.sh"
begin_host "$1" "admin_group=pt${$}club"
DOCUMENT=$HERE/../../docs/metrics.md
SIZE=$(stat -c %s "$RAW")

# look NAME: keeps what info/metrics says now.
look() { cat "$MNT/info/metrics" >"$WORK/$1.prom"; }

# at LOOK NAME [LABEL=VALUE...]: what it said then.
at() {
  local file=$WORK/$1.prom
  shift
  /usr/bin/python3 "$HERE/metrics.py" value "$file" "$@"
}

# moved BY NAME [LABEL=VALUE...]: between looks a and b, by exactly so many.
moved() {
  local by=$1
  shift
  equal $(($(at b "$@") - $(at a "$@"))) "$by"
}

# moves BY NAME [LABEL=VALUE...]: ... or soon; a request is counted when it has
# been answered.
moves() {
  if ! wait_until 5 look_and_moved "$@"; then moved "$@"; fi
}
look_and_moved() { look b && moved "$@"; }

errors() { echo platter_fuse_errors_total "operation=$1" "errno=$2"; }
operations() {
  echo platter_fuse_operation_duration_seconds_count "operation=$1"
}

test_text() {
  look first
  check "the text keeps the conventions" \
    /usr/bin/python3 "$HERE/metrics.py" judge "$WORK/first.prom" "$DOCUMENT"
  check "curl, which believes the size, gets it whole" \
    curl -sS -o "$WORK/curled.prom" "file://$MNT/info/metrics"
  check "by the same judge" \
    /usr/bin/python3 "$HERE/metrics.py" judge "$WORK/curled.prom" "$DOCUMENT"
  check "it says which program" equal 1 "$(at first platter_build_info \
    "version=$(platter version | sed -n 's/^platter //p')")"
  check "and which process" equal \
    "$(at first process_max_fds)" "$(ulimit -H -n)"
  check "an administrator reads it" as "$CARL" cat "$MNT/info/metrics"
  check "also in a folder of theirs" as "$CARL" ls "$MNT/info/operator"
  may_not "$ANNA" ls "$MNT/info/operator"
  may_not "$ANNA" cat "$MNT/info/metrics"
  may_not "$EVE" cat "$MNT/info/metrics"
  as "$ANNA" ls "$MNT/mine/" >/dev/null
  check "projects have none" missing "$(project "$WEB")/info/metrics"
}

test_requests() {
  local name
  look a
  for name in 1 2 3 4 5; do
    stat "$IMAGES/none-$name" >/dev/null 2>&1
  done
  # shellcheck disable=SC2046
  check "look-ups of nothing" moves 5 $(errors lookup ENOENT)
  look a
  mkdir "$IMAGES/made-1" "$IMAGES/made-2"
  mkdir "$IMAGES/disk.raw" 2>/dev/null
  # shellcheck disable=SC2046
  check "mkdir, three times" moves 3 $(operations mkdir)
  # shellcheck disable=SC2046
  check "of which one is refused" moved 1 $(errors mkdir EINVAL)
  # shellcheck disable=SC2046
  check "and nothing else is" moved 0 $(errors unlink EINVAL)
  check "two images more" \
    moved 2 platter_images place=images status=queued
  setfattr -n user.hw_disk_bus -v sataa "$IMAGES/made-1" 2>/dev/null
  setfattr -n user.os_distro -v debian "$IMAGES/made-1"
  # shellcheck disable=SC2046
  check "setfattr, twice" moves 2 $(operations setxattr)
  # shellcheck disable=SC2046
  check "of which one is refused" moved 1 $(errors setxattr EINVAL)
  rmdir "$IMAGES/made-1" "$IMAGES/made-2"
  check "two in the trash" moves 2 platter_images place=trash status=queued
}

test_bytes() {
  look a
  # Not cp, which leaves out the holes.
  mkdir "$IMAGES/one" && cat "$RAW" >"$IMAGES/one/disk.raw" && seal one
  check "what is written" moves "$SIZE" platter_fuse_written_bytes_total
  check "one image with a disk" \
    moved 1 platter_images place=images status=active
  check "of so many bytes" \
    moved "$SIZE" platter_image_bytes place=images status=active
  check "all its chunks are new" moved 0 platter_store_duplicate_chunks_total
  check "and take room" at_least "$(at b platter_store_bytes)" 1000000
  look a
  # Past the kernel's cache, so that each byte is asked for once.
  dd if="$IMAGES/one/disk.raw" of="$WORK/out.raw" bs=1M iflag=direct status=none
  check "what was read is the disk" cmp "$RAW" "$WORK/out.raw"
  check "what is read, and the text of the look before" \
    moves $((SIZE + $(stat -c %s "$WORK/a.prom"))) platter_fuse_read_bytes_total
  look a
  dd if="$IMAGES/one/disk.raw" of="$WORK/out.raw" bs=1M iflag=direct status=none
  look b
  check "the second time chunks come from memory" \
    moved 0 platter_cache_misses_total
  check "by so many hits" at_least \
    $(($(at b platter_cache_hits_total) - $(at a platter_cache_hits_total))) 24
}

test_deduplication() {
  look a
  upload two "$RAW"
  look b
  local chunks
  chunks=$(($(at b platter_store_chunks_total) - $(at a platter_store_chunks_total)))
  check "the same disk again has chunks" at_least "$chunks" 1
  check "which are all there already" \
    moved "$chunks" platter_store_duplicate_chunks_total
}

test_upload_under_way() {
  mkdir "$IMAGES/slow"
  look a
  mkfifo "$WORK/pipe"
  cat "$WORK/pipe" >"$IMAGES/slow/disk.raw" &
  local writer=$!
  exec 7>"$WORK/pipe"
  cat "$SMALL" >&7
  check "what an upload sent so far" moves 1048576 platter_upload_bytes
  check "is of one upload" moved 1 platter_uploads
  exec 7>&-
  wait $writer
  check "is over" moves 0 platter_uploads
  check "and in flight no more" moved 0 platter_upload_bytes
}

test_import() {
  mkdir "$IMAGES/imported"
  look a
  setfattr -n user.import -v "file://$QCOW2" "$IMAGES/imported"
  check "an import that is over" \
    moves 1 platter_tasks kind=import status=success
  check "its bytes" moved "$(stat -c %s "$QCOW2")" platter_import_bytes_total
}

# ---- The log ---------------------------------------------------------------

logged() { grep -qE "$1" "$WORK/daemon.log" || { tail "$WORK/daemon.log" && return 1; }; }

test_log() {
  local lines
  check "a refusal is one line" logged \
    "info refused operation=mkdir project=default image=\"\" user=root errno=EINVAL path=images/disk.raw why="
  check "of an image it names that" logged \
    "refused operation=setxattr project=default image=made-1 user=root errno=EINVAL"
  check "an upload is one line" logged \
    "info uploaded operation=upload project=default image=one user=root bytes=$SIZE errno=0"
  check "an import is one line" equal 1 \
    "$(grep -c 'operation=import .*image=imported' "$WORK/daemon.log")"
  stop_daemon && start_daemon -o "projects,admin_group=$CLUB,log_level=warning"
  lines=$(wc -l <"$WORK/daemon.log")
  upload healthy "$SMALL"
  cat "$IMAGES/healthy/disk.vmdk" >/dev/null
  mkdir "$IMAGES/disk.raw" 2>/dev/null
  rm -r "$IMAGES/healthy"
  check "of a healthy day warnings say nothing" \
    equal "$(wc -l <"$WORK/daemon.log")" "$lines"
  stop_daemon && start_daemon -o "projects,admin_group=$CLUB,log_level=debug"
  head -c 4096 "$IMAGES/one/disk.qcow2" >/dev/null
  check "a download is a line, for who looks closely" wait_until 5 logged \
    "debug downloaded operation=download project=default image=one user=root file=disk.qcow2"
}

# ---- Health ----------------------------------------------------------------

health() { jq -r "$1" "$MNT/info/health"; }
finds() { health ".checks[] | select(.name == \"$1\") | .status"; }
finds_well() { equal "$(finds "$1")" ok; }
advises() { health ".checks[] | select(.name == \"$1\") | .message"; }

test_health() {
  check "all is well" equal "$(health .status)" ok
  check "by every check" equal \
    "$(health '[.checks[] | select(.status != "ok")] | length')" 0
  check "which say what they found" equal \
    "$(health '[.checks[] | select(.message == "")] | length')" 0
  check "everybody reads it" as "$EVE" cat "$MNT/info/health"
  check "projects have none of their own" \
    missing "$(project "$WEB")/info/health"
  local file=$STORE/audit/default.jsonl
  mv "$file" "$file.away" && mkdir "$file"
  mkdir "$IMAGES/unwritten"
  check "an audit trail that cannot be written" equal "$(finds audit)" degraded
  check "degrades the whole" equal "$(health .status)" degraded
  check "and it says what to do" contains "see to the store" "$(advises audit)"
  look a
  check "metrics say so, too" equal 1 "$(at a platter_health check=audit)"
  check "and count it" at_least "$(at a platter_audit_failures_total)" 1
  rmdir "$file" && mv "$file.away" "$file"
  rmdir "$IMAGES/unwritten"
  # Within a second: what could not be made durable is tried again then.
  check "with the next act it is well again" wait_until 5 finds_well audit
}

test_damage() {
  local pack
  stop_daemon
  cp -r "$STORE/packs" "$WORK/packs"
  for pack in "$STORE"/packs/*.pack; do
    dd if=/dev/zero of="$pack" bs=1M seek=1 count=4 conv=notrunc status=none
  done
  start_daemon -o "projects,admin_group=$CLUB"
  check "damage that nobody met is not told" equal "$(finds damage)" ok
  refused "reading what is damaged" "Input/output error" \
    cat "$IMAGES/one/disk.raw"
  check "damage that a reader met is" equal "$(finds damage)" degraded
  check "and it names the mend" contains "backup" "$(advises damage)"
  check "and nobody's project" no contains "default" "$(health .)"
  check "in the log it is an error" logged \
    "error refused operation=read project=default image=one user=root errno=EIO"
  stop_daemon
  cp "$WORK"/packs/* "$STORE/packs/"
}

test_space() {
  start_daemon -o "projects,admin_group=$CLUB,low_space=1000TiB"
  check "little room" equal "$(finds space)" degraded
  check "is told, and not how much" contains "less than 1000TiB" \
    "$(advises space)"
  stop_daemon
  mount -t tmpfs -o size=8m platter-small "$STORE/staging"
  start_daemon -o "projects,admin_group=$CLUB"
  check "no room" equal "$(finds space)" failing
  check "says where" contains "staging/" "$(advises space)"
  stop_daemon
  mount -o remount,ro "$STORE/staging"
  check "read-only: still mounts" start_daemon -o "projects,admin_group=$CLUB"
  check "a read-only file system" contains "read-only" "$(advises space)"
  stop_daemon
  umount "$STORE/staging"
  start_daemon -o "projects,admin_group=$CLUB"
}

# ---- platter status --------------------------------------------------------

status() { platter status "$@" >"$WORK/said" 2>&1; }
says() { contains "$1" "$(cat "$WORK/said")"; }

test_status() {
  check "status" status "$MNT"
  check "says that all is well" says "health +ok"
  check "and what goes on" says \
    "activity +[0-9]+ requests/s, .*/s read, .*/s written; half within"
  check "to others it does not say what others do" equal "ok null null" \
    "$(as "$ANNA" "$PLATTER" status --json "$MNT" |
      jq -r '"\(.health.status) \(.activity) \(.images)"')"
  check "as JSON" sh -c '"$1" status --json "$2" | jq -e \
    ".health.status == \"ok\" and .images.count > 0 and .state == \"serving\""' \
    _ "$PLATTER" "$MNT"
  check "of the store's folder as well" status "$STORE"
  check "all mounts as JSON" sh -c '"$1" status --json | jq -se \
    "any(.[]; .mountpoint == \"$2\")"' _ "$PLATTER" "$MNT"
}

test_silent_daemon() {
  kill -STOP "$DAEMON"
  check "a stopped daemon: status ends" equal \
    "$(timeout 60 "$PLATTER" status "$MNT" >"$WORK/said" 2>&1; echo $?)" 1
  check "a stopped daemon: status says so" says "process $DAEMON is stopped"
  check "... and the mend" says "kill -CONT $DAEMON"
  check "... for all mounts, too" equal \
    "$(timeout 60 "$PLATTER" status >"$WORK/said" 2>&1; echo $?)" 1
  check "... and as JSON" equal silent \
    "$(timeout 60 "$PLATTER" status --json "$STORE" | jq -r .state)"
  kill -CONT "$DAEMON"
  check "and goes on" status "$MNT"
  check "as well as before" says "health +ok"
}

test_text
test_requests
test_bytes
test_deduplication
test_upload_under_way
test_import
test_log
test_health
test_damage
test_space
test_status
test_silent_daemon

#!/bin/bash
# tests/mount/restart.sh BINARY
#
# What is left after a clean stop, a killed writer, and a killed daemon: active
# images whole, unfinished uploads never active and resumable.
# shellcheck source=tests/mount/lib.sh
. "$(dirname "$0")/lib.sh"

HALF=3000000

# start_upload IMAGE FORMAT FILE: a cp that has sent $HALF bytes and waits for
# more; its process id is $WRITER.
start_upload() {
  local pipe=$WORK/pipe-$1
  mkdir "$IMAGES/$1"
  mkfifo "$pipe"
  cp "$pipe" "$IMAGES/$1/disk.$2" 2>"$WORK/cp-$1.err" &
  WRITER=$!
  exec 7>"$pipe"
  head -c $HALF "$3" >&7
  wait_until 10 has_size "$IMAGES/$1/disk.$2" $HALF
}

has_size() { equal "$(stat -c %s "$1")" "$2"; }

# interrupt_upload IMAGE FORMAT FILE: as start_upload, then Ctrl-C's effect.
interrupt_upload() {
  start_upload "$@" || fail "$1: the first half arrives"
  kill -TERM $WRITER
  exec 7>&-
  wait $WRITER 2>/dev/null
}

# resumes IMAGE FORMAT FILE COMMAND...: after a killed upload, COMMAND sends the
# rest.
resumes() {
  local image=$1 format=$2 file=$3
  shift 3
  interrupt_upload "$image" "$format" "$file"
  check "$image: a killed cp leaves it interrupted" \
    has_status "$image" interrupted
  check "$image: with a reason" contains . "$(attribute "$image" status_reason)"
  check "$image: resumes" "$@"
  check "$image: is whole" is_whole "$image" "$file" "$format"
}

test_killed_writer() {
  local seek=$((HALF / 1000))
  python3 "$HERE/probe.py" serve "$DISKS" "$WORK/port" 2>"$WORK/web.log" &
  wait_until 10 test -s "$WORK/port"
  resumes wget-c qcow2 "$QCOW2" wget -q -c -O "$IMAGES/wget-c/disk.qcow2" \
    "http://127.0.0.1:$(cat "$WORK/port")/disk.qcow2"
  resumes curl-C qcow2 "$QCOW2" curl -sS -C - \
    -o "$IMAGES/curl-C/disk.qcow2" "file://$QCOW2"
  resumes inplace qcow2 "$QCOW2" rsync --inplace "$QCOW2" "$IMAGES/inplace/"
  resumes dd-seek raw "$RAW" dd if="$RAW" of="$IMAGES/dd-seek/disk.raw" \
    bs=1000 skip=$seek seek=$seek conv=notrunc status=none
  resumes again qcow2 "$QCOW2" cp "$QCOW2" "$IMAGES/again/disk.qcow2"
  interrupt_upload dropped qcow2 "$QCOW2"
  check "an interrupted upload is removed by rm -r" rm -r "$IMAGES/dropped"
}

# What must be the same after every kind of restart.
remember() {
  (cd "$IMAGES" && find . ../trash | sort | xargs stat -c '%n %i %s' &&
    for image in keep-*; do getfattr -d "$image"; done &&
    sha256sum keep-*/*) >"$1"
}

test_clean_restart() {
  upload keep-raw "$RAW"
  upload keep-zlib "$ZLIB"
  set_attribute keep-zlib os_distro debian
  set_attribute keep-zlib description "stays"
  mkdir "$IMAGES/keep-queued"
  upload gone "$SMALL"
  rm -r "$IMAGES/gone"
  remember "$WORK/before"
  check "unmount" stop_daemon
  check "unmounted" no mounted
  check "mount again" start_daemon
  remember "$WORK/after"
  check "clean restart: names, inode numbers, properties, bytes" \
    diff "$WORK/before" "$WORK/after"
  check "clean restart: is whole" is_whole keep-raw "$RAW" raw
  check "clean restart: the trash restores" \
    mv "$MNT/trash/gone" "$IMAGES/keep-gone"
  check "clean restart: restored is whole" is_whole keep-gone "$SMALL" raw
}

test_crash() {
  remember "$WORK/before"
  mkdir "$IMAGES/fresh"
  check "an upload just before the crash" cp "$QCOW2" "$IMAGES/fresh/"
  check "a property just before the crash" set_attribute fresh os_distro arch
  check "kill -9 and mount again" restart_after_crash
  check "crash: an upload that cp called done is whole" \
    is_whole fresh "$QCOW2" qcow2
  check "crash: a property that was set is there" \
    has_attribute fresh os_distro arch
  rm -r "$IMAGES/fresh" "$MNT/trash/fresh"
  remember "$WORK/after"
  check "crash: names, inode numbers, properties, bytes" \
    diff "$WORK/before" "$WORK/after"
}

test_crash_in_upload() {
  check "an upload under way" start_upload cut qcow2 "$QCOW2"
  kill_daemon
  exec 7>&-
  check "its writer is told" no wait $WRITER
  refused "a dead mount says so" "not connected" ls "$MNT"
  check "platter unmount ends a dead mount" platter unmount "$MNT"
  check "mount again" start_daemon
  check "crash in upload: never active" \
    has_status cut 'interrupted|queued|error'
  check "crash in upload: completes" rsync --inplace "$QCOW2" \
    "$IMAGES/cut/disk.qcow2"
  check "crash in upload: then is whole" is_whole cut "$QCOW2" qcow2
}

# The daemon dies at some point of an upload. Whatever cp was told is true: done
# means whole, and active means whole.
test_crash_anywhere() {
  local round delay copied
  for round in 1 2 3 4 5 6; do
    delay=0.0$((round * 13 % 10))$round
    mkdir "$IMAGES/round-$round"
    cp "$RAW" "$IMAGES/round-$round/disk.raw" 2>/dev/null &
    sleep $delay
    kill_daemon
    wait $!
    copied=$?
    umount -l "$MNT"
    check "round $round: mount again" start_daemon
    check "round $round: what cp was told is true" \
      told_the_truth "round-$round" $copied
  done
  check "crash anywhere: older images are whole" is_whole keep-zlib "$ZLIB" qcow2
}

told_the_truth() {
  if [ "$2" -eq 0 ] || has_status "$1" active; then
    is_whole "$1" "$RAW" raw
  else
    has_status "$1" 'queued|interrupted'
  fi
}

begin "$@"
test_killed_writer
test_clean_restart
test_crash
test_crash_in_upload
test_crash_anywhere

#!/bin/bash
# tests/mount/full.sh BINARY
#
# Uploads into a store whose disk is full: staging lies on a small file system
# of its own. Whoever sends is told, at the latest when it closes the file, even
# if it does not look at what its writes answer; what is there stays whole; with
# room again the upload is repeated or resumed.
# shellcheck source=tests/mount/lib.sh
. "$(dirname "$0")/lib.sh"

BALLAST=
SIZE=6291456

# fill MIB: leaves so much of the file system under staging free, until the
# ballast goes.
fill() {
  local free
  free=$(stat -f -c '%a * %S' "$STORE/staging")
  head -c $((free - $1 * 1048576)) /dev/zero >"$BALLAST"
}

begin_full() {
  begin "$@"
  BALLAST=$STORE/staging/ballast
  stop_daemon && mount -t tmpfs -o size=16m platter-full "$STORE/staging" &&
    start_daemon || exit 1
  cd "$IMAGES" || exit 1
  head -c $SIZE /dev/urandom >"$DISKS/noise.raw"
  NOISE=$DISKS/noise.raw
  upload neighbour "$SMALL"
}

# careless IMAGE: sends the noise, and writes on whatever is answered. After the
# first error there is room for the rest.
careless() {
  mkdir -p "$1" && fill 2 &&
    python3 "$HERE/probe.py" careless "$NOISE" "$1/disk.raw" "$BALLAST"
}

# What every refusal leaves.
left_interrupted() {
  check "$1: is interrupted" has_status "$1" interrupted
  check "$1: says why" contains "$2" "$(attribute "$1" status_reason)"
  check "$1: the others are whole" is_whole neighbour "$SMALL" raw
}

# rewrite IMAGE FROM COUNT: pieces of 64 KiB, by a dd of their own.
rewrite() {
  dd if="$NOISE" of="$1/disk.raw" bs=64k skip="$2" seek="$2" count="$3" \
    conv=notrunc status=none
}

# The first piece that was refused.
GAP=32

test_tools() {
  local image
  mkdir cp dd redirect rsync
  fill 2
  refused_saying "cp" "No space left" "No space left" cp "$NOISE" cp/disk.raw
  refused "dd" "No space left" dd if="$NOISE" of=dd/disk.raw bs=64k
  refused "cat" "No space left" \
    bash -c 'cat "$1" >redirect/disk.raw' _ "$NOISE"
  refused "rsync --inplace" "No space left" \
    rsync --inplace "$NOISE" rsync/disk.raw
  for image in cp dd redirect rsync; do
    left_interrupted $image "make room on the store's disk"
  done
  rm "$BALLAST"
  check "cp, with room: uploads" cp "$NOISE" cp/disk.raw
  check "dd, with room: resumes" rewrite dd 0 96
  check "rsync --inplace, with room: resumes" \
    rsync --inplace "$NOISE" rsync/disk.raw
  for image in cp dd rsync; do
    check "$image, with room: is whole" is_whole $image "$NOISE" raw
  done
}

test_careless() {
  refused_saying "a careless program" "No space left" "make room" careless gap
  left_interrupted gap "send the file again, or resume it"
  check "the file has its length, and a gap" \
    equal "$(stat -c %s gap/disk.raw)" $SIZE
  refused_saying "resumed elsewhere" "Structure needs cleaning" \
    "bytes $((GAP * 65536)) to $(((GAP + 1) * 65536))" rewrite gap 0 2
  left_interrupted gap "bytes $((GAP * 65536))"
  check "resumed where it is missing" rewrite gap $GAP 1
  check "resumed: is whole" is_whole gap "$NOISE" raw

  refused "a careless program, again" "No space left" careless again
  check "sent again" cp "$NOISE" again/disk.raw
  check "sent again: is whole" is_whole again "$NOISE" raw

  refused "a careless program, then rsync" "No space left" careless synced
  check "rsync --inplace" rsync --inplace -I "$NOISE" synced/disk.raw
  check "rsync --inplace: is whole" is_whole synced "$NOISE" raw
}

test_restart() {
  refused "before a restart" "No space left" careless kept
  cd / && stop_daemon && start_daemon && cd "$IMAGES" || exit 1
  left_interrupted kept "send the file again, or resume it"
  refused "after a restart" "Structure needs cleaning" rewrite kept 0 1
  check "after a restart: what is missing" rewrite kept $GAP 1
  check "after a restart: is whole" is_whole kept "$NOISE" raw
}

test_scratch_name() {
  mkdir scratch && fill 2
  refused "a scratch file" "No space left" python3 "$HERE/probe.py" \
    careless "$NOISE" scratch/.disk.raw.part "$BALLAST"
  refused_saying "renamed all the same" "Structure needs cleaning" \
    "bytes $((GAP * 65536))" mv scratch/.disk.raw.part scratch/disk.raw
  check "renamed: is queued" has_status scratch queued
  check "a scratch file, resumed" dd if="$NOISE" of=scratch/.disk.raw.part \
    bs=64k skip=$GAP seek=$GAP count=1 conv=notrunc status=none
  check "renamed" mv scratch/.disk.raw.part scratch/disk.raw
  check "renamed: is whole" is_whole scratch "$NOISE" raw
}

begin_full "$@"
test_tools
test_careless
test_restart
test_scratch_name

#!/bin/bash
# tests/mount/sets.sh BINARY
#
# Disks in several VMDK files, sent into one folder in any order: as qemu-img
# makes them, and what is wrong with such a set.
# shellcheck source=tests/mount/lib.sh
. "$(dirname "$0")/lib.sh"

# make_set NAME SUBFORMAT: a folder of files of a disk of 5 GiB with some data,
# and the disk itself as NAME.raw beside it.
make_set() {
  mkdir "$DISKS/$1"
  qemu-img create -q -f vmdk -o subformat="$2" "$DISKS/$1/$1.vmdk" 5G &&
    qemu-io -f vmdk -t unsafe -c 'write -P 1 0 64k' -c 'write -P 2 2047M 2M' \
      -c 'write -P 3 4G 100k' -c 'write -P 4 5242879k 1k' \
      "$DISKS/$1/$1.vmdk" >/dev/null &&
    qemu-img convert -f vmdk -O raw "$DISKS/$1/$1.vmdk" "$DISKS/$1.raw"
}

# is_set IMAGE NAME: the image is active and is the disk of the set NAME, whose
# files it gives back byte for byte, and which opens again where they are.
is_set() {
  local image=$1 name=$2 file sum
  has_status "$image" active || return
  for file in "$DISKS/$name"/*; do
    same_bytes "$file" "$image/${file##*/}" || return
  done
  sum=$(sha256sum <"$DISKS/$name/$name.vmdk")
  equal "$(attribute "$image" os_hash_value)" "${sum%% *}" || return
  same_disk raw "$DISKS/$name.raw" raw "$image/disk.raw" || return
  same_disk raw "$DISKS/$name.raw" vmdk "$image/disk.vmdk" || return
  same_disk raw "$DISKS/$name.raw" vmdk "$image/$name.vmdk" || return
  qemu-img check -q "$image/disk.vmdk"
}

# same_bytes FILE FILE: as cmp, but quick with gigabytes of holes.
same_bytes() {
  if [ "$(stat -c %s "$1")" -lt 1000000 ]; then
    cmp "$1" "$2"
  else
    qemu-img compare -s -q -f raw -F raw "$1" "$2"
  fi
}

sum_of_sizes() { stat -c %s "$@" | paste -sd+ | bc; }

stored() { attribute "$1" stored_size; }

# Parts before and after the descriptor, as the shell sorts them.
test_sets() {
  local name
  for name in flat sparse pieces; do
    mkdir $name
    check "$name: cp of all files" cp "$DISKS/$name"/* $name/
    check "$name: is the set" is_set $name $name
    check "$name: lists all files" equal "$(names $name)" \
      "$( (names "$DISKS/$name" && echo "$EVERY_FILE") | xargs -n1 | sort | xargs)"
    check "$name: user.size is that of all files" equal \
      "$(attribute $name size)" "$(sum_of_sizes "$DISKS/$name"/*)"
    check "$name: user.virtual_size" \
      equal "$(attribute $name virtual_size)" $((5 << 30))
    check "$name: the descriptor has the lowest inode" equal \
      "$(stat -c '%i %n' $name/* | sort -n | head -1 | cut -d' ' -f2)" \
      $name/$name.vmdk
  done
  check "flat parts cost next to nothing" \
    at_most "$(stored flat)" $((2 * 2300000))
}

# Each file is taken, and the last one makes the image.
test_order() {
  mkdir order
  check "descriptor first" cp "$DISKS/pieces/pieces.vmdk" order/
  check "descriptor first: waits" has_status order saving
  check "descriptor first: says for what" contains \
    'waits for pieces-f001.vmdk, pieces-f002.vmdk and pieces-f003.vmdk, which pieces.vmdk names' \
    "$(attribute order status_reason)"
  check "the last part" cp "$DISKS/pieces/pieces-f003.vmdk" order/
  check "the first part" cp "$DISKS/pieces/pieces-f001.vmdk" order/
  check "says what is missing still" contains \
    'waits for pieces-f002.vmdk, which' "$(attribute order status_reason)"
  check "what waits is listed" equal "$(names order)" \
    "pieces-f001.vmdk pieces-f003.vmdk pieces.vmdk"
  check "what waits can be read" \
    same_bytes "$DISKS/pieces/pieces-f003.vmdk" order/pieces-f003.vmdk
  check "the part between" cp "$DISKS/pieces/pieces-f002.vmdk" order/
  check "any order: is the set" is_set order pieces
}

# What has been closed survives the daemon.
test_crash() {
  mkdir crash
  check "before a crash" cp "$DISKS"/pieces/pieces{,-f001}.vmdk crash/
  cd /
  check "crash" restart_after_crash
  cd "$IMAGES" || exit 1
  check "crash: still waits" has_status crash saving
  check "crash: says for what" contains \
    'waits for pieces-f002.vmdk and pieces-f003.vmdk' \
    "$(attribute crash status_reason)"
  check "crash: what waited is there" equal "$(names crash)" \
    "pieces-f001.vmdk pieces.vmdk"
  check "crash: the rest" cp "$DISKS"/pieces/pieces-f00[23].vmdk crash/
  check "crash: is the set" is_set crash pieces
  check "crash: whole sets stay" is_set flat flat
}

test_tools() {
  local kind
  check "cp -r within the mount" cp -r flat copy
  seal copy
  check "cp -r: is the set" is_set copy flat
  mkdir synced
  check "rsync" rsync "$DISKS"/sparse/* synced/
  check "rsync: is the set" is_set synced sparse
  for kind in monolithicFlat twoGbMaxExtentSparse twoGbMaxExtentFlat; do
    mkdir $kind
    check "qemu-img convert onto the mount, $kind" qemu-img convert -q -f raw \
      -O vmdk -o subformat=$kind "$RAW" $kind/w.vmdk
    check "qemu-img convert, $kind: is active" has_status $kind active
    check "qemu-img convert, $kind: is the disk" \
      same_disk raw "$RAW" raw $kind/disk.raw
  done
  check "tar packs a set" tar -cf "$WORK/set.tar" monolithicFlat
  check "tar unpacks it" tar -xf "$WORK/set.tar" \
    --transform s/monolithicFlat/tarred/
  check "tar: is the same set" cmp monolithicFlat/w-flat.vmdk tarred/w-flat.vmdk
  check "tar: is active" has_status tarred active
  check "a lone descriptor in images/" cp "$DISKS/flat/flat.vmdk" lone.vmdk
  check "a lone descriptor waits" has_status lone saving
  check "and takes the rest" cp "$DISKS/flat/flat-flat.vmdk" lone/
  check "a lone descriptor: is active" has_status lone active
  check "out and in again" cp pieces/pieces*.vmdk "$WORK/"
  check "out: opens" same_disk raw "$DISKS/pieces.raw" vmdk "$WORK/pieces.vmdk"
}

test_life() {
  check "rename" mv order kept
  check "rename: is the set" is_set kept pieces
  check "rm of a part hides it" rm kept/pieces-f002.vmdk
  check "rm of a part: is gone" missing kept/pieces-f002.vmdk
  check "touch brings it back" touch kept/pieces-f002.vmdk
  check "touch: is the set" is_set kept pieces
  refused "a part never changes" "Read-only file system" \
    dd if=/dev/zero of=kept/pieces-f001.vmdk bs=512 count=1 conv=notrunc
  check "rm -r" rm -r kept
  check "rm -r: restore" mv ../trash/kept kept
  check "rm -r: is the set" is_set kept pieces
  check "deactivate" set_attribute kept status deactivated
  check "activate" set_attribute kept status active
  check "activate: is the set" is_set kept pieces
}

test_listed() {
  cd /
  stop_daemon
  check "formats=original" start_daemon -o formats=original
  cd "$IMAGES" || exit 1
  check "formats=original lists the files of a set" equal "$(names flat)" \
    "flat-flat.vmdk flat.vmdk image.json"
}

# described IMAGE EXTENT...: a descriptor with these extents.
described() {
  {
    printf '# Disk DescriptorFile\nversion=1\nCID=12345678\n'
    printf 'parentCID=%s\ncreateType="%s"\n' "${PARENT:-ffffffff}" monolithicFlat
    printf '%s\n' "$@"
  } >"$DISKS/bad.vmdk"
}

test_refused() {
  local extent
  for extent in 'FLAT "/etc/passwd" 0' 'FLAT "../flat-flat.vmdk" 0' \
    'FLAT "/dev/sda" 0'; do
    mkdir path
    described "RW 8 $extent"
    refused_saying "RW 8 $extent" "Invalid argument" \
      "RW 8 ${extent//./\\.}.*path" cp "$DISKS/bad.vmdk" path/
    check "RW 8 $extent: is refused" has_status path error
    rm -r path
  done
  mkdir bad
  PARENT=12345678 described 'RW 8 FLAT "p-flat.vmdk" 0'
  refused_saying "a parent" "Invalid argument" "parentCID is 12345678" \
    cp "$DISKS/bad.vmdk" bad/
  described 'RW 8 FLAT "p-flat.vmdk" 0' 'RW 8 FLAT "p-flat.vmdk" 8'
  refused_saying "a part twice" "Invalid argument" "p-flat.vmdk twice" \
    cp "$DISKS/bad.vmdk" bad/
  described 'RW 8 ZERO'
  refused_saying "no part" "Invalid argument" "names no part" \
    cp "$DISKS/bad.vmdk" bad/
  described 'RW 8 FLAT "p-flat.vmdk" 0'
  check "a good descriptor then" cp "$DISKS/bad.vmdk" bad/
  truncate -s 4095 "$DISKS/short"
  refused_saying "a part that is short" "Structure needs cleaning" \
    "p-flat.vmdk has 4095 bytes" cp "$DISKS/short" bad/p-flat.vmdk
  truncate -s 4096 "$DISKS/short"
  check "the whole part then" cp "$DISKS/short" bad/p-flat.vmdk
  check "the whole part then: is active" has_status bad active
}

begin "$@"
make_set flat monolithicFlat
make_set sparse twoGbMaxExtentSparse
make_set pieces twoGbMaxExtentFlat
cd "$IMAGES" || exit 1
test_sets
test_order
test_crash
test_tools
test_life
test_listed
test_refused

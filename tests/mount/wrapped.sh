#!/bin/bash
# tests/mount/wrapped.sh BINARY
#
# Disks that come compressed, or in the OVA of a machine: each is an active
# image whose first file is what was sent, with the disk in every format beside
# it; what is damaged, too much, or something else is refused with a sentence.
# shellcheck source=tests/mount/lib.sh
. "$(dirname "$0")/lib.sh"

# pack FILE ENDING: FILE.ENDING, as its tool makes it.
pack() {
  case $2 in
    gz) gzip -1 -c "$1" ;;
    xz) xz -0 -c "$1" ;;
    zst) zstd -1 -q -c "$1" ;;
    bz2) bzip2 -1 -c "$1" ;;
  esac >"$1.$2"
}

# wrapped IMAGE FILE NAME: the image is active, gives back FILE as NAME before
# all its other files, knows its hash, and shows the disk $RAW.
wrapped() {
  local image=$IMAGES/$1 file=$2 name=$3 sum
  has_status "$1" active || return
  cmp "$file" "$image/$name" || return
  sum=$(sha256sum <"$file")
  equal "$(attribute "$1" os_hash_value)" "${sum%% *}" || return
  equal "$(attribute "$1" size)" "$(stat -c %s "$file")" || return
  equal "$(first_of "$image")" "$name" || return
  cmp "$RAW" "$image/disk.raw" || return
  same_disk raw "$RAW" qcow2 "$image/disk.qcow2" &&
    qemu-img check -q -f qcow2 "$image/disk.qcow2"
}

# The file of the lowest inode number, which tools copy first.
first_of() { find "$1" -type f -printf '%i %f\n' | sort -n | sed 's/^[0-9]* //;q'; }

test_compressed() {
  local disk format ending image
  for disk in "$RAW" "$QCOW2"; do
    format=${disk##*.}
    for ending in gz xz zst bz2; do
      image=$format-$ending
      pack "$disk" $ending
      mkdir "$image"
      check "$image: uploads" cp "$disk.$ending" "$image/"
      check "$image: is whole" \
        wrapped "$image" "$disk.$ending" "disk.$format.$ending"
      check "$image: says so" has_attribute "$image" container_format compressed
      check "$image: the format within" \
        has_attribute "$image" disk_format "$format"
    done
  done
  check "lists what was sent and every format" equal "$(names qcow2-xz)" \
    "disk.qcow2 disk.qcow2.xz ${EVERY_FILE#disk.qcow2 }"
  check "the guest's size" has_attribute raw-gz virtual_size "$(stat -c %s "$RAW")"
  check "allocates what it holds" at_least "$(du -B1 raw-gz/disk.raw.gz | cut -f1)" \
    "$(stat -c %s "$RAW.gz")"
}

test_into_images() {
  cp "$QCOW2.xz" "$DISKS/noble.qcow2.xz"
  check "cp into images/" cp "$DISKS/noble.qcow2.xz" .
  check "cp into images/: makes an image of the disk's name" \
    wrapped noble "$QCOW2.xz" disk.qcow2.xz
  check "cp into images/: the name keeps resolving" cmp "$QCOW2.xz" noble.qcow2.xz
  check "cp into images/: that name is not listed" \
    no contains noble.qcow2.xz "$(names .)"
  check "a name may say nothing of the disk" cp "$QCOW2.zst" bare.zst
  check "a name may say nothing of the disk: content does" \
    wrapped bare "$QCOW2.zst" disk.qcow2.zst
  check "a name may say nothing of the wrapper" cp "$RAW.gz" plain.img
  check "a name may say nothing of the wrapper: content does" \
    wrapped plain "$RAW.gz" disk.raw.gz
}

test_other_tools() {
  mkdir piped rsynced named
  check "dd" dd if="$RAW.xz" of=piped/disk.raw.xz bs=100k status=none
  check "dd: is whole" wrapped piped "$RAW.xz" disk.raw.xz
  check "rsync" rsync -a "$RAW.xz" rsynced/
  check "rsync: is whole" wrapped rsynced "$RAW.xz" disk.raw.xz
  check "rsync again" rsync -a "$RAW.xz" rsynced/
  check "rsync again: is whole" wrapped rsynced "$RAW.xz" disk.raw.xz
  check "mv from a scratch name" cp "$RAW.xz" named/.disk.part
  check "mv to its name" mv named/.disk.part named/disk.raw.xz
  check "mv: is whole" wrapped named "$RAW.xz" disk.raw.xz
}

test_cut_off() {
  local half
  half=$(($(stat -c %s "$QCOW2.bz2") / 2))
  mkdir half
  refused_saying "half a file" "Structure needs cleaning" "cut off at byte $half" \
    dd if="$QCOW2.bz2" of=half/disk.qcow2.bz2 bs=$half count=1 status=none
  check "half a file: is interrupted" has_status half interrupted
  check "half a file: the rest completes it" dd if="$QCOW2.bz2" \
    of=half/disk.qcow2.bz2 bs=$half skip=1 seek=1 conv=notrunc status=none
  check "half a file: then is whole" wrapped half "$QCOW2.bz2" disk.qcow2.bz2
}

# An original is kept when the view beside it is used, copied and removed.
test_life() {
  check "cp -r" cp -r qcow2-gz copied
  check "cp -r: is whole" wrapped copied "$QCOW2.gz" disk.qcow2.gz
  check "cp of the original out" cp copied/disk.qcow2.gz "$WORK/out.gz"
  check "cp of the original out: gunzip reads it" gzip -t "$WORK/out.gz"
  check "rm of a view" rm copied/disk.qcow2
  check "rm of a view: the original stays" cmp "$QCOW2.gz" copied/disk.qcow2.gz
  check "rm of the original" rm copied/disk.qcow2.gz
  check "rm of the original: is gone" missing copied/disk.qcow2.gz
  check "another file then begins anew" cp "$RAW" copied/new.raw
  check "another file: is whole" cmp "$RAW" copied/disk.raw
  check "to the trash and back" eval "mv raw-bz2 ../trash/ && mv ../trash/raw-bz2 ."
  check "to the trash and back: is whole" \
    wrapped raw-bz2 "$RAW.bz2" disk.raw.bz2
  rm -r "$WORK/out.gz"
}

# ova NAME FILE...: an archive of these files of $DISKS/machine.
ova() {
  local name=$1
  shift
  tar -C "$DISKS/machine" --format=ustar -cf "$DISKS/$name.ova" "$@"
}

# ovf DISK...: a descriptor of a machine with these disks.
ovf() {
  local disk files='' disks=''
  for disk in "$@"; do
    files+="<File ovf:id='$disk' ovf:href='$disk'/>"
    disks+="<Disk ovf:diskId='d$disk' ovf:capacity='1' ovf:fileRef='$disk'/>"
  done
  cat <<END
<?xml version='1.0' encoding='UTF-8'?>
<Envelope xmlns='http://schemas.dmtf.org/ovf/envelope/1'
  xmlns:ovf='http://schemas.dmtf.org/ovf/envelope/1'>
  <References>$files</References>
  <DiskSection><Info>Disks</Info>$disks</DiskSection>
</Envelope>
END
}

test_ova() {
  local machine=$DISKS/machine
  mkdir "$machine"
  qemu-img convert -f raw -O vmdk -o subformat=streamOptimized "$RAW" \
    "$machine/disk1.vmdk"
  ovf disk1.vmdk >"$machine/vm.ovf"
  (cd "$machine" && sha256sum vm.ovf disk1.vmdk |
    sed -E 's/^(\w+) +(.*)/SHA256(\2)= \1/' >vm.mf)
  ova machine vm.ovf vm.mf disk1.vmdk
  check "an OVA" cp "$DISKS/machine.ova" .
  check "an OVA: is whole" wrapped machine "$DISKS/machine.ova" disk.ova
  check "an OVA: says so" has_attribute machine container_format ova
  check "an OVA: its disk's format" has_attribute machine disk_format vmdk
  ovf disk1.vmdk more.vmdk >"$machine/vm.ovf"
  cp "$machine/disk1.vmdk" "$machine/more.vmdk"
  ova wrong vm.ovf vm.mf disk1.vmdk more.vmdk
  not_taken two-disks "Invalid argument" 'disk1.vmdk.*more.vmdk' "$DISKS/wrong.ova"
  (ovf disk1.vmdk && echo) >"$machine/vm.ovf"
  ova wrong vm.ovf vm.mf disk1.vmdk
  not_taken manifest "Bad message" "manifest.*vm.ovf" "$DISKS/wrong.ova"
  ova wrong vm.ovf
  not_taken no-disk "Structure needs cleaning" "not in the archive" \
    "$DISKS/wrong.ova"
  ln -s /etc/passwd "$machine/link"
  ova wrong vm.ovf disk1.vmdk link
  not_taken link "Invalid argument" "link" "$DISKS/wrong.ova"
  ova wrong disk1.vmdk
  not_taken no-ovf "not supported" "without an .ovf" "$DISKS/wrong.ova"
}

# not_taken IMAGE ERROR PHRASE FILE [NAME]: the upload fails with this error and
# sentence, and what was sent is not active.
not_taken() {
  local image=$1 error=$2 phrase=$3 file=$4
  mkdir "$image"
  refused_saying "$image" "$error" "$phrase" cp "$file" "$image/${5:-}"
  check "$image: the reason stands beside it" \
    contains . "$(attribute "$image" status_reason)"
  check "$image: is not active" has_status "$image" 'error|interrupted'
  check "$image: nothing is left but what was sent" \
    at_most "$(find "$STORE/staging" -type f | wc -l)" 1
  rm -r "$image" "../trash/$image"
}

# What nobody here can read is kept as it was sent, and nothing else is shown.
test_encrypted() {
  local file=$DISKS/locked.qcow2
  qemu-img create -q -f qcow2 --object secret,id=key,data=abc \
    -o encrypt.format=luks,encrypt.key-secret=key,encrypt.iter-time=10 "$file" 1M
  pack "$file" xz
  mkdir locked
  check "encrypted in xz: uploads" cp "$file.xz" locked/
  check "encrypted in xz: is kept" cmp "$file.xz" locked/disk.qcow2.xz
  check "encrypted in xz: has no other format" \
    equal "$(names locked)" "disk.qcow2.xz image.json"
}

test_refused() {
  local part=$DISKS/part
  not_taken says-xz "Invalid argument" "holds a gz file; name it .xz|.gz" \
    "$RAW.gz" disk.raw.xz
  not_taken says-gz "Invalid argument" "holds a plain disk; name it without .gz" \
    "$RAW" disk.raw.gz
  not_taken says-qcow2 "Invalid argument" "name it disk.qcow2.gz" "$QCOW2.gz" \
    disk.qcow2
  not_taken says-inner "Invalid argument" "holds a raw disk" "$RAW.gz" \
    disk.qcow2.gz
  gzip -c "$RAW.xz" >"$DISKS/nested.gz"
  not_taken nested "not supported" "holds a xz file" "$DISKS/nested.gz"
  cp "$RAW.gz" "$DISKS/damaged.gz"
  printf X | dd of="$DISKS/damaged.gz" bs=1 conv=notrunc status=none \
    seek=$(($(stat -c %s "$RAW.gz") - 6))
  not_taken damaged "Structure needs cleaning" "damaged" "$DISKS/damaged.gz"
  (cat "$RAW.gz" && echo more) >"$DISKS/more.gz"
  not_taken more "Structure needs cleaning" "after the file's end" "$DISKS/more.gz"
  head -c 16M /dev/zero | tr '\0' x | gzip -9 -c >"$part"
  for _ in {1..24}; do cat "$part"; done >"$DISKS/bomb.gz"
  not_taken bomb "File too large" "max_unpack_ratio" "$DISKS/bomb.gz"
  mkdir other
  refused "a zip" "Invalid argument" cp "$RAW" other/disk.zip
}

test_as_it_is() {
  mkdir as-it-is
  set_attribute as-it-is disk_format raw
  check "declared raw: any bytes are a disk" cp "$RAW.gz" as-it-is/x.img
  check "declared raw: as they are" cmp "$RAW.gz" as-it-is/disk.raw -n \
    "$(stat -c %s "$RAW.gz")"
  mkdir within
  set_attribute within disk_format raw
  set_attribute within container_format compressed
  check "declared raw, compressed" cp "$RAW.gz" within/x.img
  check "declared raw, compressed: is whole" wrapped within "$RAW.gz" disk.raw.gz
}

test_restart() {
  check "restart after a crash" restart_after_crash
  cd "$IMAGES" || exit 1
  check "after a crash: is whole" wrapped qcow2-zst "$QCOW2.zst" disk.qcow2.zst
  check "after a crash: nothing is left" \
    equal "$(find "$STORE/staging" -type f | wc -l)" 0
}

begin "$@"
cd "$IMAGES" || exit 1
test_compressed
test_into_images
test_other_tools
test_cut_off
test_life
test_ova
test_encrypted
test_refused
test_as_it_is
test_restart

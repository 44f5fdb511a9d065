#!/bin/bash
# tests/mount/manage.sh BINARY
#
# Looking after images with ls, mv, rm, stat, df and friends: what they show,
# what they do, and what they are refused.
# shellcheck source=tests/mount/lib.sh
. "$(dirname "$0")/lib.sh"

TRASH=../trash

test_shape() {
  check "ls of the mount" equal "$(names "$MNT")" \
    "README catalog images info trash"
  check "README says how to begin" grep -q images/ "$MNT/README"
  upload shape "$QCOW2"
  check "ls -l" contains 'disk.raw' "$(ls -l shape)"
  check "find" equal "$(find . -name 'disk.*' | sort | tr '\n' ' ')" \
    "$(printf './shape/%s ' ${EVERY_FILE% *})"
  check "pwd stays" equal "$(cd shape && ls >/dev/null && pwd -P)" \
    "$IMAGES/shape"
  check "inode numbers differ" equal "$(stat -c %i shape shape/* | sort -u |
    wc -l)" $((1 + $(wc -w <<<"$EVERY_FILE")))
  check "df shows a size" at_least "$(df --output=size -k . | tail -1)" 1
  check "df -i works" df -i .
  check "du counts the original" at_least "$(du -sk shape | cut -f1)" \
    $(($(stat -c %b "$QCOW2") / 2 - 1024))
  check "du --apparent-size" at_least \
    "$(du -sk --apparent-size shape | cut -f1)" $((24 * 1024))
}

test_rename() {
  local id
  upload before "$SMALL"
  upload other "$SMALL"
  id=$(attribute before id)
  check "mv renames" mv before after
  check "mv: the old name is gone" missing before
  check "mv: the same image" has_attribute after id "$id"
  check "mv: is whole" is_whole after "$SMALL" raw
  refused "mv onto an image" "File exists|not empty" mv -T other after
  check "mv -n onto an image changes nothing" mv -nT other after
  check "mv -n: both are there" exists other/disk.raw
  check "mv -n: and the other too" has_attribute after id "$id"
  # mv has words of its own for EINVAL
  refused_saying "mv to a name that is not allowed" "subdirectory of itself" \
    "name" mv after .hidden
  mkdir place
  check "mv onto an empty queued image" mv -T other place
  check "mv onto an empty queued image: is whole" is_whole place "$SMALL" raw
}

test_links() {
  upload linked "$SMALL"
  check "ln -s makes a version pointer" ln -s linked latest
  check "a version pointer is followed" cmp "$SMALL" latest/disk.raw
  upload newer "$SMALL"
  check "ln -sfn points it elsewhere" ln -sfn newer latest
  check "it leads there" equal "$(readlink latest)" newer
  refused_saying "ln -s to what is not there" "Invalid argument" "nothing" \
    ln -s nothing other
  refused "ln -s onto an image" "File exists" ln -sT linked newer
  check "rm of a version pointer" rm latest
  check "the image stays" exists newer/disk.raw
  refused_saying "ln" "not permitted" "links" ln linked/disk.raw other.raw
}

test_trash() {
  local id
  upload old "$SMALL"
  set_attribute old os_distro debian
  id=$(attribute old id)
  check "rm -r" rm -r old
  check "rm -r: is gone" missing old
  check "rm -r: lies in the trash" exists $TRASH/old/disk.raw
  check "rm -r: when" contains '^20..-' "$(attribute $TRASH/old deleted_at)"
  check "rm -r: by whom" contains . "$(attribute $TRASH/old deleted_by)"
  check "rm -r: until when" contains '^20..-' \
    "$(attribute $TRASH/old expires_at)"
  check "mv out of the trash" mv $TRASH/old old
  check "restored: with its id" has_attribute old id "$id"
  check "restored: with its properties" has_attribute old os_distro debian
  check "restored: no longer deleted" no attribute old deleted_at
  check "restored: is whole" is_whole old "$SMALL" raw
  check "rmdir" rmdir old
  check "rmdir: lies in the trash" exists $TRASH/old
  check "mv out of the trash under a new name" mv $TRASH/old new
  check "mv into the trash" mv new $TRASH/
  check "mv into the trash: is gone" missing new
  check "rm -r in the trash" rm -r $TRASH/new
  check "rm -r in the trash: for good" missing $TRASH/new
}

test_trash_twice() {
  upload same "$SMALL"
  rm -r same
  upload same "$SMALL"
  check "rm -r of a name that the trash has" rm -r same
  check "the trash keeps both" equal "$(find $TRASH -maxdepth 1 -name 'same*' | wc -l)" 2
  check "rmdir in the trash purges" rmdir $TRASH/same*
  check "purged" no contains same "$(names $TRASH)"
}

test_rm_of_files() {
  local id
  check "cp into images/" cp "$QCOW2" one.qcow2
  check "rm of that name" rm one.qcow2
  check "rm of that name: the image is gone" missing one
  check "rm of that name: lies in the trash" exists $TRASH/one
  upload views "$QCOW2"
  check "rm of a view hides it" rm views/disk.raw
  check "rm of a view: is not listed" no contains disk.raw "$(names views)"
  check "touch brings it back" touch views/disk.raw
  check "touch: is whole" is_whole views "$QCOW2" qcow2
  id=$(attribute views id)
  check "cp -f over a sealed original" cp -f "$ZLIB" views/disk.qcow2
  check "cp -f: is whole" is_whole views "$ZLIB" qcow2
  check "cp -f: is another image" no has_attribute views id "$id"
  check "cp -f: the old one lies in the trash" exists $TRASH/views
}

test_protected() {
  upload safe "$QCOW2"
  check "protect" set_attribute safe protected yes
  check "booleans are kept in one form" has_attribute safe protected true
  refused_saying "rm -r of a protected image" "not permitted" "protected" \
    rm -r safe
  refused "rmdir of a protected image" "not permitted" rmdir safe
  refused "mv of a protected image to the trash" "not permitted" \
    mv safe $TRASH/
  check "protected: nothing was hidden" equal "$(names safe)" \
    "$EVERY_FILE"
  check "protected: is whole" is_whole safe "$QCOW2" qcow2
  check "unprotect" setfattr -x user.protected safe
  check "unprotected: rm -r" rm -r safe
}

# A writer that is still sending when its image is removed.
test_abort() {
  mkdir abort
  mkfifo "$WORK/slow"
  cat "$WORK/slow" >abort/disk.raw 2>/dev/null &
  exec 8>"$WORK/slow"
  head -c 500000 "$SMALL" >&8
  check "an upload under way is saving" \
    wait_until 5 has_status abort saving
  check "properties can be set meanwhile" set_attribute abort os_distro debian
  check "rm -r aborts the upload" rm -r abort
  exec 8>&-
  wait $!
  check "rm -r: nothing appears afterwards" missing abort
}

test_names() {
  mkdir taken
  refused "mkdir of a taken name" "File exists" mkdir taken
  refused_saying "leading dot" "Invalid argument" "dot" mkdir .hidden
  refused_saying "disk extension" "Invalid argument" "qcow2" mkdir a.qcow2
  refused_saying "name too long" "Invalid argument" "200" \
    mkdir "$(printf 'x%.0s' {1..201})"
  refused_saying "a file that is no disk" "Invalid argument" "notes.txt" \
    cp /etc/passwd taken/notes.txt
  refused "a folder in an image" "not permitted" mkdir taken/folder
  refused "a folder beside images/" "not permitted" mkdir "$MNT/folder"
  refused "a file in info/" "Read-only" touch "$MNT/info/new"
  refused "a folder in info/" "Read-only" mkdir "$MNT/info/new"
  check "a scratch file" cp /etc/passwd taken/.passwd.swp
  check "a scratch file: reads" cmp /etc/passwd taken/.passwd.swp
  check "a scratch file: is removed" rm taken/.passwd.swp
  check "names of UTF-8" mkdir "bücher-и-書"
  check "an empty image is removed" rmdir taken
}

test_sealed() {
  upload sealed "$QCOW2"
  check "sealed: open to write answers EROFS" \
    python3 "$HERE/probe.py" sealed "$IMAGES/sealed/disk.qcow2"
  check "sealed: so do views" \
    python3 "$HERE/probe.py" sealed "$IMAGES/sealed/disk.raw"
  refused_saying "sealed: dd" "Read-only" "sealed" \
    dd if="$SMALL" of=sealed/disk.qcow2 conv=notrunc status=none
  refused "sealed: truncate" "Read-only" truncate -s 0 sealed/disk.qcow2
  check "sealed: chmod" chmod 600 sealed/disk.qcow2 sealed
  check "sealed: chown" chown root:root sealed/disk.qcow2 sealed
  check "sealed: touch" touch -d 2020-02-02 sealed/disk.qcow2
  check "sealed: touch sets the time" \
    equal "$(stat -c %y sealed/disk.qcow2 | cut -c1-10)" 2020-02-02
  check "sealed: is whole" is_whole sealed "$QCOW2" qcow2
}

# Without any reader an upload seals by itself.
test_settle() {
  mkdir settle
  cp "$SMALL" settle/disk.raw
  check "unsealed: may be written again" cp "$SMALL" settle/disk.raw
  check "settles by itself" \
    wait_until 12 python3 "$HERE/probe.py" sealed "$IMAGES/settle/disk.raw"
  check "settled: is whole" is_whole settle "$SMALL" raw
}

test_why() {
  mkdir why
  refused "a reason to ask for" "Invalid argument" cp "$QCOW2" why/disk.raw
  check "platter why" contains qcow2 "$(platter why "$IMAGES/why")"
  check "platter why, of a file" contains qcow2 \
    "$(platter why "$IMAGES/why/disk.raw")"
  check "platter why, without a path" contains qcow2 "$(cd why && platter why)"
  check "info/errors: who, what, where, which" contains \
    '^[0-9T:Z-]+ root (cp|dd|cat) images/why.* EINVAL: ' \
    "$(tail -n 1 "$MNT/info/errors")"
}

begin "$@"
cd "$IMAGES" || exit 1
test_shape
test_rename
test_links
test_trash
test_trash_twice
test_rm_of_files
test_protected
test_abort
test_names
test_sealed
test_settle
test_why

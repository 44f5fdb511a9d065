#!/bin/bash
# tests/mount/members.sh BINARY
#
# A host mount: each group of the host has its project, and nobody sees or
# touches what is another's.
. "$(dirname "$0")/lib.sh"
begin_host "$@"

# ---- How projects come into being ------------------------------------------

check "a host mount shows projects and mine" \
  equal "$(names "$MNT")" "README catalog images info mine projects trash"
may_not "$CARL" ls "$MNT/projects/$WEB"
check "looking for another group's project does not make it" \
  missing "$MNT/projects/$WEB"
check "a member's look makes the project" as "$ANNA" ls "$MNT/projects/$WEB"
check "it shows the whole tree" equal \
  "$(names "$(project "$WEB")")" "README catalog images info trash"
check "mine is the caller's project" \
  equal "$(as "$ANNA" readlink "$MNT/mine")" "projects/$WEB"
check "mine makes it, too" as "$CARL" ls "$MNT/mine/images"
check "mine is each caller's own" \
  equal "$(as "$CARL" readlink "$MNT/mine")" "projects/$SHOP"
check "a supplementary group is a project, too" \
  as "$CARL" ls "$MNT/projects/$CLUB/images"
check "who is in no project is led to all of them" \
  equal "$(as "$EVE" readlink "$MNT/mine")" projects
may_not "$EVE" ls "$MNT/projects/nogroup"
check "a system's group is no project" missing "$MNT/projects/daemon"
may_not "$ANNA" mkdir "$MNT/projects/pt-extra"
groupadd "pt$$x" 2>/dev/null
check "an administrator makes one" mkdir "$MNT/projects/pt$$x"
check "and removes it while it is empty" rmdir "$MNT/projects/pt$$x"
groupdel "pt$$x"

# ---- Modes -----------------------------------------------------------------

mode() { stat -c '%A %U:%G' "$1"; }
check "a project's folder lets in its group alone" \
  equal "$(mode "$(project "$WEB")")" "drwxr-s--- root:$WEB"
check "its members write to images/" \
  equal "$(mode "$(project "$WEB")/images")" "drwxrws--- root:$WEB"

# ---- Members work in their project -----------------------------------------

cd "$(project "$WEB")" || exit 1
check "a member uploads" project_has_image "$ANNA" "$WEB" one "$QCOW2"
check "the image's folder is its maker's and the group's" \
  equal "$(mode images/one)" "drwxrws--- $ANNA:$WEB"
check "another member reads it" as "$BEA" cmp "$QCOW2" images/one/disk.qcow2
check "another member describes it" \
  as "$BEA" setfattr -n user.os_distro -v debian images/one
check "the maker sees that" \
  equal "$(property images/one os_distro "$ANNA")" debian
as "$ANNA" mkdir images/{kept,synced,installed,tarred}
check "cp -p" as "$ANNA" cp -p "$QCOW2" images/kept/
check "rsync -a" as "$ANNA" rsync -rlt --chmod=ug=rw "$QCOW2" images/synced/
check "install" as "$ANNA" install -m 640 "$QCOW2" images/installed/
(cd "$DISKS" && tar cf "$WORK/disk.tar" "$(basename "$QCOW2")")
check "tar" as "$ANNA" tar xf "$WORK/disk.tar" -C images/tarred
for image in kept synced installed tarred; do
  check "$image is whole" \
    equal "$(property "images/$image" status "$ANNA")" active
done
check "qemu-img convert onto it" as "$BEA" sh -c \
  "mkdir images/made && qemu-img convert -O qcow2 '$RAW' images/made/m.qcow2"
check "which is the same disk" same_disk raw "$RAW" raw images/made/disk.raw
check "cp -r makes another" as "$BEA" cp -r images/one images/two
check "mv renames" as "$ANNA" mv images/two images/three
check "a member removes what another made" as "$ANNA" rm -r images/made
check "and finds it in the trash" as "$BEA" ls trash/made
check "where who removed it is told" \
  equal "$(property trash/made deleted_by "$BEA")" "$ANNA"
check "and brings it back" as "$BEA" mv trash/made images/
check "or removes it for good" as "$ANNA" rm -r images/made
check "for good" as "$ANNA" rm -r trash/made
cd / && stop_daemon && start_daemon -o projects
check "after a restart the project is there" \
  as "$BEA" cmp "$QCOW2" "$(project "$WEB")/images/one/disk.qcow2"
cd "$(project "$WEB")" || exit 1

# ---- Version pointers ------------------------------------------------------

check "ln -s makes a version pointer" as "$ANNA" ln -s one images/latest
check "which leads to the image" as "$BEA" cmp "$QCOW2" images/latest/disk.qcow2
check "ln -sfn moves it" as "$ANNA" ln -sfn three images/latest
check "to the other" equal "$(readlink images/latest)" three
refused "a pointer to what is not there" "Invalid argument" \
  as "$ANNA" ln -s nothing images/bad
refused "a pointer out of images/" "Invalid argument" \
  as "$ANNA" ln -s ../trash images/bad
refused "a pointer in place of an image" "File exists" \
  as "$ANNA" ln -sT three images/one
refused "an image in place of a pointer" "File exists" \
  as "$ANNA" mkdir images/latest
check "rm takes the pointer away" as "$ANNA" rm images/latest
check "and not the image" as "$ANNA" ls images/three/disk.raw

# ---- Nobody else sees it ---------------------------------------------------

# That there is a project is no secret; its group is one of the host's.
may_not "$EVE" ls "$(project "$WEB")"
for path in /images /images/one /images/one/disk.raw /trash /info/errors \
  /catalog /catalog/by-id; do
  may_not "$CARL" stat "$(project "$WEB")$path"
  may_not "$EVE" cat "$(project "$WEB")$path"
done
may_not "$CARL" cp "$SMALL" "$(project "$WEB")/images/small.raw"
may_not "$CARL" mkdir "$(project "$WEB")/images/mine"
may_not "$CARL" getfattr -n user.id "$(project "$WEB")/images/one"
may_not "$CARL" mv "$(project "$WEB")/images/one" "$(project "$SHOP")/images/"
may_not "$ANNA" ls "$MNT/images"
may_not "$ANNA" cp "$SMALL" "$MNT/images/small.raw"
check "the administrator sees everything" \
  cmp "$QCOW2" "$(project "$WEB")/images/one/disk.qcow2"
project_has_image "$CARL" "$SHOP" one "$ZLIB"
check "two projects have a name each" \
  as "$CARL" cmp "$ZLIB" "$(project "$SHOP")/images/one/disk.qcow2"
refused "mv between projects copies nothing" "Operation not permitted" \
  mv "$(project "$WEB")/images/one" "$(project "$SHOP")/images/won"
check "nothing came of it" missing "$(project "$SHOP")/images/won"

# A refusal is told to the project that it happened in, and to no other.
as "$CARL" setfattr -n user.hw_disk_bus -v sataa \
  "$(project "$SHOP")/images/one" 2>/dev/null
check "a refusal is in the project's own info/errors" \
  grep -q sataa "$(project "$SHOP")/info/errors"
check "and in no other's" no grep -q sataa "$(project "$WEB")/info/errors"

# ---- Owner -----------------------------------------------------------------

refused "a member cannot give an image away" "Operation not permitted" \
  as "$ANNA" setfattr -n user.owner -v "$SHOP" images/three
id=$(property images/three id)
check "an administrator can" setfattr -n user.owner -v "$SHOP" images/three
check "it has left" wait_until 2 missing images/three
check "the new owner has it" \
  equal "$(property "$(project "$SHOP")/images/three" id "$CARL")" "$id"
may_not "$ANNA" ls "$(project "$SHOP")/images/three"

# ---- platter project -------------------------------------------------------

check "platter project list" \
  contains "$WEB" "$(platter project list "$MNT")"
check "platter project add" platter project add "$MNT" "pt$$new" --group "$CLUB"
check "its group's members use it" \
  as "$CARL" mkdir "$MNT/projects/pt$$new/images/first"
refused "a project with images stays" "not empty" \
  rmdir "$MNT/projects/pt$$new"
as "$CARL" rmdir "$MNT/projects/pt$$new/images/first"
as "$CARL" rmdir "$MNT/projects/pt$$new/trash/first"
check "platter project remove" platter project remove "$MNT" "pt$$new"
check "it is gone" missing "$MNT/projects/pt$$new"
check "platter project show" contains "images" \
  "$(platter project show "$MNT" "$WEB")"

# ---- Audit -----------------------------------------------------------------

events=$(project "$WEB")/info/events.jsonl
# What the kernel has of a file already is no download.
as "$BEA" cat images/one/disk.vdi >"$WORK/copy"
wait_until 5 grep -q '"act":"download"' "$events"
event() { jq -se "any(.[]; $1)" "$events"; }
check "the upload is told, by whom" \
  event ".act == \"upload\" and .user == \"$ANNA\" and .image == \"one\""
check "and the download, with its bytes" event ".act == \"download\" and \
  .user == \"$BEA\" and .bytes == $(stat -c %s "$WORK/copy") and .command == \"cat\""
check "and what was removed" event '.act == "remove" and .image == "made"'
check "each line is JSON" jq -e . "$events"
check "members read it" as "$BEA" tail -n 1 "$events"
may_not "$CARL" cat "$events"
check "nothing is made by hand there" \
  no as "$ANNA" sh -c "echo '{}' >>'$events'"

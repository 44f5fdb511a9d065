#!/bin/bash
# tests/mount/admins.sh BINARY
#
# A host mount whose administrators are a group: $CARL, who is in $CLUB, gets
# everywhere without being root, and nobody else gets anywhere by it.
. "$(dirname "$0")/lib.sh"
begin_host "$1" "admin_group=pt${$}club"

check "a member uploads" project_has_image "$ANNA" "$WEB" one "$QCOW2"
web=$(project "$WEB")

# ---- What the lists say ----------------------------------------------------

entries() { getfacl --absolute-names --omit-header "$1" | xargs; }
check "the list of a project's folder names the administrators" equal \
  "$(entries "$web")" \
  "user::rwx group::r-x group:$CLUB:rwx mask::rwx other::---"
check "so does that of an image's folder" equal \
  "$(entries "$web/images/one")" \
  "user::rwx group::rwx group:$CLUB:rwx mask::rwx other::---"
check "and of its files" equal "$(entries "$web/images/one/disk.qcow2")" \
  "user::rw- group::rw- group:$CLUB:rw- mask::rw- other::---"
check "what everybody may read has none" \
  equal "$(entries "$MNT/README")" "user::r-- group::r-- other::r--"
check "modes are as before" \
  equal "$(stat -c '%A %U:%G' "$web")" "drwxr-s--- root:$WEB"

# ---- What administrators do ------------------------------------------------

check "an administrator reads a project's image" \
  as "$CARL" cmp "$QCOW2" "$web/images/one/disk.qcow2"
check "changes its properties" \
  as "$CARL" setfattr -n user.os_distro -v debian "$web/images/one"
check "uploads into the project" \
  project_has_image "$CARL" "$WEB" two "$ZLIB"
check "to whose members it belongs" \
  as "$BEA" cmp "$ZLIB" "$web/images/two/disk.qcow2"
check "removes" as "$CARL" rm -r "$web/images/two"
check "restores" as "$CARL" mv "$web/trash/two" "$web/images/"
check "reads who did what" as "$CARL" tail -n 1 "$web/info/events.jsonl"
check "reads what all are billed for" contains stored_bytes \
  "$(as "$CARL" head -n 1 "$MNT/info/operator/usage.csv")"
check "lists what is for administrators" as "$CARL" ls "$MNT/info/operator/usage"
may_not "$ANNA" ls "$MNT/info/operator"
may_not "$ANNA" cat "$MNT/info/operator/usage.csv"
check "sees the project's catalogue" as "$CARL" ls "$web/catalog/by-id"
check "makes a stock image" as "$CARL" mkdir "$MNT/images/stock"
check "and fills it" as "$CARL" cp "$QCOW2" "$MNT/images/stock/"
check "publishes" \
  as "$CARL" setfattr -n user.visibility -v public "$MNT/images/stock"
check "which members read" \
  as "$ANNA" cmp "$QCOW2" "$web/catalog/public/stock/disk.qcow2"
check "makes a project" as "$CARL" mkdir "$MNT/projects/pt$$x"
check "limits it" \
  as "$CARL" setfattr -n user.quota.images -v 3 "$MNT/projects/pt$$x"
may_not "$ANNA" setfattr -n user.quota.images -v 3 "$web"
check "removes it" as "$CARL" rmdir "$MNT/projects/pt$$x"
check "deactivates" \
  as "$CARL" setfattr -n user.status -v deactivated "$web/images/one"
check "reads what is deactivated" \
  as "$CARL" head -c 1 "$web/images/one/disk.vdi"
refused "members do not" "Permission denied" \
  as "$ANNA" head -c 1 "$web/images/one/disk.vdi"
as "$CARL" setfattr -n user.status -v active "$web/images/one"

# ---- Nobody else -----------------------------------------------------------

for path in "" /images /images/one /images/one/disk.raw /info/errors; do
  may_not "$EVE" cat "$web$path"
done
may_not "$EVE" touch "$web/images/one/disk.raw"
may_not "$ANNA" ls "$MNT/images"
may_not "$ANNA" mkdir "$MNT/projects/pt$$y"
refused "lists are not set by hand" "Operation not supported" \
  setfacl -m "u:$EVE:rwx" "$web/images/one"
refused "nor by an administrator" "Operation not supported|not permitted" \
  as "$CARL" setfacl -m "u:$EVE:rwx" "$web"
check "a bystander's getcwd holds" as "$EVE" sh -c \
  "cd '$MNT/catalog' 2>/dev/null || cd '$MNT'; for i in 1 2 3; do pwd -P; done"

# ---- Copies ----------------------------------------------------------------

check "cp -a of an image" as "$ANNA" cp -a "$web/images/one" "$web/images/copy"
check "has the same disk" \
  as "$ANNA" cmp "$QCOW2" "$web/images/copy/disk.qcow2"
mkdir -m 777 "$WORK/copies"
check "cp -p to a disk" \
  as "$ANNA" cp -p "$web/images/one/disk.qcow2" "$WORK/copies/d.qcow2"
check "and back" as "$ANNA" cp -p "$WORK/copies/d.qcow2" "$web/images/"
check "which is whole" as "$ANNA" cmp "$QCOW2" "$web/images/d/disk.qcow2"
check "rsync -A" as "$ANNA" rsync -rltA "$web/images/d" "$WORK/copies/"

#!/bin/bash
# tests/mount/sharing.sh BINARY
#
# How one project's images reach the others, and how that ends.
. "$(dirname "$0")/lib.sh"
begin_host "$@"

as "$ANNA" ls "$MNT/mine/" >/dev/null
as "$CARL" ls "$MNT/mine/" >/dev/null
as "$CARL" ls "$MNT/projects/$CLUB" >/dev/null
web=$(project "$WEB") shop=$(project "$SHOP") club=$(project "$CLUB")
project_has_image "$ANNA" "$WEB" tool "$QCOW2" || exit 1
theirs=$shop/catalog
entry=tool@$WEB

# sees USER PATH / sees_not USER PATH: by whatever the service has to tell the
# kernel, within two seconds.
sees() { wait_until 2 as "$1" stat "$2"; }
sees_not() { wait_until 2 no as "$1" stat "$2"; }
lists() { wait_until 2 equal "$(as "$1" ls "$2" | xargs)" "$3"; }

# ---- Shared ----------------------------------------------------------------

refused "only shared images have members" "Invalid argument|not permitted" \
  as "$ANNA" setfattr -n "user.member.$SHOP" -v pending "$web/images/tool"
check "the owner makes it shared" \
  as "$ANNA" setfattr -n user.visibility -v shared "$web/images/tool"
check "shared with nobody, nobody sees it" equal "$(names "$theirs/shared")" ""
refused "a member that is no project" "Invalid argument" \
  as "$ANNA" setfattr -n user.member.pt-nobody -v pending "$web/images/tool"
refused "the owner cannot accept for the other" \
  "Operation not permitted|Permission denied" \
  as "$ANNA" setfattr -n "user.member.$SHOP" -v accepted "$web/images/tool"
check "the owner offers it" \
  as "$ANNA" setfattr -n "user.member.$SHOP" -v pending "$web/images/tool"
check "the offer is there" sees "$CARL" "$theirs/offered/$entry"
check "with what is said of it" \
  as "$CARL" jq -e '.name == "tool"' "$theirs/offered/$entry/image.json"
may_not "$CARL" cat "$theirs/offered/$entry/disk.raw"
check "it is not in shared/" equal "$(names "$theirs/shared")" ""
may_not "$EVE" stat "$theirs/offered/$entry"
check "no other project has the offer" equal "$(names "$club/catalog/offered")" ""
check "mv accepts" as "$CARL" mv "$theirs/offered/$entry" "$theirs/shared/"
check "it is in shared/" lists "$CARL" "$theirs/shared" "$entry"
check "and no more in offered/" sees_not "$CARL" "$theirs/offered/$entry"
check "its data can be read" \
  as "$CARL" cmp "$QCOW2" "$theirs/shared/$entry/disk.qcow2"
check "in every format" \
  as "$CARL" qemu-img compare -q -f raw -F vmdk "$RAW" \
  "$theirs/shared/$entry/disk.vmdk"
check "the owner sees the answer" \
  equal "$(property "$web/images/tool" "member.$SHOP" "$ANNA")" accepted
check "both are the same file" equal "$(stat -c %i "$web/images/tool/disk.raw")" \
  "$(stat -c %i "$theirs/shared/$entry/disk.raw")"

refused "a guest changes nothing" "Read-only|not permitted|denied" \
  as "$CARL" setfattr -n user.description -v x "$theirs/shared/$entry"
refused "and removes nothing" "Read-only|not permitted|denied" \
  as "$CARL" rm "$theirs/shared/$entry/disk.raw"
refused "and adds nothing" "Read-only|not permitted|denied" \
  as "$CARL" cp "$SMALL" "$theirs/shared/$entry/small.raw"
as "$ANNA" setfattr -n "user.member.$CLUB" -v pending "$web/images/tool"
check "a guest sees its own membership" \
  equal "$(property "$theirs/shared/$entry" "member.$SHOP" "$CARL")" accepted
check "and nobody else's" no as "$CARL" getfattr -n "user.member.$CLUB" \
  "$theirs/shared/$entry"
check "not in image.json either" \
  no grep -q "$CLUB" "$theirs/shared/$entry/image.json"
check "rmdir declines" as "$CARL" rmdir "$club/catalog/offered/$entry"
check "the owner sees it" \
  equal "$(property "$web/images/tool" "member.$CLUB" "$ANNA")" rejected
check "setfattr answers, too" sh -c "
  setfattr -x 'user.member.$CLUB' '$web/images/tool' &&
  setfattr -n 'user.member.$CLUB' -v pending '$web/images/tool'"
check "accepted by setfattr" sees "$CARL" "$club/catalog/offered/$entry"
check "by its member" as "$CARL" setfattr -n "user.member.$CLUB" -v accepted \
  "$club/catalog/offered/$entry"
check "so it is there" sees "$CARL" "$club/catalog/shared/$entry"

check "by-id leads to it" as "$CARL" cmp "$QCOW2" \
  "$theirs/by-id/$(property "$web/images/tool" id)/disk.qcow2"

# Who has a file open reads on; the next open follows the rule.
mkfifo -m 666 "$WORK/go"
as "$CARL" bash -c "exec 3<'$theirs/shared/$entry/disk.qcow2'
  head -c 65536 <&3; read -r _ <'$WORK/go'; cat <&3" >"$WORK/got" &
reader=$!
wait_until 5 test -s "$WORK/got"
check "the owner unshares" \
  as "$ANNA" setfattr -x "user.member.$SHOP" "$web/images/tool"
check "it has left the catalogue" sees_not "$CARL" "$theirs/shared/$entry"
may_not "$CARL" cat "$theirs/shared/$entry/disk.qcow2"
echo go >"$WORK/go"
wait "$reader"
check "who was reading has read to the end" cmp "$QCOW2" "$WORK/got"
check "the other guest has it still" \
  as "$CARL" cmp "$QCOW2" "$club/catalog/shared/$entry/disk.qcow2"
check "private again" \
  as "$ANNA" setfattr -n user.visibility -v private "$web/images/tool"
check "nobody has it" sees_not "$CARL" "$club/catalog/shared/$entry"

# ---- Community and public --------------------------------------------------

for visibility in community public; do
  refused "a member makes nothing $visibility" "Operation not permitted" \
    as "$ANNA" setfattr -n user.visibility -v $visibility "$web/images/tool"
done
check "an administrator makes it community" \
  setfattr -n user.visibility -v community "$web/images/tool"
check "all projects see it" sees "$CARL" "$theirs/community/$entry/disk.raw"
check "and read it" as "$CARL" cmp "$QCOW2" "$theirs/community/$entry/disk.qcow2"
check "public" setfattr -n user.visibility -v public "$web/images/tool"
check "is seen by its name" sees "$CARL" "$theirs/public/tool"
check "and by name and owner" as "$CARL" ls "$theirs/public/$entry"
check "not as community" sees_not "$CARL" "$theirs/community/$entry"
check "its own project sees it there, too" as "$BEA" ls "$web/catalog/public/tool"
check "the owner decides on" \
  as "$ANNA" setfattr -n user.os_hidden -v true "$web/images/tool"
check "hidden: not listed" lists "$CARL" "$theirs/public" ""
check "but found by name" as "$CARL" ls "$theirs/public/tool"
as "$ANNA" setfattr -n user.os_hidden -v false "$web/images/tool"

# Stock images are the operator's own.
upload stock "$ZSTD" && setfattr -n user.visibility -v public "$IMAGES/stock"
check "stock images are in every catalogue" sees "$CARL" "$theirs/public/stock"
check "a second one of a name" sh -c "
  mkdir '$IMAGES/tool' && cp '$ZLIB' '$IMAGES/tool/' &&
  setfattr -n user.visibility -v public '$IMAGES/tool'"
check "both are there" wait_until 2 sh -c \
  "ls '$theirs/public' | grep -q '^tool@'"
check "each by name and owner" \
  as "$CARL" cmp "$QCOW2" "$theirs/public/$entry/disk.qcow2"
check "and the other" \
  as "$CARL" cmp "$ZLIB" "$theirs/public/tool@default/disk.qcow2"

# ---- Deactivated -----------------------------------------------------------

refused "a member deactivates nothing" "Operation not permitted" \
  as "$ANNA" setfattr -n user.status -v deactivated "$web/images/tool"
check "deactivated" setfattr -n user.status -v deactivated "$web/images/tool"
refused "its data is for administrators" "Permission denied" \
  as "$CARL" cat "$theirs/public/$entry/disk.raw"
refused "also for its owner" "Permission denied" \
  as "$ANNA" cat "$web/images/tool/disk.raw"
check "what is said of it is not" \
  as "$CARL" cat "$theirs/public/$entry/image.json"
check "the administrator reads it" cmp "$QCOW2" "$web/images/tool/disk.qcow2"
check "activated again" setfattr -n user.status -v active "$web/images/tool"
check "it can be read" as "$CARL" cmp "$QCOW2" "$theirs/public/$entry/disk.qcow2"

# ---- Finding ---------------------------------------------------------------

as "$ANNA" setfattr -n user.os_distro -v debian "$web/images/tool"
as "$ANNA" setfattr -n user.os_version -v 12 "$web/images/tool"
as "$ANNA" setfattr -n user.tag.blue -v "" "$web/images/tool"
check "by-os" sees "$CARL" "$theirs/by-os/debian/12/tool@$WEB/disk.raw"
check "by-tag" sees "$CARL" "$theirs/by-tag/blue/tool@$WEB/disk.raw"
for version in 1.2 1.10 1.9; do
  copy=$web/images/ubuntu-24.04-base-v$version
  check "a copy of a public image" as "$ANNA" cp -r "$web/images/tool" "$copy"
  check "is its maker's own" \
    equal "$(property "$copy" visibility "$ANNA")" private
  # Its name is to say what it is.
  as "$ANNA" setfattr -x user.os_distro "$copy"
  as "$ANNA" setfattr -x user.os_version "$copy"
done
check "latest is the highest version" wait_until 3 sh -c \
  "readlink '$web/catalog/by-os/ubuntu/24.04/latest' | grep -q 'v1[.]10\$'"
check "which leads to a disk" \
  as "$BEA" cmp "$QCOW2" "$web/catalog/by-os/ubuntu/24.04/latest/disk.qcow2"
check "the administrator makes a media group" mkdir "$MNT/catalog/groups/Linux"
refused "nobody else does" "not permitted|denied|Read-only" \
  as "$ANNA" mkdir "$web/catalog/groups/Mine"
refused "a group that is not there" "Invalid argument" \
  setfattr -n user.media_group -v Windows "$IMAGES/stock"
check "an image joins" setfattr -n user.media_group -v Linux "$IMAGES/stock"
check "it is found there" sees "$CARL" "$theirs/groups/Linux/stock/disk.raw"
check "the group is renamed" mv "$MNT/catalog/groups/Linux" "$MNT/catalog/groups/BSD"
check "with what is in it" sees "$CARL" "$theirs/groups/BSD/stock/disk.raw"
check "the image says so" equal "$(property "$IMAGES/stock" media_group)" BSD
refused "a group with images stays" "not empty" rmdir "$MNT/catalog/groups/BSD"
check "a group is hidden" \
  setfattr -n user.os_hidden -v true "$MNT/catalog/groups/BSD"
check "from others" sees_not "$CARL" "$theirs/groups/BSD"
check "not from the operator" exists "$MNT/catalog/groups/BSD/stock"
refused "a replacement that is not there" "Invalid argument" \
  as "$ANNA" setfattr -n user.replacement -v nothing "$web/images/tool"
check "a replacement that is" as "$ANNA" setfattr -n user.replacement \
  -v ubuntu-24.04-base-v1.10 "$web/images/tool"
check "deprecated" as "$ANNA" setfattr -n user.deprecated -v yes "$web/images/tool"
check "is told" as "$CARL" jq -e '.deprecated == "true"' \
  "$theirs/public/$entry/image.json"

# ---- The end of an image ---------------------------------------------------

as "$ANNA" setfattr -n user.protected -v true "$web/images/tool"
refused "a protected image stays" "Operation not permitted" \
  as "$ANNA" rm -r "$web/images/tool"
check "whole" as "$ANNA" cmp "$QCOW2" "$web/images/tool/disk.qcow2"
as "$ANNA" setfattr -n user.protected -v false "$web/images/tool"
check "removed" as "$ANNA" rm -r "$web/images/tool"
check "gone from every catalogue" sees_not "$CARL" "$theirs/public/$entry"
check "restored" as "$ANNA" mv "$web/trash/tool" "$web/images/"
check "it is back" sees "$CARL" "$theirs/public/$entry"
stop_daemon && start_daemon -o projects
check "after a restart, too" as "$CARL" cmp "$QCOW2" "$theirs/public/$entry/disk.qcow2"

#!/bin/bash
# tests/mount/projects.sh BINARY
#
# Many projects on one mount, as their members meet them: who reaches what, what
# is shared, what the kernel is told. Needs root, to be other users.
# shellcheck source=tests/mount/lib.sh
. "$(dirname "$0")/lib.sh"

WEB=64713 SHOP=64714

# as GROUP COMMAND...: as a user whose uid and only group have that number.
as() {
  local id=$1
  shift
  setpriv --reuid "$id" --regid "$id" --clear-groups -- "$@"
}

start_host() {
  stop_daemon
  chmod 711 "$WORK" && chmod 755 "$MNT" "$DISKS" "$DISKS"/*.*
  start_daemon -o "projects,allow_other,groups=web=$WEB:shop=$SHOP"
}

test_shape() {
  check "mkdir of projects" mkdir projects/web projects/shop
  check "ls of the root" equal "$(names .)" \
    "README catalog images info mine projects trash"
  check "ls -l of the root" ls -l
  check "a member's ls" equal "$(as $WEB ls projects/web | xargs)" \
    "README catalog images info trash"
  refused "another project's ls" "denied" as $SHOP ls projects/web
  refused "the operator's images" "denied" as $SHOP ls images
  check "mine" equal "$(as $SHOP readlink mine)" projects/shop
  check "mine is each one's own" equal "$(as $WEB readlink mine)" projects/web
  check "mine is followed" as $WEB ls mine/images/
}

test_uploads() {
  check "a member uploads" as $WEB cp "$QCOW2" mine/images/x.qcow2
  check "cp -p keeps the time" as $WEB cp -p "$SMALL" mine/images/kept.raw
  check "it was kept" equal "$(stat -c %Y "$SMALL")" \
    "$(stat -c %Y projects/web/images/kept/disk.raw)"
  check "the files are the user's and the group's" equal \
    "$(stat -c '%u:%g %a' projects/web/images/x/disk.raw)" "$WEB:$WEB 660"
  refused "another project reads" "denied" \
    as $SHOP cat projects/web/images/x/disk.raw
  check "pwd" equal "$(as $WEB sh -c 'cd mine/images/x && /bin/pwd -P')" \
    "$MNT/projects/web/images/x"
}

test_catalog() {
  setfattr -n user.visibility -v public projects/web/images/x
  local entry=projects/shop/catalog/public/x
  check "others see it" equal "$(as $SHOP ls projects/shop/catalog/public)" x
  check "others read it" as $SHOP cmp "$QCOW2" $entry/disk.qcow2
  check "the files are the same" equal "$(stat -c %i $entry/disk.raw)" \
    "$(stat -c %i projects/web/images/x/disk.raw)"
  check "the folders are not" no equal "$(stat -c %i $entry)" \
    "$(stat -c %i projects/web/images/x)"
  refused "nobody changes it" "denied|Read-only" as $SHOP rm $entry/disk.qcow2
  refused "root neither" "Read-only" rm $entry/disk.qcow2
  check "by id" cmp "$QCOW2" "projects/shop/catalog/by-id/$(
    getfattr --only-values -n user.id projects/web/images/x)/disk.qcow2"
  check "a shell in it" as $SHOP sh -c "cd $entry && /bin/pwd -P"
  setfattr -n user.visibility -v private projects/web/images/x
  check "gone for others, without waiting" wait_until 5 missing $entry
  refused "its file, too" "No such file|denied" as $SHOP cat $entry/disk.raw
}

test_sharing() {
  local catalog=projects/shop/catalog
  as $WEB setfattr -n user.visibility -v shared projects/web/images/x
  check "the owner offers" as $WEB \
    setfattr -n user.member.shop -v pending projects/web/images/x
  check "an offer" equal "$(as $SHOP ls $catalog/offered/x@web)" image.json
  check "mv accepts" as $SHOP mv $catalog/offered/x@web $catalog/shared/
  check "the offer has gone" equal "$(as $SHOP ls $catalog/offered)" ""
  check "the share is read" \
    as $SHOP cmp "$QCOW2" $catalog/shared/x@web/disk.qcow2
  check "a share is left" as $SHOP rmdir $catalog/shared/x@web
  check "it has gone" wait_until 5 missing $catalog/shared/x@web
  check "the owner is told" equal rejected "$(getfattr --only-values \
    -n user.member.shop projects/web/images/x)"
}

test_moves() {
  refused "mv between projects" "not permitted" \
    mv projects/web/images/kept projects/shop/images/
  head -c 1 projects/web/images/kept/disk.qcow2 >/dev/null # seals it
  check "user.owner" setfattr -n user.owner -v shop projects/web/images/kept
  check "it left" wait_until 5 missing projects/web/images/kept
  check "it came" as $SHOP cmp "$SMALL" mine/images/kept/disk.raw
  refused "a project with images stays" "not empty" rmdir projects/shop
}

test_limits() {
  setfattr -n user.quota.bytes -v 64MiB projects/shop
  check "df shows the limit" equal 65536 \
    "$(df --output=size -k projects/shop/images | tail -1 | xargs)"
  setfattr -n user.quota.images -v 1 projects/shop
  refused "over it" "quota" as $SHOP cp "$SMALL" mine/images/more.raw
  check "info/errors of the project says so" as $SHOP \
    grep -q "project shop" projects/shop/info/errors
  check "and no other one" no grep -q "project shop" projects/web/info/errors
  check "quota.csv" as $SHOP grep -q "^shop,1,1," mine/info/quota.csv
  check "events.jsonl" wait_until 5 as $SHOP \
    grep -q '"act":"download"' projects/shop/info/events.jsonl
  refused "for members only" "denied" as $WEB cat projects/shop/info/events.jsonl
}

test_groups() {
  check "mkdir of a media group" mkdir catalog/groups/Linux
  setfattr -n user.visibility -v public projects/web/images/x
  check "an image joins it" \
    as $WEB setfattr -n user.media_group -v Linux projects/web/images/x
  check "it is there" as $SHOP \
    cmp "$QCOW2" projects/shop/catalog/groups/Linux/x/disk.qcow2
  refused "only administrators make them" "denied|not permitted" \
    as $WEB mkdir catalog/groups/Mine
  check "hidden" setfattr -n user.os_hidden -v true catalog/groups/Linux
  check "from projects" equal "$(ls projects/shop/catalog/groups)" ""
}

test_walk() {
  check "find of everything" find . -type f
  check "as a member" as $SHOP find projects/shop -type f -name image.json
  check "no link leads nowhere" equal "$(find -L projects/shop/catalog -type l)" ""
}

begin "$@"
start_host
cd "$MNT" || exit 1
test_shape
test_uploads
test_catalog
test_sharing
test_moves
test_limits
test_groups
test_walk
cd /

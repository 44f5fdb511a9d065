#!/bin/bash
# tests/mount/tenants.sh BINARY
#
# Users who try to see or break what is not theirs. HAMMER_SECONDS: how long
# they try at once (10).
. "$(dirname "$0")/lib.sh"
begin_host "$@"
HAMMER_SECONDS=${HAMMER_SECONDS:-10}

as "$ANNA" ls "$MNT/mine/" >/dev/null
as "$CARL" ls "$MNT/mine/" >/dev/null
web=$(project "$WEB") shop=$(project "$SHOP")
project_has_image "$ANNA" "$WEB" secret "$QCOW2" || exit 1
project_has_image "$CARL" "$SHOP" own "$SMALL" 2>/dev/null
project_has_image "$CARL" "$SHOP" big "$ZLIB"

# ---- By handles and numbers ------------------------------------------------

# Every node id that the secret image could have, opened by handle: the kernel
# wants a privilege for that, and nothing may come of it without.
cat >"$WORK/handles.py" <<'PY'
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
mount = os.open(sys.argv[1], os.O_RDONLY)
opened = 0
for number in range(0, 64):
    for kind in range(1, 80):
        node = number << 8 | kind
        handle = struct.pack("<IiQI", 12, 0x81, node, 0) + b"\0" * 16
        fd = libc.open_by_handle_at(mount, handle, os.O_RDONLY)
        opened += fd >= 0
print(opened)
PY
check "no file is opened by guessing its handle" \
  equal "$(as "$CARL" python3 "$WORK/handles.py" "$MNT")" 0

# ---- Caches that somebody else filled --------------------------------------

# Anna looks at everything all the time; Carl and Eve ask for the same paths.
names_of_secret="images/secret images/secret/disk.raw images/secret/image.json
catalog/by-id trash info/errors"
touch "$WORK/looking"
as "$ANNA" sh -c "while [ -e '$WORK/looking' ]; do
  for p in $(echo $names_of_secret); do stat '$web'/\$p; done
  cat '$web/images/secret/image.json'; ls -lR '$web'; done" >/dev/null 2>&1 &
for user in "$CARL" "$EVE"; do
  as "$user" sh -c "end=\$((\$(date +%s) + $HAMMER_SECONDS))
  while [ \$(date +%s) -lt \$end ]; do
    for p in $(echo $names_of_secret); do
      stat '$web'/\$p && echo \"saw \$p\"
      cat '$web'/\$p && echo \"read \$p\"
    done
    getfattr -d '$web/images/secret' | grep . && echo 'saw attributes'
    ls '$web' && echo 'listed'
    ls '$shop/catalog/public' | grep secret
  done" >"$WORK/seen.$user" 2>/dev/null &
  watchers+=($!)
done
# Meanwhile a visibility goes back and forth, and a bystander asks where it is.
as "$BEA" sh -c "cd '$web/images/secret' && end=\$((\$(date +%s) + $HAMMER_SECONDS - 1))
  while [ \$(date +%s) -lt \$end ]; do /bin/pwd || echo lost; done" \
  >"$WORK/where" 2>&1 &
watchers+=($!)
for _ in $(seq $((HAMMER_SECONDS * 4))); do
  setfattr -n user.visibility -v shared "$web/images/secret"
  setfattr -n user.visibility -v private "$web/images/secret"
  sleep 0.1
done
wait "${watchers[@]}"
rm "$WORK/looking"
check "a stranger saw nothing, cached or not" \
  equal "$(cat "$WORK/seen.$CARL" "$WORK/seen.$EVE")" ""
check "a bystander always knew where it is" \
  equal "$(sort -u "$WORK/where")" "$web/images/secret"

# A visibility that is taken back is followed by every open from then on.
touch "$WORK/looking"
as "$CARL" sh -c "while [ -e '$WORK/looking' ]; do cat '$shop/catalog/public/secret/disk.qcow2' |
  head -c 1 | wc -c; done" >/dev/null 2>&1 &
for _ in $(seq 20); do
  setfattr -n user.visibility -v public "$web/images/secret"
  sleep 0.02
  setfattr -n user.visibility -v private "$web/images/secret"
  as "$CARL" head -c 1 "$shop/catalog/public/secret/disk.qcow2" \
    >>"$WORK/after" 2>/dev/null
done
rm "$WORK/looking"
check "no open after the taking back" equal "$(wc -c <"$WORK/after")" 0

# ---- Names -----------------------------------------------------------------

newline=$'a\nb' control=$'a\x01b' latin=$'a\xe9b'
refused "a name with a newline" "Invalid argument" \
  as "$CARL" mkdir "$shop/images/$newline"
refused "a name with a control character" "Invalid argument" \
  as "$CARL" mkdir "$shop/images/$control"
refused "a name that is no UTF-8" "Invalid argument" \
  as "$CARL" mkdir "$shop/images/$latin"
refused "a name of 201 bytes" "Invalid argument|too long" \
  as "$CARL" mkdir "$shop/images/$(printf 'x%.0s' $(seq 201))"
as "$CARL" setfattr -n user.description -v "$(printf 'a\nb "c" \\ \x01')" \
  "$shop/images/big"
as "$CARL" setfattr -n user.hw_disk_bus -v $'x\n{"act":"forged"}' \
  "$shop/images/big" 2>/dev/null
check "no line of the audit can be forged" jq -e . "$shop/info/events.jsonl"
check "not even by a refusal" no grep -q '^{"act":"forged"}' \
  "$shop/info/events.jsonl" "$shop/info/errors"
check "image.json stays JSON" as "$CARL" jq -e . "$shop/images/big/image.json"

# ---- Links -----------------------------------------------------------------

refused "a symbolic link out of the mount" "Invalid argument|not permitted" \
  as "$CARL" ln -s /etc/passwd "$shop/images/x.raw"
refused "one inside an image" "Invalid argument|not permitted" \
  as "$CARL" ln -s /etc/passwd "$shop/images/big/more.raw"
refused "one to another project" "Invalid argument|not permitted" \
  as "$CARL" ln -s "../../$WEB/images/secret" "$shop/images/mine"
mkdir "$WORK/set" && chmod 755 "$WORK/set"
cat >"$WORK/set/d.vmdk" <<'VMDK'
# Disk DescriptorFile
version=1
CID=fffffffe
parentCID=ffffffff
createType="monolithicFlat"
RW 8 FLAT "/etc/passwd" 0
VMDK
as "$CARL" mkdir "$shop/images/set"
refused "a descriptor that names a path" "Invalid argument|cleaning" \
  as "$CARL" cp "$WORK/set/d.vmdk" "$shop/images/set/"
# qemu-img passes over what close() answers it here.
as "$CARL" qemu-img create -q -u -f qcow2 -b "$web/images/secret/disk.raw" \
  -F raw "$shop/images/b.qcow2" 1M
check "a backing file is refused" \
  equal "$(property "$shop/images/b" status "$CARL")" error
check "which is told" contains "backing_file" \
  "$(property "$shop/images/b" status_reason "$CARL")"
may_not "$CARL" cat "$shop/images/b/disk.raw"
may_not "$CARL" ln "$web/images/secret/disk.raw" "$shop/images/stolen.raw"

as "$CARL" setfattr -x user.description "$shop/images/big"

# ---- Attributes at their limits ----------------------------------------------

long() { printf "p%0249d" "$1"; }
as "$CARL" sh -c "for n in \$(seq 128); do
  setfattr -n user.\$(printf 'p%0249d' \$n) -v $WEB '$shop/images/big'; done"
check "128 properties with the longest names are listed" at_least \
  "$(as "$CARL" getfattr --absolute-names -d "$shop/images/big" |
    grep -c '^user.p0')" 128
refused "one more" "[Qq]uota" \
  as "$CARL" setfattr -n "user.$(long 129)" -v x "$shop/images/big"
refused "a name of 251 bytes" "Invalid argument|range" \
  as "$CARL" setfattr -n "user.x$(long 1)" -v x "$shop/images/big"
for n in $(seq 8); do
  as "$CARL" sh -c "for m in \$(seq 50); do
    setfattr -n user.$(long 1) -v $n-\$m '$shop/images/big'; done" &
  writers+=($!)
done
wait "${writers[@]}"
check "many writers of one attribute leave one of their values" contains \
  '^[1-8]-50$' "$(property "$shop/images/big" "$(long 1)" "$CARL")"
check "and the rest as it was" \
  equal "$(property "$shop/images/big" "$(long 2)" "$CARL")" "$WEB"
may_not "$CARL" setfattr -n user.owner -v "$WEB" "$shop/images/big"
may_not "$CARL" setfattr -n user.visibility -v public "$shop/images/big"
may_not "$CARL" setfattr -n user.id -v "$(cat /proc/sys/kernel/random/uuid)" \
  "$shop/images/big"
refused "what an image costs is not told" "No such attribute" \
  as "$CARL" getfattr -n user.stored_size "$shop/images/big"

# ---- What a tenant's daemon-side files are -----------------------------------

may_not "$CARL" ls "$STORE/packs"
may_not "$CARL" cat "$STORE/audit/$SHOP.jsonl"
check "everything still answers" as "$ANNA" cmp "$QCOW2" \
  "$web/images/secret/disk.qcow2"

#!/bin/bash
# tests/mount/limits.sh BINARY
#
# What a project may have at most, and how every tool is told.
. "$(dirname "$0")/lib.sh"
begin_host "$@"

as "$ANNA" ls "$MNT/mine/" >/dev/null
web=$(project "$WEB")
limit() { platter project set "$MNT" "$WEB" "$@" >/dev/null; }
why() { tail -n 1 "$web/info/errors"; }
cd "$web" || exit 1

# ---- Images ----------------------------------------------------------------

check "an administrator sets limits" limit images=2
refused "nobody else does" "not permitted|denied" \
  as "$ANNA" setfattr -n user.quota.images -v 1000 "$web"
check "the project sees them" \
  equal "$(property "$web" quota.images "$ANNA")" 2
as "$ANNA" mkdir images/one
check "images without data count" as "$ANNA" mkdir images/two
refused "a third image" "Disk quota exceeded" as "$ANNA" mkdir images/three
check "the reason is told" contains "Maximum image limit reached" "$(why)"
refused "nor by cp" "Disk quota exceeded" as "$ANNA" cp "$SMALL" images/three.raw
refused "nor by cp -r" "Disk quota exceeded" as "$ANNA" cp -r images/one images/c
check "df -i shows it" equal \
  "$(df --output=itotal,iavail "$web" | tail -n 1 | xargs)" "2 0"
as "$ANNA" rmdir images/two
check "one that is in the trash does not count" as "$ANNA" mkdir images/three
refused "restoring one too many" "Disk quota exceeded" \
  as "$ANNA" mv trash/two images/
check "lowering deletes nothing" limit images=1
check "all are there" equal "$(names images)" "one three"
limit images=0
refused "no images at all" "Operation not supported" as "$ANNA" mkdir images/x
check "that reason is told" contains "Image feature is not enabled" "$(why)"
check "unlimited" limit images=unlimited
as "$ANNA" rmdir images/one images/three
as "$ANNA" rm -r trash/one trash/two trash/three

# ---- Bytes -----------------------------------------------------------------

# Two small disks fit, a third does not.
limit bytes=2560KiB
check "df shows the bytes" \
  equal "$(df --output=size -B1 "$web" | tail -n 1 | xargs)" $((2560 * 1024))
as "$ANNA" mkdir images/{a,b,c,d}
as "$ANNA" cp "$SMALL" images/a/ && as "$ANNA" cp "$SMALL" images/b/
check "df shows what is left" at_most \
  "$(df --output=avail -B1 "$web" | tail -n 1 | xargs)" $((512 * 1024))

# over NAME COMMAND...: the tool is told, and nothing of it stays.
over() {
  local name=$1
  shift
  refused "$name is told" "[Qq]uota|Failure|error" as "$ANNA" "$@"
  check "$name: no image of it" no grep -q active \
    <<<"$(property images/c status "$ANNA")"
  as "$ANNA" rmdir images/c && as "$ANNA" rm -r trash/c &&
    as "$ANNA" mkdir images/c
}
over cp cp "$SMALL" images/c/
over "cp -p" cp -p "$SMALL" images/c/
over mv sh -c "cp '$SMALL' /tmp/pt$$.raw && mv /tmp/pt$$.raw images/c/"
check "mv keeps the source" rm /tmp/pt$$.raw
over dd dd if="$SMALL" of=images/c/disk.raw bs=64K
over cat sh -c "cat '$SMALL' >images/c/disk.raw"
over tee sh -c "tee images/c/disk.raw <'$SMALL' >/dev/null"
over gzip sh -c "gzip -c '$DISKS/tree/noise' >images/c/disk.raw.gz"
over install install "$SMALL" images/c/
over rsync rsync "$SMALL" images/c/
over "rsync --inplace" rsync --inplace "$SMALL" images/c/disk.raw
over tar sh -c "tar cf - -C '$DISKS' small.raw | tar xf - -C images/c"
over curl curl -sS -o images/c/disk.raw "file://$SMALL"
over gio gio copy "$SMALL" images/c/disk.raw
over sftp sh -c "echo put '$SMALL' images/c/disk.raw |
  sftp -b - -D /usr/lib/openssh/sftp-server"
over qemu-img qemu-img convert -f raw -O qcow2 "$RAW" images/c/disk.qcow2
over python python3 -c "
import shutil, sys
shutil.copyfile('$SMALL', 'images/c/disk.raw')"
check "what was there is whole" as "$ANNA" cmp "$SMALL" images/b/disk.raw
as "$ANNA" rm -r images/a
refused "the trash counts" "[Qq]uota" as "$ANNA" cp "$SMALL" images/c/
check "which is told" contains "trash" "$(why)"
as "$ANNA" rm -r trash/a
as "$ANNA" rmdir images/c && as "$ANNA" mkdir images/c
check "emptied, there is room" as "$ANNA" cp "$SMALL" images/c/

# What is under way counts, too: of two uploads at once, one is too much.
as "$ANNA" rm -r images/c && as "$ANNA" sh -c "rm -r trash/*" &&
  as "$ANNA" mkdir images/c
mkfifo -m 666 "$WORK/slow"
as "$ANNA" sh -c "cat '$WORK/slow' >images/c/disk.raw" &
slow=$!
exec {SLOW}>"$WORK/slow"
head -c 1M "$SMALL" >&"$SLOW"
is_sent() { equal "$(stat -c %s images/c/disk.raw)" $((1024 * 1024)); }
wait_until 5 is_sent
refused "bytes on their way count" "[Qq]uota" as "$ANNA" cp "$SMALL" images/d/
exec {SLOW}>&-
wait "$slow"
check "the first one is whole" as "$ANNA" cmp "$SMALL" images/c/disk.raw

# ---- Uploads at once, size, names -------------------------------------------

limit bytes=unlimited uploads=1
as "$ANNA" rmdir images/d && as "$ANNA" mkdir images/d
as "$ANNA" sh -c "exec 3>images/d/disk.raw; cat '$SMALL' >&3; cat '$WORK/slow'" &
slow=$!
exec {SLOW}>"$WORK/slow"
wait_until 5 test -s images/d/disk.raw
refused "one upload at a time" "[Qq]uota" as "$ANNA" cp "$SMALL" images/e.raw
exec {SLOW}>&-
wait "$slow"
check "then the next one" as "$ANNA" cp "$SMALL" images/f.raw
limit uploads=unlimited image_size=512KiB
refused "an image over the largest" "File too large|[Qq]uota" \
  as "$ANNA" cp "$SMALL" images/g.raw
limit image_size=default properties=2 members=1
as "$ANNA" setfattr -n user.p1 -v 1 images/b
as "$ANNA" setfattr -n user.p2 -v 2 images/b
refused "a property too many" "[Qq]uota" \
  as "$ANNA" setfattr -n user.p3 -v 3 images/b
check "changing one is none more" as "$ANNA" setfattr -n user.p2 -v 3 images/b
as "$CARL" ls "$MNT/mine/" "$MNT/projects/$CLUB" >/dev/null
as "$ANNA" setfattr -n user.visibility -v shared images/b
as "$ANNA" setfattr -n "user.member.$SHOP" -v pending images/b
refused "a member too many" "[Qq]uota" \
  as "$ANNA" setfattr -n "user.member.$CLUB" -v pending images/b

# ---- Figures that everybody sees --------------------------------------------

check "info/quota.csv has them" contains "images" "$(head -n 1 info/quota.csv)"
check "and of this project" contains "$WEB" "$(as "$BEA" cat info/quota.csv)"
may_not "$CARL" cat info/quota.csv
check "what it is billed for" contains "^....-..,$WEB,.*,b,[0-9]+," \
  "$(as "$BEA" cat info/usage.csv)"
check "and nobody else" no grep -q ",$CLUB," info/usage.csv
check "not what the store keeps of it" no contains stored_bytes \
  "$(as "$BEA" cat info/usage.csv info/usage.json info/usage/*)"
check "by the verb" contains "GiB-months" \
  "$(as "$BEA" "$PLATTER" usage "$web")"
for file in usage.csv usage.json "usage/$(date -u +%Y-%m).csv"; do
  may_not "$CARL" cat "info/$file"
done
may_not "$BEA" ls "$MNT/info/operator"
may_not "$BEA" cat "$MNT/info/operator/usage.csv"
check "of all projects, for the operator" contains ",$WEB,.*,b," \
  "$(cat "$MNT/info/operator/usage.csv")"
limit images=default
cd / && stop_daemon && start_daemon -o projects,quota_images=3
check "limits outlive a restart" equal "$(property "$web" quota.properties)" 2
check "the configuration's limit is everybody's" sh -c \
  "[ \$(ls '$web/images' | wc -l) -ge 3 ]"
refused "the limit of the configuration" "[Qq]uota" \
  as "$ANNA" mkdir "$web/images/one-too-many"

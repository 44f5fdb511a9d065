# shellcheck shell=bash disable=SC2119
# tests/mount/lib.sh
#
# What every file of the mount suite stands on: a fresh store mounted in a
# temporary folder, small disks to send through it, and the few words the
# checks are written in. A file sources this, calls `begin "$@"`, checks, and
# ends; leaving it by any way unmounts, tidies up and prints
# "N passed, N failed".
#
# A file may be run alone: tests/mount/upload.sh BINARY
set -u
export LC_ALL=C

# A daemon that hangs must not hang the suite: everything, the daemon too, runs
# in one process group under a time limit.
if [ -z "${SUITE_LIMITED:-}" ]; then
  SUITE_LIMITED=1 exec timeout --kill-after=10 "${SUITE_LIMIT:-150}" \
    bash "$0" "$@"
fi

# The suite's own folder, for the files that source this.
# shellcheck disable=SC2034
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PASSED=0
FAILED=0
DAEMON=

# ---- Words for checks ------------------------------------------------------

# check NAME COMMAND...: passes when the command exits 0.
check() {
  local name=$1
  shift
  if "$@" >"$WORK/out" 2>&1; then
    pass "$name"
  else
    fail "$name" "exit status $? of: $*" "$(head -c 1500 "$WORK/out")"
  fi
}

# What the folder of an active image lists.
EVERY_FILE="disk.qcow2 disk.raw disk.vdi disk.vhd disk.vhdx disk.vmdk image.json"

# refused NAME ERROR COMMAND...: passes when the command exits non-zero and
# says ERROR (a regular expression over strerror texts) on stderr.
refused() {
  local name=$1 error=$2 status
  shift 2
  "$@" >"$WORK/out" 2>"$WORK/err"
  status=$?
  if [ $status -eq 0 ]; then
    fail "$name" "not refused: $*"
  elif ! grep -qE "$error" "$WORK/err"; then
    fail "$name" "refused without \"$error\": $*" "$(head -c 800 "$WORK/err")"
  else
    pass "$name"
  fi
}

# refused_saying NAME ERROR PHRASE COMMAND...: refused, and the newest sentence
# of info/errors matches PHRASE (a regular expression, case ignored).
refused_saying() {
  local name=$1 error=$2 phrase=$3
  shift 3
  refused "$name" "$error" "$@"
  check "$name: info/errors says why" last_error_matches "$phrase"
}

last_error_matches() {
  local line
  line=$(tail -n 1 "$MNT/info/errors") || return 1
  echo "info/errors ends with: $line"
  grep -qiE -- "$1" <<<"$line"
}

pass() {
  PASSED=$((PASSED + 1))
  [ -n "${SUITE_QUIET:-}" ] || echo "ok    $1"
}

fail() {
  local name=$1 line
  shift
  FAILED=$((FAILED + 1))
  echo "FAIL  $name"
  for line in "$@"; do
    [ -z "$line" ] || printf '%s\n' "$line" | sed 's/^/      /'
  done
}

# wait_until SECONDS COMMAND...: tries again until the command exits 0.
wait_until() {
  local limit=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $limit ] || return 1
    sleep 0.05
  done
}

no() { ! "$@"; }
equal() { [ "$1" = "$2" ] || { echo "\"$1\" is not \"$2\"" && return 1; }; }
at_least() { [ "$1" -ge "$2" ] || { echo "$1 < $2" && return 1; }; }
at_most() { [ "$1" -le "$2" ] || { echo "$1 > $2" && return 1; }; }
contains() { grep -qE -- "$1" <<<"$2" || { echo "no \"$1\" in: $2" && return 1; }; }

# ---- What an image is like -------------------------------------------------

# attribute IMAGE NAME: the property's value.
attribute() { getfattr --absolute-names --only-values -n "user.$2" "$IMAGES/$1"; }

set_attribute() { setfattr -n "user.$2" -v "$3" "$IMAGES/$1"; }

has_attribute() { equal "$(attribute "$1" "$2")" "$3"; }

has_status() { contains "^($2)\$" "$(attribute "$1" status)"; }

# names FOLDER: what ls shows of it, in one line.
names() { find "$1" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort | xargs; }

exists() { [ -e "$1" ] || { echo "$1 is missing" && return 1; }; }
missing() { [ ! -e "$1" ] || { echo "$1 is there" && return 1; }; }

# is_whole IMAGE FILE FORMAT: the image is active, gives back FILE byte for byte
# as disk.FORMAT, knows its hash, and shows the same disk in every format.
is_whole() {
  local image=$IMAGES/$1 file=$2 format=$3 sum
  has_status "$1" active || return
  cmp "$file" "$image/disk.$format" || return
  sum=$(sha256sum <"$file")
  equal "$(attribute "$1" os_hash_value)" "${sum%% *}" || return
  same_disk "$format" "$file" raw "$image/disk.raw" || return
  same_disk "$format" "$file" qcow2 "$image/disk.qcow2" || return
  qemu-img check -q -f qcow2 "$image/disk.qcow2"
}

# same_disk FORMAT FILE FORMAT FILE: a guest could not tell them apart.
same_disk() { qemu-img compare -q -f "$1" -F "$3" "$2" "$4"; }

# seal IMAGE: ends the time in which its owner may still write, as opening the
# worked-out view does.
seal() {
  head -c 1 "$IMAGES/$1/disk.raw" >/dev/null &&
    head -c 1 "$IMAGES/$1/disk.qcow2" >/dev/null
}

# upload IMAGE FILE: a sealed image, for checks that need one to work with.
upload() {
  mkdir "$IMAGES/$1" && cp "$2" "$IMAGES/$1/" && seal "$1"
}

# uploads IMAGE FILE FORMAT COMMAND...: COMMAND, sending FILE into the new
# image, exits 0 and leaves it whole.
uploads() {
  local image=$1 file=$2 format=$3
  shift 3
  mkdir "$IMAGES/$image"
  check "$image: uploads" "$@"
  check "$image: is whole" is_whole "$image" "$file" "$format"
}

# ---- The daemon ------------------------------------------------------------

platter() { "$PLATTER" "$@"; }

# A live mount of type fuse; a dead one is a mount point, too, but has no answer.
mounted() { [ "$(stat -f -c %t "$MNT")" = 65735546 ]; }

# start_daemon [OPTIONS...]: mounts, and returns when the tree is there.
# shellcheck disable=SC2120
start_daemon() {
  "$PLATTER" mount "$STORE" "$MNT" -f "$@" >>"$WORK/daemon.log" 2>&1 &
  DAEMON=$!
  wait_until 15 mounted || { echo "not mounted" && return 1; }
}

stop_daemon() {
  platter unmount "$MNT" && wait_for_daemon
}

# kill_daemon: as a crash does it; leaves a dead mount behind.
kill_daemon() {
  kill -KILL "$DAEMON" && wait_for_daemon
}

wait_for_daemon() {
  wait "$DAEMON" 2>/dev/null
  DAEMON=
}

restart_after_crash() {
  kill_daemon
  umount -l "$MNT" && start_daemon
}

# ---- Other users -----------------------------------------------------------

# begin_host BINARY [OPTIONS]: a store with a host mount, and users of the host
# who have no more rights than users have: $ANNA and $BEA of project $WEB, $CARL
# of $SHOP, who is in $CLUB besides, and $EVE, who is in no project.
begin_host() {
  local binary=$1
  shift
  [ "$(id -u)" -eq 0 ] || { echo "needs root: it makes users" && exit 1; }
  HOST_OPTIONS=("$@")
  WEB=pt${$}web SHOP=pt${$}shop CLUB=pt${$}club
  ANNA=pt${$}a BEA=pt${$}b CARL=pt${$}c EVE=pt${$}e
  begin "$binary"
  # The store is the operator's; the mount and the disks are everybody's.
  chmod 755 "$WORK" && chmod -R a+rX "$DISKS"
}

make_users() {
  [ -n "${ANNA:-}" ] || return 0
  # The lists of users take one change at a time.
  exec {LISTS}>/run/lock/platter-suite-users
  flock "$LISTS"
  groupadd "$WEB" && groupadd "$SHOP" && groupadd "$CLUB" &&
    useradd -M -g "$WEB" "$ANNA" && useradd -M -g "$WEB" "$BEA" &&
    useradd -M -g "$SHOP" -G "$CLUB" "$CARL" && useradd -M -g nogroup "$EVE"
  local made=$?
  exec {LISTS}>&-
  return $made
}

remove_users() {
  local name
  [ -n "${ANNA:-}" ] || return 0
  exec {LISTS}>/run/lock/platter-suite-users
  flock "$LISTS"
  for name in "$ANNA" "$BEA" "$CARL" "$EVE"; do
    pkill -KILL -u "$name"
    # A process that ends is its user's still.
    wait_until 5 no pgrep -u "$name"
    userdel "$name"
  done
  for name in "$WEB" "$SHOP" "$CLUB"; do groupdel "$name"; done
  exec {LISTS}>&-
} 2>/dev/null

# as USER COMMAND...: with that user's groups and no privileges.
as() {
  local user=$1
  shift
  setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups \
    --inh-caps=-all --reset-env "$@"
}

# project_of NAME: the folder of a project.
project() { echo "$MNT/projects/$1"; }

# project_has_image USER PROJECT IMAGE FILE: USER makes and fills an image.
project_has_image() {
  local folder
  folder=$(project "$2")/images/$3
  as "$1" mkdir "$folder" && as "$1" cp "$4" "$folder/" &&
    head -c 1 "$folder/disk.qcow2" >/dev/null
}

# property PATH NAME [USER]: a property's value as USER sees it.
property() {
  ${3:+as "$3"} getfattr --absolute-names --only-values -n "user.$2" "$1"
}

# may_not USER COMMAND...: refused with what a user may not do or not see.
may_not() {
  local user=$1
  shift
  refused "$user may not: $*" \
    "Permission denied|No such file|Operation not permitted|Read-only" \
    as "$user" "$@"
}

# ---- Begin and end ---------------------------------------------------------

# begin BINARY: a mounted store at $MNT, and the disks below $DISKS.
begin() {
  PLATTER=$(realpath "${1:?usage: $0 PLATTER_BINARY}")
  WORK=$(mktemp -d "${TMPDIR:-/tmp}/platter-suite.XXXXXX")
  trap finish EXIT
  trap 'fail "time limit reached, or interrupted"; exit 1' TERM INT HUP
  STORE=$WORK/store
  MNT=$WORK/mnt
  IMAGES=$MNT/images
  DISKS=$WORK/disks
  export XDG_CONFIG_HOME=$WORK/config
  mkdir "$MNT" "$DISKS"
  echo "== $(basename "$0" .sh)"
  make_disks || exit 1
  make_users || exit 1
  platter init "$STORE" >/dev/null || exit 1
  start_daemon ${ANNA:+-o "projects${HOST_OPTIONS[0]:+,${HOST_OPTIONS[0]}}"} ||
    exit 1
}

finish() {
  local status=0
  cd /
  stop_background_jobs
  unmount_all
  remove_users
  [ -z "$DAEMON" ] || kill -KILL "$DAEMON" 2>/dev/null
  [ $FAILED -eq 0 ] || { echo "daemon's log:" && tail -n 15 "$WORK/daemon.log"; }
  [ -n "$(mounts)" ] || rm -rf --one-file-system "$WORK"
  echo "$PASSED passed, $FAILED failed"
  [ $FAILED -eq 0 ] && [ $PASSED -gt 0 ] || status=1
  exit $status
}

# The mounts below $WORK, dead ones too.
mounts() { findmnt -rn -o TARGET | grep "^$WORK/"; }

unmount_all() {
  local mount
  for mount in $(mounts); do
    platter unmount "$mount" >/dev/null 2>&1 || umount -l "$mount"
  done
}

# Writers that a check left behind; the daemon itself is not one of them.
stop_background_jobs() {
  local job
  for job in $(jobs -p); do
    [ "$job" = "$DAEMON" ] || kill "$job" 2>/dev/null
  done
}

# ---- Disks to send ---------------------------------------------------------

# A real ext4 disk with programs, text, noise and holes, in the forms users
# have it: $RAW (sparse), $QCOW2, $ZLIB and $ZSTD (compressed clusters), and
# $SMALL, a 1 MiB raw disk for what must happen often.
make_disks() {
  local tree=$DISKS/tree
  RAW=$DISKS/disk.raw QCOW2=$DISKS/disk.qcow2 ZLIB=$DISKS/zlib.qcow2
  ZSTD=$DISKS/zstd.qcow2 SMALL=$DISKS/small.raw
  mkdir "$tree" && cp -rL /bin/{bash,cp,dd,ls,tar} /etc/passwd \
    /usr/share/common-licenses "$tree/"
  head -c 2M /dev/urandom >"$tree/noise"
  seq 300000 >"$tree/numbers"
  truncate -s 24M "$RAW" && mkfs.ext4 -q -F -d "$tree" "$RAW" &&
    qemu-img convert -f raw -O qcow2 "$RAW" "$QCOW2" &&
    qemu-img convert -c -f raw -O qcow2 "$RAW" "$ZLIB" &&
    qemu-img convert -c -f raw -O qcow2 -o compression_type=zstd \
      "$RAW" "$ZSTD" &&
    head -c 1M "$DISKS/tree/bash" >"$SMALL"
}

#!/bin/bash
# tests/mount/cli.sh BINARY
#
# The command line: exit codes, help, mounting by hand, by mount(8) and by a
# service manager, and getting rid of a mount in every way.
# shellcheck source=tests/mount/lib.sh
. "$(dirname "$0")/lib.sh"

# exits NAME STATUS COMMAND...; what the command says is in $WORK/said.
exits() {
  local name=$1 status=$2
  shift 2
  "$@" >"$WORK/said" 2>&1
  check "$name: exit status $status" equal $? "$status"
}

test_help() {
  local verb
  check "--help" contains 'mount' "$(platter --help)"
  check "version" contains '[0-9]+\.[0-9]+' "$(platter version)"
  for verb in init mount unmount status why inspect project capture import tasks \
    config completion; do
    check "$verb --help" contains "$verb" "$(platter $verb --help)"
  done
  exits "an unknown verb" 2 platter frobnicate
  check "an unknown verb is named" grep -q frobnicate "$WORK/said"
  exits "an unknown option" 2 platter mount --frobnicate
  exits "no verb" 2 platter
  exits "a missing argument" 2 platter init
}

# completed SHELL WORD...: what a shell offers for the last word.
completed() {
  local shell=$1
  shift
  case $shell in
    bash)
      # shellcheck disable=SC1090
      (source <(platter completion bash) && COMP_WORDS=(platter "$@") &&
        COMP_CWORD=$# && _platter && echo "${COMPREPLY[*]}") ;;
    fish)
      platter completion fish >"$WORK/platter.fish"
      fish --no-config -c "source '$WORK/platter.fish'
        complete -C 'platter $*'" | cut -f1 | xargs ;;
  esac
}

test_completion() {
  local shell
  # Where there are no files to be offered besides.
  mkdir "$WORK/empty" && cd "$WORK/empty" || return
  for shell in bash fish; do
    check "$shell completes verbs" \
      equal "$(completed $shell un)" unmount
    check "$shell completes options of a verb" \
      equal "$(completed $shell mount --fore)" --foreground
    check "$shell completes verbs below a verb" \
      equal "$(completed $shell project sh)" show
    check "$shell completes options below that" \
      equal "$(completed $shell project add --gr)" --group
  done
  platter completion zsh >"$WORK/_platter"
  check "zsh takes its script" zsh -n "$WORK/_platter"
  check "which knows the verbs" grep -q "'unmount:End a mount" "$WORK/_platter"
  exits "another shell" 4 platter completion tcsh
  cd /
}

test_init() {
  exits "init" 0 platter init "$WORK/new"
  check "init says what it made" grep -q "$WORK/new" "$WORK/said"
  exits "init twice" 4 platter init "$WORK/new"
  check "init twice names the folder" grep -q "$WORK/new" "$WORK/said"
  mkdir "$WORK/full" && touch "$WORK/full/thesis.txt"
  exits "init in a folder with files" 4 platter init "$WORK/full"
  check "init in a folder with files leaves them" exists "$WORK/full/thesis.txt"
  exits "init below a file" 1 platter init /etc/passwd/store
}

test_mount() {
  mkdir "$WORK/second"
  exits "mount of a missing store" 3 platter mount "$WORK/none" "$WORK/second"
  check "mount of a missing store names it" grep -q "$WORK/none" "$WORK/said"
  exits "mount on a missing folder" 3 platter mount "$WORK/new" "$WORK/nowhere"
  exits "mount of a store in use" 5 platter mount "$STORE" "$WORK/second"
  exits "mount, unknown -o" 2 platter mount "$WORK/new" "$WORK/second" \
    -o frobnicate
  check "mount, unknown -o is named" grep -q frobnicate "$WORK/said"
  exits "mount" 0 platter mount "$WORK/new" "$WORK/second"
  check "mount returns when the tree is there" exists "$WORK/second/images"
  check "mount shows in findmnt" contains fuse.platter \
    "$(findmnt -no FSTYPE "$WORK/second")"
  exits "mount over a mount" 5 platter mount "$WORK/new" "$WORK/second"
}

test_status() {
  exits "status" 0 platter status "$WORK/second"
  check "status names the store" grep -q "$WORK/new" "$WORK/said"
  exits "status of all" 0 platter status
  check "status of all: both" \
    contains "$WORK/second.*|$MNT" "$(tr '\n' ' ' <"$WORK/said")"
  exits "status of no mount" 3 platter status "$WORK"
  exits "config" 0 platter config
  check "config is TOML" /usr/bin/python3 -c \
    'import sys, tomllib; assert tomllib.load(open(sys.argv[1], "rb"))' \
    "$WORK/said"
}

holds_open() { readlink "/proc/$1/fd/"* | grep -qxF "$2"; }

test_unmount() {
  tail -f "$WORK/second/README" >/dev/null 2>&1 &
  local reader=$!
  wait_until 5 holds_open "$reader" "$WORK/second/README"
  exits "unmount of a busy mount" 5 platter unmount "$WORK/second"
  check "unmount of a busy mount says who" grep -q $reader "$WORK/said"
  kill $reader && wait $reader 2>/dev/null
  exits "unmount" 0 platter unmount "$WORK/second"
  check "unmounted" no mountpoint -q "$WORK/second"
  exits "unmount of no mount" 3 platter unmount "$WORK/second"
  check "the store is free again" platter mount "$WORK/new" "$WORK/second"
  check "umount works too" umount "$WORK/second"
}

# Names that the kernel's table of mounts writes in its own way.
test_odd_names() {
  local odd="$WORK/a b/ü \\040"
  mkdir -p "$odd"
  exits "mount, odd name" 0 platter "$WORK/new" "$odd" -o ro,noatime
  check "mount, odd name: read-only" no mkdir "$odd/images/x"
  exits "status, odd name" 0 platter status "$odd"
  check "status, odd name: is that mount" grep -qF "$odd" "$WORK/said"
  exits "unmount from within, odd name" 0 \
    bash -c 'cd "$1/images" && exec "$2" unmount ..' _ "$odd" "$PLATTER"
}

test_lazy_unmount() {
  local reader
  platter mount "$WORK/new" "$WORK/second" >/dev/null
  tail -f "$WORK/second/README" >/dev/null 2>&1 &
  reader=$!
  wait_until 5 holds_open "$reader" "$WORK/second/README"
  exits "unmount --lazy" 0 platter unmount --lazy "$WORK/second"
  check "unmount --lazy: gone from the tree" no mountpoint -q "$WORK/second"
  exits "unmount --lazy: the store is in use still" 5 \
    platter mount "$WORK/new" "$WORK/second"
  kill "$reader" && wait "$reader" 2>/dev/null
  check "unmount --lazy: in the end it is free" \
    wait_until 10 platter mount "$WORK/new" "$WORK/second"
  exits "unmount, by the store's name" 0 platter unmount "$WORK/new"
}

test_config() {
  local file=$WORK/config.toml
  printf '[images]\nhash = "md5"\n' >"$file"
  exits "a wrong setting" 2 platter mount "$WORK/new" "$WORK/second" \
    --config "$file"
  check "a wrong setting: file and line" grep -qF "$file:2" "$WORK/said"
  check "a wrong setting: what is allowed" grep -q sha512 "$WORK/said"
  PLATTER_MOUNT_THREADS=none exits "a wrong variable" 2 platter config
  platter config -o settle=7 >"$file"
  exits "config reads what it wrote" 0 platter config --config "$file"
  check "config reads what it wrote: the value" \
    grep -q "^settle = \"7s\" .*$file" "$WORK/said"
}

test_signals() {
  mkdir "$IMAGES/last"
  cp "$SMALL" "$IMAGES/last/"
  kill -HUP "$DAEMON"
  check "SIGHUP keeps the mount" ls "$MNT/images"
  kill -TERM "$DAEMON"
  check "SIGTERM unmounts" wait_until 10 no mounted
  check "SIGTERM ends in order" wait "$DAEMON"
  check "mount again" start_daemon
  check "SIGTERM lost nothing" is_whole last "$SMALL" raw
}

test_stale_mount() {
  kill_daemon
  refused "a dead mount says so" "not connected" ls "$MNT"
  check "mount over a dead mount" start_daemon
  check "mount over a dead mount: is whole" is_whole last "$SMALL" raw
  check "mount over a dead mount: it is the only one" \
    equal "$(findmnt -rn -o TARGET | grep -c "^$MNT\$")" 1
}

# As the helper of mount(8): positionals first, and a list of options that mean
# something to mount(8) and systemd only. The helper is seen by a private
# copy of the mount table, so that nothing is installed.
test_fstab() {
  local helper=$WORK/sbin/mount.fuse.platter
  mkdir "$WORK/sbin" && ln -s "$PLATTER" "$helper"
  exits "helper" 0 "$helper" "$WORK/new" "$WORK/second" -o \
    rw,noatime,noexec,nosuid,nodev,user,_netdev,nofail,x-systemd.automount
  check "helper: the tree is there" exists "$WORK/second/images"
  check "helper: unmount" umount "$WORK/second"
  exits "helper, unknown option" 1 "$helper" "$WORK/new" "$WORK/second" \
    -o frobnicate
  check "helper, unknown option is named" grep -q frobnicate "$WORK/said"
  exits "helper, missing store" 32 "$helper" "$WORK/none" "$WORK/second" -o rw
  check "mount -t fuse.platter" unshare --mount bash -c \
    "mount -t overlay -o lowerdir='$WORK/sbin':/usr/sbin overlay /usr/sbin &&
     mount -t fuse.platter -o noatime,_netdev,nofail \
       '$WORK/new' '$WORK/second' &&
     ls '$WORK/second/images' && umount '$WORK/second'"
}

test_service_manager() {
  export WORK
  check "sd_notify says READY=1" python3 "$HERE/probe.py" notified READY=1 \
    "$PLATTER" mount "$WORK/new" "$WORK/second" -f
  check "stopped by its service manager" \
    wait_until 10 no mountpoint -q "$WORK/second"
}

# Others on the machine: the kernel asks us only with allow_other.
test_strangers() {
  as_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
  chmod 755 "$WORK"
  refused "a stranger, without allow_other" "Permission denied" \
    as_nobody ls "$IMAGES"
  stop_daemon && start_daemon -o allow_other
  refused "a stranger, with allow_other" "Permission denied" \
    as_nobody ls "$IMAGES"
  refused "a stranger reads no disk" "Permission denied" \
    as_nobody head -c 1 "$IMAGES/last/disk.raw"
  check "the owner goes on" is_whole last "$SMALL" raw
}

begin "$@"
test_help
test_completion
test_init
test_mount
test_status
test_unmount
test_odd_names
test_lazy_unmount
test_config
test_signals
test_stale_mount
test_fstab
test_service_manager
test_strangers

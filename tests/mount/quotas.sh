#!/bin/bash
# tests/mount/quotas.sh BINARY
#
# `platter project`, what a project may have at most, and what is written down
# of it. Needs root, to be other users.
# shellcheck source=tests/mount/lib.sh
. "$(dirname "$0")/lib.sh"

WEB=64713

# as_web COMMAND...: as a user whose only group is that of project web.
as_web() { setpriv --reuid $WEB --regid $WEB --clear-groups -- "$@"; }

start_host() {
  stop_daemon
  chmod 711 "$WORK" && chmod 755 "$MNT" "$DISKS" "$DISKS"/*.*
  start_daemon -o "projects,groups=web=$WEB,quota_images=9"
}

# says NAME STATUS PHRASE COMMAND...: exits so, and says that.
says() {
  local name=$1 status=$2 phrase=$3
  shift 3
  "$@" >"$WORK/said" 2>&1
  check "$name: exit status" equal $? "$status"
  check "$name: says so" contains "$phrase" "$(<"$WORK/said")"
}

project() { platter project "$1" "$MNT" "${@:2}"; }

# events FILTER: the lines of web's trail that match it.
events() { grep -c -- "$1" "$MNT/projects/web/info/events.jsonl"; }

test_one_project() {
  says "without -o projects" 3 "mount the store with -o" project list
  stop_daemon
  says "not as root" 4 "is made by root" as_web "$PLATTER" mount "$STORE" \
    "$MNT" -o projects
  start_daemon
}

test_verb() {
  says "add" 0 "made project web" project add web bytes=64MiB
  says "add again" 4 "web" project add web
  says "add a bad name" 4 "1 to 64" project add ../web
  says "add, unknown limit" 4 "images bytes uploads" project add x floors=3
  check "nothing was made" missing "$MNT/projects/x"
  says "add, unknown group" 4 "no group" project add x --group no-such-group
  says "set" 0 "0 of 3" project set web images=3
  says "set a bad value" 4 "a number, unlimited or default" \
    project set web images=many
  says "set, not by an administrator" 4 "administrators" \
    as_web "$PLATTER" project set "$MNT" web images=99
  says "set of what is not there" 3 "project add" project set shop images=1
  says "show" 0 "0 B of 64 MiB" project show web
  says "show, the configured limit" 0 "0 of 9" project show default
  says "list" 0 "^web .*0 of 3" project list
  says "list has the store's own" 0 "^default " project list
  says "set to the configured limit" 0 "0 of 9" project set web images=default
}

test_limits() {
  project set web images=2 bytes=3MiB >"$WORK/said"
  cd "$MNT/projects/web" || return
  check "within" as_web cp "$SMALL" images/a.raw
  check "within, again" as_web cp "$SMALL" images/b.raw
  refused "one image more" "quota" as_web mkdir images/c
  check "its sentence" as_web grep -q \
    "Maximum image limit reached: project web has 2 of 2" info/errors
  as_web rm -r images/b
  refused "more bytes than are left" "quota" as_web cp "$RAW" images/c.raw
  check "the trash is named" as_web grep -q "lie in the trash" info/errors
  as_web rm -rf images/c trash/*
  check "room again" as_web cp "$SMALL" images/b.raw
  project set web images=0 >"$WORK/said"
  refused "no images at all" "not supported" as_web mkdir images/c
  check "its sentence" as_web grep -q "Image feature is not enabled" info/errors
  check "what is there is read" as_web cmp "$SMALL" images/a/disk.raw
  check "why" contains "Image feature is not enabled" \
    "$(as_web "$PLATTER" why "$MNT/projects/web/images/c")"
  cd / || return
}

test_audit() {
  check "uploads are written down" at_least "$(events '"act":"upload"')" 3
  check "by whom" at_least "$(events "\"uid\":$WEB,\"command\":\"cp\"")" 3
  check "purges" at_least "$(events '"act":"purge"')" 1
  check "refusals" at_least \
    "$(events '"act":"refused".*Maximum image limit reached')" 1
  check "limits" at_least "$(events '"act":"quota".*"value":"64MiB"')" 1
  local lines
  lines=$(events .)
  check "every line is JSON" equal "$lines" \
    "$(jq -c . "$MNT/projects/web/info/events.jsonl" | wc -l)"
  stop_daemon
  start_daemon -o "projects,groups=web=$WEB,audit_rotate=64KiB,audit_keep=1"
  check "the trail outlives the daemon" equal "$(events .)" "$lines"
  check "it lies in the store" exists "$STORE/audit/web.jsonl"
}

test_removal() {
  says "remove with images" 4 "still has 2 images" project remove web
  rm -r "$MNT"/projects/web/images/* && rm -r "$MNT"/projects/web/trash/*
  says "remove" 0 "removed project web" project remove web
  says "it is gone" 3 "no project web" project show web
}

begin "$@"
test_one_project
start_host
test_verb
test_limits
test_audit
test_removal

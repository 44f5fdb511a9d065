#!/bin/bash
# tests/mount/schema.sh BINARY
#
# What properties take, as the operator says it: the shipped namespaces, a
# folder of further ones, property protections; and what goes by properties,
# `platter check-launch`.
# shellcheck source=tests/mount/lib.sh
. "$(dirname "$0")/lib.sh"

SHIPPED=$HERE/../../share/schema

# restart OPTIONS: mounts again with these settings.
restart() {
  cd / && stop_daemon && start_daemon -o "$1" && cd "$IMAGES" || return
}

# free_value NAME VALUE: is taken as it is.
free_value() {
  check "user.$1=$2 is taken" set_attribute typed "$1" "$2"
  check "user.$1=$2 is kept" has_attribute typed "$1" "$2"
}

# no_value NAME VALUE PHRASE
no_value() {
  refused_saying "user.$1=$2" "Invalid argument" "$3" \
    set_attribute typed "$1" "$2"
}

test_shipped() {
  local file
  upload typed "$SMALL"
  check "info/schema lists what is shipped" \
    equal "$(names "$MNT/info/schema")" "$(names "$SHIPPED")"
  for file in "$SHIPPED"/*.json; do
    check "$(basename "$file") is shown" \
      cmp "$file" "$MNT/info/schema/$(basename "$file")"
  done
  check "it is JSON" equal \
    "$(jq -r .namespace "$MNT/info/schema/OS__Compute__TPM.json")" \
    OS::Compute::TPM
  refused "nothing is written there" "Read-only|Permission" \
    bash -c "echo >$MNT/info/schema/own.json"
  free_value trait:HW_CPU_X86_AVX2 required
  no_value trait:HW_CPU_X86_AVX2 wanted 'one of required; "wanted" is not'
  free_value hw_numa_cpus.0 0-3
  no_value hw_numa_cpus.0 all 'hw_numa_cpus.0 is a text that matches'
  no_value kernel_id vmlinuz 'kernel_id is a UUID'
  no_value os_shutdown_timeout -1 'a whole number from 0; "-1" is not'
  free_value my_own_key "any text"
}

# ---- An operator's folder --------------------------------------------------

own_schema() {
  mkdir -p "$WORK/schema"
  cat >"$WORK/schema/acme.json" <<'JSON'
{
  "namespace": "Acme::Racks",
  "properties": {
    "acme_rack": {"type": "integer", "minimum": 1, "maximum": 40},
    "acme_zones": {"type": "array", "items": {"enum": ["north", "south"]}}
  }
}
JSON
}

test_folder() {
  own_schema
  check "mounts with a folder" restart "schema_folder=$WORK/schema"
  check "its file is shown" \
    cmp "$WORK/schema/acme.json" "$MNT/info/schema/Acme__Racks.json"
  no_value acme_rack 41 'acme_rack is a whole number from 1 to 40; "41" is not'
  check "a number" set_attribute typed acme_rack 07
  check "a number is kept in one form" has_attribute typed acme_rack 7
  check "a list" set_attribute typed acme_zones '["north", "south"]'
  check "a list is kept with commas" has_attribute typed acme_zones north,south
  no_value acme_zones east 'each one of north south'
  no_value hw_disk_bus sataa 'one of scsi'
  check "image.json has texts" equal \
    "$(jq -r '[.acme_rack, .acme_zones] | @json' typed/image.json)" \
    '["7","north,south"]'
}

test_replaced() {
  jq '.properties.hw_disk_bus.enum += ["nvme"]' \
    "$MNT/info/schema/OS__Compute__LibvirtImage.json" \
    >"$WORK/schema/libvirt.json"
  check "mounts with a changed copy" restart "schema_folder=$WORK/schema"
  free_value hw_disk_bus nvme
  check "the copy is shown" cmp "$WORK/schema/libvirt.json" \
    "$MNT/info/schema/OS__Compute__LibvirtImage.json"
}

test_unknown() {
  check "mounts and refuses unknown names" \
    restart "schema_folder=$WORK/schema,unknown_properties=refuse"
  no_value my_other_key 1 'no schema defines a property my_other_key'
  free_value description "any text"
  check "one that is there may go" setfattr -x user.my_own_key typed
  check "a name of its own is there still" has_attribute typed acme_rack 7
}

# bad NAME FILE TEXT PHRASE...: the mount is refused for that file with exit
# status 2, and nothing is mounted.
bad() {
  local name=$1 file=$WORK/schema/$2 status phrase
  printf '%s' "$3" >"$file"
  shift 3
  platter mount "$STORE" "$MNT" -o "schema_folder=$WORK/schema" \
    >"$WORK/out" 2>"$WORK/err"
  status=$?
  rm "$file"
  check "$name: exit status 2" equal $status 2
  check "$name: names the file" contains "$file" "$(cat "$WORK/err")"
  for phrase in "$@"; do
    check "$name: says $phrase" contains "$phrase" "$(cat "$WORK/err")"
  done
  check "$name: nothing is mounted" no mounted
}

property() { echo '{"namespace": "Bad", "properties": {"'"$1"'": '"$2"'}}'; }

test_bad() {
  cd / && stop_daemon
  bad "no JSON" bad.json '{' 'is not JSON'
  bad "unknown type" bad.json "$(property bad_one '{"type": "strin"}')" \
    'namespace "Bad", property bad_one: type is one of string' '"strin" is not'
  bad "bad pattern" bad.json \
    "$(property bad_one '{"type": "string", "pattern": "["}')" \
    'property bad_one: pattern "\[" is no regular expression'
  bad "reserved name" bad.json "$(property status '{"type": "string"}')" \
    "property status: the name is one of Platter's own" 'remove it'
  bad "two meanings" bad.json "$(property acme_rack '{"type": "string"}')" \
    'property acme_rack' 'Acme::Racks' 'differently'
  platter mount "$STORE" "$MNT" -o "schema_folder=$WORK/none" 2>"$WORK/err"
  check "no folder: exit status 2" equal $? 2
  check "no folder: says so" contains 'clear schema.folder' \
    "$(cat "$WORK/err")"
  check "mounts again" start_daemon
  cd "$IMAGES" || return
}

# ---- Property protections --------------------------------------------------

# as_member COMMAND...: as a user who is in the project's group and no admin.
as_member() { setpriv --reuid 4711 --regid 4712 --clear-groups "$@"; }

protections() {
  cat >"$WORK/protections.json" <<'JSON'
{"rules": [
  {"property": "secret_.*", "create": ["admin"], "read": ["admin"],
   "update": ["admin"], "delete": ["admin"]},
  {"property": "os_distro", "create": ["admin"], "read": ["@"],
   "update": ["admin"], "delete": ["!"]},
  {"property": "(description|acme_.*|my_.*)", "create": ["@"], "read": ["@"],
   "update": ["@"], "delete": ["@"]}
]}
JSON
}

# denied NAME PHRASE COMMAND...: EPERM.
denied() {
  local name=$1 phrase=$2
  shift 2
  refused_saying "$name" "Operation not permitted" "$phrase" "$@"
}

test_admin() {
  protections
  check "mounts with protections" restart "$1"
  check "an admin sets" set_attribute typed os_distro debian
  check "an admin sets a secret" set_attribute typed secret_a 1
  check "an admin reads it" has_attribute typed secret_a 1
  denied "nobody removes" 'let nobody delete os_distro' \
    setfattr -x user.os_distro typed
  denied "no rule: nobody" 'no rule of the property protections is for os_x' \
    set_attribute typed os_x 1
}

test_member() {
  chmod 711 "$WORK"
  denied "a member does not update" 'only administrators update os_distro' \
    as_member setfattr -n user.os_distro -v rhel typed
  check "a member reads it" contains '"debian"' \
    "$(as_member getfattr -n user.os_distro typed)"
  check "a member sets others" as_member setfattr -n user.my_a -v 1 typed
  refused "a member reads no secret" "No such attribute" \
    as_member getfattr -n user.secret_a typed
  check "a member sees no secret" \
    no contains secret "$(as_member getfattr -d typed)"
  check "nor in image.json" equal \
    "$(as_member jq -r '[.secret_a, .my_a] | @json' typed/image.json)" \
    '[null,"1"]'
  check "an admin does" equal "$(jq -r .secret_a typed/image.json)" 1
  as_member jq '.my_a = "2"' typed/image.json >"$WORK/edited.json"
  check "a member edits image.json" \
    as_member cp "$WORK/edited.json" typed/image.json
  check "a member edits image.json: it counts" has_attribute typed my_a 2
  check "... and the secret is there still" has_attribute typed secret_a 1
  check "a member lists info/schema" equal \
    "$(as_member ls "$MNT/info/schema" | xargs)" "$(names "$SHIPPED")"
}

test_bad_protections() {
  cd / && stop_daemon
  echo '{"rules": [{"property": "x"}]}' >"$WORK/protections.json"
  platter mount "$STORE" "$MNT" \
    -o "property_protections=$WORK/protections.json" 2>"$WORK/err"
  check "bad protections: exit status 2" equal $? 2
  check "bad protections: says why" contains \
    'protections.json, rule 1: "create" is a list of roles' \
    "$(cat "$WORK/err")"
  check "bad protections: nothing is mounted" no mounted
  check "mounts without them" start_daemon
  cd "$IMAGES" || return
}

# ---- check-launch ----------------------------------------------------------

# launch NAME STATUS PHRASE ARGUMENTS...
launch() {
  local name=$1 status=$2 phrase=$3 said
  shift 3
  said=$(platter check-launch "$@" 2>&1)
  check "$name: exit status $status" equal $? "$status"
  check "$name: says so" contains "$phrase" "$said"
}

test_check_launch() {
  upload ready "$QCOW2"
  set_attribute ready min_disk 10
  set_attribute ready min_ram 512
  launch "enough" 0 '^may be launched: ready$' ready --disk 10 --ram 512
  launch "a file of it" 0 '^may be launched' ready/disk.raw --disk 10 --ram 512
  launch "a small disk" 4 '9 GiB of disk are less than user.min_disk, 10 GiB' \
    ready --disk 9 --ram 512
  launch "little memory" 4 \
    '511 MiB of memory are less than user.min_ram, 512 MiB' \
    ready --disk 10 --ram 511
  launch "both" 4 'user.min_ram' ready --disk 0 --ram 0
  launch "both, the other" 4 'user.min_disk' ready --disk 0 --ram 0
  setfattr -x user.min_disk ready
  launch "the disk's own size, rounded up" 4 \
    "0 GiB of disk are less than the image's own, 1 GiB" \
    ready --disk 0 --ram 512
  launch "the disk's own size" 0 'may be launched' ready --disk 1 --ram 512
  set_attribute ready os_hidden true
  launch "hidden ones" 0 'may be launched' ready --disk 1 --ram 512
  set_attribute ready deprecated yes
  launch "deprecated ones" 0 'warning: ready: it is deprecated; user.repl' \
    ready --disk 1 --ram 512
  mkdir debian-13
  set_attribute ready replacement debian-13
  launch "their replacement" 0 'deprecated; use debian-13' \
    ready --disk 1 --ram 512
}

test_check_launch_states() {
  set_attribute ready status deactivated
  launch "deactivated" 4 'deactivated; an administrator sets user.status' \
    ready --disk 1 --ram 512
  mkdir empty
  launch "queued" 4 'it is queued, not active: its data is not whole yet' \
    empty --disk 1 --ram 512
  rmdir ready
  launch "in the trash" 4 'it is in the trash' \
    "$MNT/trash/ready" --disk 1 --ram 512
  launch "none" 3 'there is no none' none --disk 1 --ram 512
  launch "no image" 3 'is no image' "$MNT/info/errors" --disk 1 --ram 512
  launch "no mount" 3 'lies in no mount' "$SMALL" --disk 1 --ram 512
  launch "no --ram" 2 '--ram is required' empty --disk 1
  launch "no number" 2 '--disk' empty --disk 1G --ram 1
  launch "no size" 2 '--disk' empty --disk -1 --ram 1
}

test_check_launch_json() {
  local said
  upload plain "$SMALL"
  said=$(platter check-launch plain --disk 1 --ram 1 --json)
  check "JSON" equal "$(jq -c . <<<"$said")" \
    '{"image":"plain","may_launch":true,"reasons":[],"warnings":[]}'
  said=$(platter check-launch plain --disk 0 --ram 1 --json)
  check "JSON of a refusal" equal \
    "$(jq -r '[.may_launch, (.reasons | length)] | @json' <<<"$said")" \
    '[false,1]'
}

begin "$@"
cd "$IMAGES" || exit 1
test_shipped
test_folder
test_replaced
test_unknown
test_bad
if [ "$(id -u)" = 0 ]; then
  test_admin "property_protections=$WORK/protections.json,allow_other,groups=default=4712"
  test_member
else
  test_admin "property_protections=$WORK/protections.json"
fi
test_bad_protections
test_check_launch
test_check_launch_states
test_check_launch_json

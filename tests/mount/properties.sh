#!/bin/bash
# tests/mount/properties.sh BINARY
#
# What is known of an image: extended attributes with their types, and
# image.json, which holds the same.
# shellcheck source=tests/mount/lib.sh
. "$(dirname "$0")/lib.sh"

test_computed() {
  local name
  upload known "$ZLIB"
  for name in id created_at updated_at size virtual_size file_name status \
    os_hash_algo os_hash_value disk_format visibility protected min_disk \
    min_ram; do
    check "getfattr -d tells $name" \
      contains "^user.$name=" "$(getfattr -d known)"
  done
  check "id is a UUID" contains '^[0-9a-f-]{36}$' "$(attribute known id)"
  check "size" has_attribute known size "$(stat -c %s "$ZLIB")"
  check "virtual_size" has_attribute known virtual_size $((24 << 20))
  check "disk_format" has_attribute known disk_format qcow2
  check "file_name" has_attribute known file_name zlib.qcow2
  check "visibility begins private" has_attribute known visibility private
  check "os_hash_algo" has_attribute known os_hash_algo sha256
  check "stored_size, for admins" at_least "$(attribute known stored_size)" 1
  check "files carry no list" equal "$(getfattr -d known/disk.qcow2)" ""
  check "files answer by name" equal "$(attribute known id)" \
    "$(attribute known/disk.raw id)"
  refused "an attribute that nobody set" "No such attribute" \
    getfattr -n user.nothing known
}

test_set_and_remove() {
  upload free "$SMALL"
  check "set os_distro" set_attribute free os_distro debian
  check "set os_distro: reads back" has_attribute free os_distro debian
  check "set description, with spaces and UTF-8" \
    set_attribute free description "Überall gleich"
  check "set any other" set_attribute free my_own_key "a value"
  check "set hw_disk_bus" set_attribute free hw_disk_bus virtio
  check "set min_disk" set_attribute free min_disk 10
  check "set os_hidden" set_attribute free os_hidden 1
  check "set os_hidden: one form" has_attribute free os_hidden true
  check "set a tag" setfattr -n user.tag.lts free
  check "set a tag: is listed" contains '^user.tag.lts' "$(getfattr -d free)"
  check "set visibility" set_attribute free visibility community
  check "remove os_distro" setfattr -x user.os_distro free
  check "remove os_distro: is gone" no attribute free os_distro
  check "remove min_disk: has its default" setfattr -x user.min_disk free
  check "remove min_disk: 0" has_attribute free min_disk 0
  check "remove a tag" setfattr -x user.tag.lts free
  check "remove a tag: is gone" \
    no contains '^user.tag.lts' "$(getfattr -d free)"
  sleep 1 # times are shown in seconds
  set_attribute free os_version 12
  check "updated_at moved" \
    no equal "$(attribute free updated_at)" "$(attribute free created_at)"
}

# no_value NAME VALUE PHRASE: the type of the property is checked.
no_value() {
  refused_saying "user.$1=$2" "Invalid argument" "$3" \
    set_attribute typed "$1" "$2"
}

test_types() {
  upload typed "$SMALL"
  no_value hw_disk_bus sataa 'hw_disk_bus.*virtio.*sataa'
  no_value min_disk many 'min_disk.*many'
  no_value min_ram -5 'min_ram.*-5'
  no_value protected maybe 'protected.*maybe'
  no_value os_hidden 2 'os_hidden.*2'
  no_value visibility everyone 'visibility.*everyone'
  no_value status killed 'status.*killed'
  check "refused values changed nothing" has_attribute typed visibility private
}

test_read_only() {
  local id
  upload fixed "$SMALL"
  id=$(attribute fixed id)
  refused_saying "another id" "not permitted" "id" \
    set_attribute fixed id 00000000-0000-4000-8000-000000000000
  check "the same id" set_attribute fixed id "$id"
  refused "another size" "not permitted" set_attribute fixed size 5
  refused "another hash" "not permitted" \
    set_attribute fixed os_hash_value "$(printf 'ab%.0s' {1..32})"
  refused "another disk_format" "not permitted" \
    set_attribute fixed disk_format qcow2
  refused "removing the id" "not permitted" setfattr -x user.id fixed
  refused "a foreign namespace" "not supported" \
    setfattr -n trusted.note -v x fixed
  refused "reading a foreign namespace" "No such attribute" \
    getfattr -n trusted.note fixed
  mkdir unsealed
  check "computed names are ignored before there is data" \
    set_attribute unsealed size 5
}

test_deactivate() {
  upload off "$SMALL"
  check "deactivate" set_attribute off status deactivated
  check "deactivated" has_status off deactivated
  check "activate" set_attribute off status active
  check "activated: is whole" is_whole off "$SMALL" raw
}

test_restore() {
  upload saved "$SMALL"
  set_attribute saved os_distro ubuntu
  set_attribute saved description 'quotes " and \ and
a second line'
  getfattr -d saved >"$WORK/saved.txt"
  setfattr -x user.os_distro saved
  set_attribute saved min_ram 512
  check "setfattr --restore" setfattr --restore="$WORK/saved.txt"
  getfattr -d saved >"$WORK/again.txt"
  check "setfattr --restore: as it was" \
    diff <(grep -v updated_at "$WORK/saved.txt") \
    <(grep -v updated_at "$WORK/again.txt")
}

test_limits() {
  local count number
  upload many "$SMALL"
  number=$(getfattr -d many | grep -c '^user.')
  for count in {1..128}; do
    set_attribute many "p$count" "$count" || break
  done 2>"$WORK/err"
  check "128 properties" equal "$count" 128
  check "getfattr -d prints them all" \
    equal "$(getfattr -d many | grep -c '^user.')" $((number + 128))
  refused_saying "one more" "quota" "128" set_attribute many p129 x
}

test_image_json() {
  upload json "$QCOW2"
  set_attribute json os_distro debian
  check "image.json is JSON" jq . json/image.json
  check "image.json is whole" python3 -m json.tool json/image.json
  check "image.json: id" equal "$(jq -r .id json/image.json)" \
    "$(attribute json id)"
  check "image.json: status" equal "$(jq -r .status json/image.json)" active
  check "image.json: name" equal "$(jq -r .name json/image.json)" json
  check "image.json: size" equal "$(jq -r .size json/image.json)" \
    "$(stat -c %s "$QCOW2")"
  check "image.json: hash" equal "$(jq -r .os_hash_value json/image.json)" \
    "$(attribute json os_hash_value)"
  check "image.json: properties" \
    equal "$(jq -r .os_distro json/image.json)" debian
}

edit_json() {
  jq "$1" json/image.json >"$WORK/edited.json" &&
    cp "$WORK/edited.json" json/image.json
}

test_edit_json() {
  check "edit image.json" edit_json '.os_distro="ubuntu"'
  check "edit image.json: is set" has_attribute json os_distro ubuntu
  check "sed -i on image.json" sed -i 's/"ubuntu"/"alpine"/' json/image.json
  check "sed -i on image.json: is set" has_attribute json os_distro alpine
  refused_saying "image.json with a bad value" "Invalid argument" \
    'min_disk' edit_json '.min_disk="many"'
  echo '{"name": ' >"$WORK/bad.json"
  refused "image.json that is not JSON" "Invalid argument" \
    cp "$WORK/bad.json" json/image.json
  check "refused edits changed nothing" has_attribute json os_distro alpine
  check "image.json is still JSON" jq . json/image.json
  check "the image is whole" is_whole json "$QCOW2" qcow2
}

begin "$@"
cd "$IMAGES" || exit 1
test_computed
test_set_and_remove
test_types
test_read_only
test_deactivate
test_restore
test_limits
test_image_json
test_edit_json

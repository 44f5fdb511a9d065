#!/bin/bash
# tests/mount/usage.sh BINARY
#
# What is billed: as files, and by `platter usage`. Hours pass in tests of the
# service, where a clock can be turned; here the least is one.
# shellcheck source=tests/mount/lib.sh
. "$(dirname "$0")/lib.sh"

RATE=(-o billing_rate=2.5,billing_currency=EUR)
MONTH=$(date -u +%Y-%m)
HEAD=month,project,image_id,name,bytes,from,until,held,hours,gib_months,cost,currency

# line IMAGE COLUMN: of info/usage.csv, by a reader of others.
line() {
  python3 - "$MNT/info/usage.csv" "$1" "$2" <<'PY'
import csv, sys
for row in csv.DictReader(open(sys.argv[1], newline='')):
    if row['name'] == sys.argv[2]:
        print(row[sys.argv[3]])
PY
}

test_files() {
  check "the table's head" equal "$(head -n 1 "$MNT/info/usage.csv")" "$HEAD"
  check "nothing was held yet" equal "$(wc -l <"$MNT/info/usage.csv")" 1
  upload one "$SMALL"
  check "an image: its month" equal "$(line one month)" "$MONTH"
  check "an image: its id" equal "$(line one image_id)" "$(attribute one id)"
  check "an image: its bytes" equal "$(line one bytes)" "$(stat -c %s "$SMALL")"
  check "an image: begun hours count" equal "$(line one hours)" 1
  check "an image: is held" equal "$(line one held)" true
  check "an image: the currency" equal "$(line one currency)" EUR
  check "an image: the formula" python3 - "$MNT/info/usage.json" \
    "$(stat -c %s "$SMALL")" <<'PY'
import json, sys
report = json.load(open(sys.argv[1]))
image = report['images'][0]
gib_months = int(sys.argv[2]) / 2**30 * image['hours'] / report['hours']
assert abs(image['gib_months'] - gib_months) < 1e-12, image
assert abs(image['cost'] - gib_months * 2.5) < 1e-12, image
assert report['rate_per_gib_month'] == 2.5 and report['currency'] == 'EUR'
assert abs(report['cost'] - image['cost']) < 1e-12
assert report['hours'] in (672, 696, 720, 744)
assert 'stored_bytes' not in image
PY
  check "stat knows the size" equal "$(stat -c %s "$MNT/info/usage.csv")" \
    "$(wc -c <"$MNT/info/usage.csv")"
}

test_life() {
  mkdir "$IMAGES/empty"
  check "without data: no line" equal "$(line empty hours)" ""
  rm -r "$IMAGES/one"
  check "in the trash: no longer held" equal "$(line one held)" false
  check "in the trash: what was is billed" equal "$(line one hours)" 1
  rm -r "$TRASH/one"
  check "purged: still billed" equal "$(line one hours)" 1
  kill_daemon
  umount -l "$MNT"
  start_daemon "${RATE[@]}" || exit 1
  check "after kill -9: still billed" equal "$(line one hours)" 1
}

# Names are the users', and a spreadsheet opens what they wrote.
test_names() {
  local name
  for name in '=1+2' 'a,b' 'quote"quote'; do
    upload "$name" "$SMALL"
  done
  check "a formula is none" equal "$(line "'=1+2" hours)" 1
  check "a comma" equal "$(line 'a,b' hours)" 1
  check "a quote" equal "$(line 'quote"quote' hours)" 1
}

test_months() {
  check "info/usage/ has this month" equal "$(names "$MNT/info/usage")" \
    "$MONTH.csv $MONTH.json"
  check "the same" cmp "$MNT/info/usage/$MONTH.csv" "$MNT/info/usage.csv"
  check "another month is empty" equal "$(cat "$MNT/info/usage/2001-02.csv")" \
    "$HEAD"
  check "one that has not come is not there" missing "$MNT/info/usage/2199-01.csv"
  check "what is no month neither" missing "$MNT/info/usage/2001-13.csv"
  refused "nothing is removed there" "Read-only" rm "$MNT/info/usage/$MONTH.csv"
  refused "nor written" "Read-only" sh -c "echo >'$MNT/info/usage.csv'"
}

test_operator() {
  check "all projects: what is stored" contains ",stored_bytes," \
    "$(head -n 1 "$MNT/info/operator/usage.csv")"
  check "all projects: a month" cmp "$MNT/info/operator/usage.csv" \
    "$MNT/info/operator/usage/$MONTH.csv"
  check "all projects: as JSON" jq -e '.images[0].stored_bytes > 0' \
    "$MNT/info/operator/usage.json"
  check "for administrators" equal "$(stat -c %a "$MNT/info/operator")" 700
  check "info/operator/ is listed" contains operator "$(names "$MNT/info")"
}

test_verb() {
  local said
  said=$(platter usage "$MNT")
  check "the verb: an image" contains "^a,b +.* 1 +[0-9.]+" "$said"
  check "the verb: gone" contains "one .*gone" "$said"
  check "the verb: the sum" contains "$MONTH: [0-9.]+ GiB-months at 2.5 EUR" \
    "$said"
  check "--csv is the file" equal "$(platter usage --csv "$MNT")" \
    "$(cat "$MNT/info/usage.csv")"
  check "--json" equal "$(platter usage --json "$MNT" | jq .month)" "\"$MONTH\""
  check "--all" contains "default/one" "$(platter usage --all "$MNT")"
  check "--month" contains "2001-02: 0.000000" \
    "$(platter usage --month 2001-02 "$MNT")"
  refused "no month" "is none" \
    platter usage --month 11-2026 "$MNT"
  refused "a month to come" "not begun" platter usage --month 2199-01 "$MNT"
  refused "no mount" "no mount" platter usage "$WORK"
}

begin "$@"
TRASH=$MNT/trash
stop_daemon && start_daemon "${RATE[@]}" || exit 1
test_files
test_life
test_names
test_months
test_operator
test_verb

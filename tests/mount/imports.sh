#!/bin/bash
# tests/mount/imports.sh BINARY
#
# Disks that Platter fetches itself, from a real web server: the whole way, cut
# on the way, to where nobody may go, and over restarts of the daemon.
. "$(dirname "$0")/lib.sh"
begin_host "$@"

# ---- A web server ----------------------------------------------------------

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}
HTTP=$(free_port) TLS=$(free_port) CLOSED=$(free_port)
WEB_ROOT=$WORK/web
mkdir "$WEB_ROOT"
cp "$QCOW2" "$WEB_ROOT/disk.qcow2"
cp "$RAW" "$WEB_ROOT/disk.raw"
xz -k0 -c "$QCOW2" >"$WEB_ROOT/packed.qcow2.xz"
echo "no disk" >"$WEB_ROOT/text.qcow2"
(cd "$WEB_ROOT" && sha256sum disk.* >SHA256SUMS && md5sum disk.* >MD5SUMS)
SUM=$(sha256sum <"$QCOW2" | cut -d' ' -f1)

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=Ours \
  -keyout "$WORK/ca.key" -out "$WORK/ca.pem" 2>/dev/null
openssl req -newkey rsa:2048 -nodes -subj /CN=here -keyout "$WORK/web.key" \
  -out "$WORK/web.csr" 2>/dev/null
openssl x509 -req -in "$WORK/web.csr" -CA "$WORK/ca.pem" -CAkey "$WORK/ca.key" \
  -CAcreateserial -days 2 -out "$WORK/web.pem" 2>/dev/null \
  -extfile <(echo subjectAltName=IP:127.0.0.1)

cat >"$WORK/nginx.conf" <<NGINX
daemon off; pid $WORK/nginx.pid; error_log $WORK/nginx.log; user root;
events {}
http {
  access_log $WORK/access.log;
  log_format brief '\$request \$status \$http_range';
  client_body_temp_path $WORK/n1; proxy_temp_path $WORK/n2;
  fastcgi_temp_path $WORK/n3; uwsgi_temp_path $WORK/n4; scgi_temp_path $WORK/n5;
  server {
    listen 127.0.0.1:$HTTP; listen 127.0.0.1:$TLS ssl;
    ssl_certificate $WORK/web.pem; ssl_certificate_key $WORK/web.key;
    access_log $WORK/access.log brief;
    root $WEB_ROOT;
    location /slow/ { alias $WEB_ROOT/; limit_rate 4m; }
    location /slower/ { alias $WEB_ROOT/; limit_rate 300k; }
    location /moved/ { return 302 /disk.qcow2; }
    location /to-metadata/ { return 302 http://169.254.169.254/latest/; }
    location /to-file/ { return 302 file:///etc/passwd; }
    location /to-encoded/ { return 302 http://2130706433:$HTTP/disk.qcow2; }
    location /to-port/ { return 302 http://127.0.0.1:$CLOSED/disk.qcow2; }
    location /around/ { return 302 /around/; }
  }
}
NGINX
start_web() {
  nginx -c "$WORK/nginx.conf" 2>/dev/null &
  NGINX=$!
  wait_until 10 curl -sfo /dev/null "http://127.0.0.1:$HTTP/SHA256SUMS"
}
stop_web() { kill -KILL $(pgrep -P "$NGINX") "$NGINX"; wait "$NGINX"; } 2>/dev/null
start_web
URL=http://127.0.0.1:$HTTP

OPTIONS=projects,import_allow=127.0.0.1,import_ports=$HTTP:$TLS
OPTIONS+=,import_ca_file=$WORK/ca.pem
stop_daemon && start_daemon -o "$OPTIONS"

# ---- The plain way ---------------------------------------------------------

import() { platter import --mount "$MNT" "$@"; }
task_of() { property "$IMAGES/$1" task; }
# task IMAGE FIELD: what its newest task's file says.
task() { jq -r "$2" "$MNT/info/tasks/$(task_of "$1").json"; }
status_is() { equal "$(task "$1" .status)" "$2"; }
ends_as() { wait_until 20 status_is "$1" "$2"; }

check "platter import" import "$URL/disk.qcow2"
check "makes an image of the file's name" is_whole disk "$QCOW2" qcow2
check "its task says how it went" \
  equal "$(task disk '.status, .result.bytes' | xargs)" \
  "success $(stat -c %s "$QCOW2")"
check "user.import says from where" \
  equal "$(attribute disk import)" "$URL/disk.qcow2"
check "an upload is told" grep -q '"act":"upload".*"image":"disk"' \
  "$MNT/info/events.jsonl"
mkdir "$IMAGES/set"
check "setfattr imports into an image without data" \
  set_attribute set import "$URL/disk.raw"
check "which is whole then" ends_as set success
check "byte for byte" is_whole set "$RAW" raw
refused "into one that has a disk it does not" "Read-only" \
  setfattr -n user.import -v "$URL/disk.raw" "$IMAGES/set"
check "a compressed file" import --name packed "$URL/packed.qcow2.xz"
check "is the same disk" \
  same_disk qcow2 "$QCOW2" raw "$IMAGES/packed/disk.raw"
check "and is kept as it was" \
  cmp "$WEB_ROOT/packed.qcow2.xz" "$IMAGES/packed/disk.qcow2.xz"
check "over TLS, vouched for by our own authority" \
  import --name tls "https://127.0.0.1:$TLS/disk.qcow2"
check "after a redirect" import --name moved "$URL/moved/"
check "properties" import --name described -p os_distro=debian \
  -p min_ram=512 --json "$URL/disk.qcow2"
check "are set" \
  equal "$(attribute described os_distro) $(attribute described min_ram)" \
  "debian 512"
check "by a file:// URL, for administrators" \
  import --name local "file://$QCOW2"

# ---- Checksums -------------------------------------------------------------

check "a declared hash" import --name hashed --sha256 "$SUM" "$URL/disk.qcow2"
refused "another one is refused" "sha256" import --name wrong \
  --sha256 "${SUM/[0-9]/a}b" "$URL/disk.qcow2"
refused "a hash that is not the file's" "os_hash_value" \
  import --name wrong --sha256 "$(sha256sum </dev/null | cut -d' ' -f1)" \
  "$URL/disk.qcow2"
check "which leaves no data" has_status wrong error
check "and says why" contains os_hash_value "$(attribute wrong status_reason)"
check "a published file of checksums" \
  import --name sums --checksums "$URL/SHA256SUMS" "$URL/disk.qcow2"
check "whose hash is declared" has_attribute sums os_hash_value "$SUM"
refused "one that lacks the file" "has no checksum of packed" \
  import --name lacking --checksums "$URL/SHA256SUMS" "$URL/packed.qcow2.xz"
refused "one of weak checksums" "MD5" \
  import --name weak --checksums "$URL/MD5SUMS" "$URL/disk.qcow2"

# ---- Where nobody may go ---------------------------------------------------

for place in to-metadata to-file to-encoded to-port around; do
  refused "a redirect $place" "redirect|private|port|scheme|not allowed|number" \
    import --name "$place" "$URL/$place/"
  check "$place: nothing came of it" has_status "$place" error
done
for url in http://169.254.169.254/latest/ http://localhost/x.raw \
  "http://user@127.0.0.1:$HTTP/disk.raw" "http://127.1:$HTTP/disk.raw" \
  "http://127.0.0.1:$CLOSED/disk.raw" "ftp://127.0.0.1/disk.raw"; do
  refused "refused at once: $url" "." import --name at-once "$url"
done
check "without a task" equal "$(attribute at-once status)" queued
refused "what is no disk" "disk" import --name text "$URL/text.qcow2"
refused "what is not there" "404" import --name absent "$URL/absent.qcow2"
refused "what is neither a URL nor well known" "debian-12" \
  import plan-9

# ---- Slow, cut and cancelled -----------------------------------------------

says_progress() { contains 'of [0-9]+ bytes' "$(attribute "$1" progress)"; }
mkdir "$IMAGES"/{slow,cut,cancelled,removed,stopped,killed}
set_attribute slow import "$URL/slow/disk.raw"
check "its progress is told" \
  wait_until 10 says_progress slow
check "while the image is saving" wait_until 10 has_status slow saving
check "platter tasks lists it" \
  contains "slow" "$(platter tasks "$MNT")"
check "and follows it to its end" platter tasks "$MNT" --follow
check "it is whole" is_whole slow "$RAW" raw

# bytes_of IMAGE LEAST: so much of it has come.
has_come() { at_least "$(task "$1" .progress.done)" "$2"; }
range_asked() { grep -c "disk.raw.* 206 bytes=" "$WORK/access.log"; }
before=$(range_asked)
set_attribute cut import "$URL/slow/disk.raw"
wait_until 10 has_come cut 1000000
stop_web
sleep 0.5
start_web
check "cut on the way, it goes on" ends_as cut success
check "from where it was" at_least "$(range_asked)" $((before + 1))
check "and is whole" is_whole cut "$RAW" raw

set_attribute cancelled import "$URL/slower/disk.raw"
wait_until 10 has_come cancelled 1
check "rm of the task's file cancels" \
  rm "$MNT/info/tasks/$(task_of cancelled).json"
check "which ends it" ends_as cancelled failure
check "by whom is said" contains "cancelled by root" \
  "$(attribute cancelled status_reason)"
check "platter tasks retry" platter tasks retry "$(task_of cancelled)" "$MNT"
wait_until 10 has_come cancelled 1
check "platter tasks cancel" platter tasks cancel "$(task_of cancelled)" "$MNT"
ends_as cancelled failure
check "an image whose import failed takes an upload" \
  cp "$QCOW2" "$IMAGES/cancelled/"
check "and is whole then" is_whole cancelled "$QCOW2" qcow2
number=$(task_of cancelled)
check "rm of a task that is over forgets it" \
  rm "$MNT/info/tasks/$number.json"
check "it is gone" missing "$MNT/info/tasks/$number.json"

set_attribute removed import "$URL/slower/disk.raw"
wait_until 10 has_come removed 1
number=$(task_of removed)
rm -r "$IMAGES/removed"
has_failed() { equal failure "$(jq -r .status "$MNT/info/tasks/$1.json")"; }
check "removing the image ends its import" wait_until 10 has_failed "$number"

# ---- Restarts --------------------------------------------------------------

before=$(range_asked)
set_attribute stopped import "$URL/slow/disk.raw"
set_attribute killed import "$URL/slow/disk.raw"
wait_until 10 has_come stopped 1000000
stop_daemon && start_daemon -o "$OPTIONS"
check "after a restart an import goes on" ends_as stopped success
check "and is whole" is_whole stopped "$RAW" raw
wait_until 10 has_come killed 1 || true
kill_daemon
umount -l "$MNT"
start_daemon -o "$OPTIONS"
check "after a crash it goes on, too" ends_as killed success
check "and is whole as well" is_whole killed "$RAW" raw

# ---- Tenants ---------------------------------------------------------------

web=$(project "$WEB")
as "$ANNA" mkdir "$web/images/hers"
check "a member imports" \
  as "$ANNA" setfattr -n user.import -v "$URL/disk.qcow2" "$web/images/hers"
check "and sees the task" wait_until 10 as "$BEA" sh -c \
  "grep -q success '$web'/info/tasks/*.json"
check "the disk is hers" as "$ANNA" cmp "$QCOW2" "$web/images/hers/disk.qcow2"
as "$ANNA" mkdir "$web/images/file"
refused "no file of the host" "not permitted" \
  as "$ANNA" setfattr -n user.import -v "file://$QCOW2" "$web/images/file"
may_not "$CARL" ls "$web/info/tasks"
check "another project's tasks are not in one's own" \
  equal "$(as "$CARL" ls "$MNT/projects/$SHOP/info/tasks")" ""
may_not "$CARL" cat "$web/info/tasks/$(property "$web/images/hers" task).json"
setfattr -n user.quota.image_size -v 1MiB "$web"
as "$ANNA" mkdir "$web/images/large"
as "$ANNA" setfattr -n user.import -v "$URL/disk.qcow2" "$web/images/large"
reason_has() { contains "$2" "$(property "$1" status_reason "$ANNA")"; }
check "limits hold" \
  wait_until 10 reason_has "$web/images/large" "image_size"

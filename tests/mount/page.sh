#!/bin/bash
# tests/mount/page.sh BINARY
#
# The catalogue's page as a browser shows it, from the mount and from a web
# server in front of it: what is in it, search, filters, order, colours, and names
# that would like to be more than names.
SUITE_LIMIT=${SUITE_LIMIT:-300}
# shellcheck source=tests/mount/lib.sh
. "$(dirname "$0")/lib.sh"
begin_host "$@"

# ---- Images ----------------------------------------------------------------

web=$(project "$WEB")
shop=$(project "$SHOP")
HOSTILE="<img src=x onerror=\"document.title='taken over'\">'&quot;\`"
TURNED=$'gpj.\xe2\x80\xaeexe' # U+202E, which turns what follows round
LONG=$(printf 'l%.0s' {1..200})

# sends PROJECT USER NAME FORMAT: an image of that format.
sends() {
  local folder
  folder=$(project "$1")/images/$3
  [ -e "$DISKS/of.$4" ] || qemu-img convert -f raw -O "$4" "$SMALL" "$DISKS/of.$4"
  chmod a+r "$DISKS/of.$4"
  as "$2" mkdir "$folder" && as "$2" cp "$DISKS/of.$4" "$folder/"
}
describes() { setfattr -n "user.$2" -v "$3" "$web/images/$1"; }

sends "$WEB" "$ANNA" debian-11 qcow2
sends "$WEB" "$ANNA" debian-12 qcow2
sends "$WEB" "$ANNA" win-2022 vhdx
sends "$WEB" "$ANNA" tools vmdk
sends "$WEB" "$ANNA" "$HOSTILE" qcow2
sends "$WEB" "$ANNA" "$TURNED" qcow2
sends "$WEB" "$ANNA" "$LONG" qcow2
as "$ANNA" mkdir "$web/images/empty"
for name in debian-11 debian-12; do
  describes $name os_distro debian
  describes $name os_type linux
done
describes win-2022 os_type windows
describes win-2022 tag.golden ""
describes tools description "</script><script>document.title='taken over'</script><!--"
describes debian-11 replacement debian-12
describes debian-11 deprecated true
as "$ANNA" ln -s debian-12 "$web/images/stable"
sends "$SHOP" "$CARL" of-shop vdi
setfattr -n user.visibility -v public "$shop/images/of-shop"
sends "$SHOP" "$CARL" secret-of-shop qcow2

# ---- A browser and a web server ----------------------------------------------

# The DOM that a page's script made is $DOM; what the browser complained of, in
# $CONSOLE.
DOM=$WORK/dom CONSOLE=$WORK/console
browse() {
  local url=$1
  shift
  timeout 60 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
    --user-data-dir="$WORK/chromium" --no-first-run --disable-background-networking \
    --enable-logging=stderr --window-size=1400,2000 "$@" --dump-dom "$url" \
    >"$DOM" 2>"$CONSOLE" </dev/null
}
quiet() { ! grep CONSOLE "$CONSOLE"; }
of_dom() { "$HERE/page_dom.py" "$@" <"$DOM"; }
# shows NAME...: these images, in this order.
shows() { equal "$(of_dom rows)" "$(printf '%s\n' "$@")"; }
has_row() { of_dom rows | grep -qxF -- "$1" || { of_dom rows && return 1; }; }

PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])')
# Serves what members of the project may read, as one of them.
cat >"$WORK/nginx.conf" <<NGINX
daemon off; pid $WORK/nginx.pid; error_log $WORK/nginx.log; user $ANNA $WEB;
events {}
http {
  log_format brief '\$request \$status';
  access_log $WORK/access.log brief;
  types { text/html html; }
  charset utf-8;
  client_body_temp_path $WORK/n1; proxy_temp_path $WORK/n2;
  fastcgi_temp_path $WORK/n3; uwsgi_temp_path $WORK/n4; scgi_temp_path $WORK/n5;
  server {
    listen 127.0.0.1:$PORT;
    location = /catalog.html { alias $web/info/catalog.html; }
    location = /operator.html { alias $MNT/info/operator/catalog.html; }
    location / { return 404; }
  }
}
NGINX
nginx -c "$WORK/nginx.conf" 2>/dev/null &
URL=http://127.0.0.1:$PORT/catalog.html
wait_until 10 curl -sfo /dev/null "$URL"
FILE=file://$web/info/catalog.html

# ---- What it shows -----------------------------------------------------------

browse "$FILE"
check "from the mount: no complaint" quiet
for name in debian-11 debian-12 win-2022 tools empty of-shop "$HOSTILE" \
  "$TURNED" "$LONG"; do
  check "it shows ${name:0:60}" has_row "$name"
done
check "and no more" equal "$(of_dom text count)" "9 images"
check "a name is text and nothing else" no contains "img|iframe" "$(of_dom tags)"
check "whose page it is" equal "$(of_dom text title)" "$WEB"
check "nothing took it over" no grep -q "<title>taken over" "$DOM"
check "a replacement is drawn" contains \
  "^debian-11, deprecated, replaced by debian-12$" "$(of_dom edges)"
check "a version pointer, too" contains \
  "^stable, version pointer, points to debian-12$" "$(of_dom edges)"
check "what others publish is marked" contains "public.*of $SHOP" "$(of_dom text rows)"
check "what they do not is not there" no grep -q secret-of-shop "$DOM"
check "stored sizes are not there" no grep -qi "stored_size\":" "$DOM"

browse "$URL"
check "from a web server: no complaint" quiet
check "the same" equal "$(of_dom text count)" "9 images"
check "nothing else was asked for" \
  equal "$(sort -u "$WORK/access.log")" "GET /catalog.html HTTP/1.1 200"

# ---- Views -------------------------------------------------------------------

browse "$FILE#q=debian"
check "search" shows debian-11 debian-12
browse "$FILE#q=DEBIAN+12"
check "every word counts" has_row debian-12
check "in any case, and no image without them" \
  equal "$(of_dom text count)" "1 of 9 images"
browse "$FILE#os=linux&os=windows&sort=-name"
check "a filter of two systems, sorted down" shows win-2022 debian-12 debian-11
browse "$FILE#format=vmdk"
check "by format" shows tools
browse "$FILE#state=queued"
check "by state" shows empty
browse "$FILE#source=public"
check "by source" shows of-shop
browse "$FILE#tag=golden&visibility=private"
check "by tag and visibility" shows win-2022
browse "$FILE#q=no-such-word"
check "none" contains "No image is like that" "$(of_dom text nothing)"
browse "$FILE#sort=-size&os=windows&os=linux"
check "by size, the largest first" equal "$(of_dom rows | head -n 1)" win-2022

browse "$FILE#theme=dark"
check "dark" equal "$(of_dom theme)" "rgb(14, 17, 23)"
browse "$FILE" --blink-settings=preferredColorScheme=0
check "as the system has it" equal "$(of_dom theme)" "rgb(14, 17, 23)"
browse "$FILE#theme=light" --blink-settings=preferredColorScheme=0
check "light" equal "$(of_dom theme)" "rgb(245, 246, 250)"
check "no complaint" quiet

# ---- Operators ---------------------------------------------------------------

may_not "$ANNA" cat "$MNT/info/operator/catalog.html"
may_not "$CARL" cat "$web/info/catalog.html"
check "a web server neither" \
  equal "$(curl -so /dev/null -w '%{http_code}' "${URL/catalog/operator}")" 403
browse "file://$MNT/info/operator/catalog.html#q=of-shop"
check "operators see all projects" has_row secret-of-shop
check "and what is stored" contains "each piece once" "$(of_dom text space)"
check "no complaint" quiet
check "a copy is the page" cp "$MNT/info/operator/catalog.html" "$WORK/copy.html"
browse "file://$WORK/copy.html#q=secret"
check "wherever it lies" has_row secret-of-shop

# The policy in the page, at work: a script that anybody changed is not run.
sed 's/^showTiles();/showTiles(); /' "$WORK/copy.html" >"$WORK/changed.html"
check "changed" no cmp -s "$WORK/copy.html" "$WORK/changed.html"
browse "file://$WORK/changed.html"
check "no script but the page's own is run" equal "$(of_dom rows)" ""
check "of which the browser complains" no quiet

sends "$WEB" "$ANNA" newer qcow2
browse "$URL#q=newer"
check "a new image is there when the page is opened again" has_row newer

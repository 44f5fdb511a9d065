#!/bin/bash
# tests/mount/signatures.sh BINARY
#
# Signed uploads: the openssl command signs, cp sends, close() is told.
# shellcheck source=tests/mount/lib.sh
. "$(dirname "$0")/lib.sh"

KEYS=

# make_signer NAME: NAME.key, and NAME.pem where the daemon looks for it.
make_signer() {
  openssl req -x509 -nodes -newkey rsa:2048 -keyout "$KEYS/$1.key" \
    -out "$KEYS/$1.pem" -subj "/O=Example/CN=$1" -days 2 2>/dev/null
}

# claim IMAGE FILE: says that builder signed FILE, as it did.
claim() {
  local signature
  signature=$(openssl dgst -sha256 -sign "$KEYS/builder.key" \
    -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:max "$2" |
    openssl base64 -A)
  set_attribute "$1" img_signature "$signature" &&
    set_attribute "$1" img_signature_hash_method SHA-256 &&
    set_attribute "$1" img_signature_key_type RSA-PSS &&
    set_attribute "$1" img_signature_certificate_uuid builder
}

test_good() {
  mkdir signed
  claim signed "$ZLIB"
  check "a signed file is taken" cp "$ZLIB" signed/
  check "a signed file is active" has_status signed active
  check "its signature is verified" \
    has_attribute signed signature_verified true
  check "its signer is named" \
    has_attribute signed signed_by CN=builder,O=Example
  check "image.json says so, too" contains '"signature_verified"' \
    "$(cat signed/image.json)"
  refused "what was verified stays" "not permitted" \
    set_attribute signed img_signature Zm9v
}

test_bad() {
  mkdir forged strange half
  claim forged "$SMALL"
  refused_saying "another file than was signed" "rejected by service" \
    "not a signature over this data" cp "$ZLIB" forged/
  check "a forged file is no disk" has_status forged error
  check "the file that was signed may follow" cp "$SMALL" forged/
  check "and is active" has_status forged active
  claim strange "$SMALL"
  set_attribute strange img_signature_certificate_uuid nobody
  refused_saying "a certificate that nobody knows" "key not available" \
    "nobody.pem" cp "$SMALL" strange/
  check "a file of a stranger is no disk" has_status strange error
  claim half "$SMALL"
  setfattr -x user.img_signature_key_type half
  refused_saying "half a claim" "Invalid argument" \
    "img_signature_key_type is missing" cp "$SMALL" half/
}

test_required() {
  mkdir open
  check "an unsigned file is taken" cp "$SMALL" open/
  refused_saying "an unsigned image does not become public" \
    "key not available" "have to be signed" set_attribute open visibility public
  check "a signed one does" set_attribute signed visibility public
  mkdir early
  set_attribute early visibility public
  refused_saying "an unsigned file for a public image" "key not available" \
    "have to be signed" cp "$SMALL" early/
}

begin "$@"
KEYS=$WORK/keys
mkdir "$KEYS"
make_signer builder
stop_daemon
start_daemon -o "certificates=$KEYS,require_signature=public"
cd "$IMAGES" || exit 1
test_good
test_bad
test_required

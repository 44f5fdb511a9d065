#!/bin/bash
# examples/share-in-every-format.sh IMAGE FOLDER
#
# Brings an image out as files for whoever has no mount: each format is copied
# with its holes, and a list of checksums goes along.
#
#   examples/share-in-every-format.sh /mnt/platter/images/debian out/
set -euo pipefail
usage='usage: examples/share-in-every-format.sh IMAGE FOLDER'
image=${1:?$usage}
folder=${2:?$usage}
mkdir -p "$folder"

for file in "$image"/disk.*; do
  echo "copying ${file##*/}"
  cp --sparse=auto "$file" "$folder/"
done
cp "$image/image.json" "$folder/"

cd "$folder"
sha256sum disk.* image.json >SHA256SUMS
du -h disk.*
cat SHA256SUMS

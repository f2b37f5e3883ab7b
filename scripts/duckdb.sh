#!/usr/bin/env bash
# Fetches DuckDB's library, which `regulars train` and `regulars member` load when they run, and prints the directory
# it lies in. Nothing is downloaded twice. The library is the one that npm's @duckdb/node-bindings-<platform> carries.
#
#   scripts/duckdb.sh            into ${REGULARS_CACHE:-${XDG_CACHE_HOME:-~/.cache}/regulars}/duckdb-<release>
#
# `regulars` finds it there by itself; DUCKDB_LIB_DIR=<directory> points it elsewhere.
set -euo pipefail

release=1.5.6
package_release=1.5.6-r.1
cache=${REGULARS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/regulars}

case "$(uname -s)" in
  Linux) system=linux file=libduckdb.so ;;
  Darwin) system=darwin file=libduckdb.dylib ;;
  *) echo "duckdb.sh: no prebuilt library is known for $(uname -s); put libduckdb $release into a directory and set DUCKDB_LIB_DIR to it" >&2; exit 1 ;;
esac
case "$(uname -m)" in
  x86_64 | amd64) machine=x64 ;;
  aarch64 | arm64) machine=arm64 ;;
  *) echo "duckdb.sh: no prebuilt library is known for $(uname -m); put libduckdb $release into a directory and set DUCKDB_LIB_DIR to it" >&2; exit 1 ;;
esac
platform=$system-$machine
if [ "$system" = linux ] && ! getconf GNU_LIBC_VERSION >/dev/null 2>&1; then platform=$platform-musl; fi

# Digest of the package; where none is pinned, npm checks the one its registry names.
case "$platform" in
  linux-x64) integrity=sha512-IXcrZJE6kEqM0Z4wwdVnGBHX/frOS33VPNAwDXQ/Q+Fs84b058Qe94chrCCIcNJlG8Y3UHIUU4eBeCQxW5mN1Q== ;;
  linux-x64-musl) integrity=sha512-PVzIEZqp7QN07WBgjmIH0cK2GKXR735KmL6wnghTzRnhHWrePxx3MjZB9zZHI8tB73wdF8luarBm4EgqSjGyVA== ;;
  *) integrity= ;;
esac

directory=$cache/duckdb-$release
if [ ! -s "$directory/$file" ]; then
  command -v npm >/dev/null || { echo "duckdb.sh: npm is not here, and it is what fetches DuckDB's library; install Node.js 20 or later" >&2; exit 1; }
  mkdir -p "$directory"
  work=$(mktemp -d "$directory/fetch.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  echo "fetching DuckDB $release (24 MB) from npm: @duckdb/node-bindings-$platform" >&2
  (cd "$work" && npm pack --silent "@duckdb/node-bindings-$platform@$package_release" >/dev/null) || {
    echo "duckdb.sh: npm could not fetch @duckdb/node-bindings-$platform@$package_release; check the network and the registry (npm config get registry)" >&2; exit 1; }
  archive=$(ls "$work"/*.tgz)
  if [ -n "$integrity" ]; then
    found=sha512-$(node -e 'process.stdout.write(require("crypto").createHash("sha512").update(require("fs").readFileSync(process.argv[1])).digest("base64"))' "$archive")
    [ "$found" = "$integrity" ] || { echo "duckdb.sh: @duckdb/node-bindings-$platform@$package_release has digest $found, not the pinned $integrity" >&2; exit 1; }
  fi
  tar -xzf "$archive" -C "$work"
  [ -s "$work/package/$file" ] || { echo "duckdb.sh: @duckdb/node-bindings-$platform@$package_release holds no $file" >&2; exit 1; }
  mv "$work/package/LICENSE" "$directory/LICENSE"
  mv "$work/package/$file" "$directory/$file"
fi
echo "$directory"

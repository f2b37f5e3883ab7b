#!/usr/bin/env bash
# Fetches DuckDB's library, which `regulars train` and `regulars member` load when they run, and prints the directory it
# lies in. Nothing is fetched twice. It is the one that npm's @duckdb/node-bindings-<platform> carries. `regulars` finds
# it there by itself; DUCKDB_LIB_DIR=<directory> points it elsewhere.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"

release=1.5.6
package_release=1.5.6-r.1
directory=$CACHE/duckdb-$release

by_hand="put libduckdb $release into a directory and set DUCKDB_LIB_DIR to it"
case "$(uname -s)" in
  Linux) system=linux file=libduckdb.so ;;
  Darwin) system=darwin file=libduckdb.dylib ;;
  *) die "no prebuilt DuckDB is known for $(uname -s)" "$by_hand" ;;
esac
case "$(uname -m)" in
  x86_64 | amd64) machine=x64 ;;
  aarch64 | arm64) machine=arm64 ;;
  *) die "no prebuilt DuckDB is known for $(uname -m)" "$by_hand" ;;
esac
platform=$system-$machine
if [ "$system" = linux ] && ! getconf GNU_LIBC_VERSION >/dev/null 2>&1; then platform=$platform-musl; fi
package=@duckdb/node-bindings-$platform@$package_release

# Digest of the package; where none is pinned, npm checks the one its registry names.
case "$platform" in
  linux-x64) integrity=sha512-IXcrZJE6kEqM0Z4wwdVnGBHX/frOS33VPNAwDXQ/Q+Fs84b058Qe94chrCCIcNJlG8Y3UHIUU4eBeCQxW5mN1Q== ;;
  linux-x64-musl) integrity=sha512-PVzIEZqp7QN07WBgjmIH0cK2GKXR735KmL6wnghTzRnhHWrePxx3MjZB9zZHI8tB73wdF8luarBm4EgqSjGyVA== ;;
  *) integrity= ;;
esac

fetch() {
  have npm || die "npm is not on the PATH, and it fetches DuckDB's library" "install Node 20 or newer from https://nodejs.org, then run the command again"
  say "Fetching DuckDB $release from npm (24 MB, once for all clones)"
  local part=$directory.part archive found
  rm -rf "$part"
  mkdir -p "$part"
  (cd "$part" && npm pack --silent "$package" >/dev/null) ||
    die "npm could not fetch $package" "with the network back, run the command again; npm config get registry says where npm looks"
  archive=$(echo "$part"/*.tgz)
  if [ -n "$integrity" ]; then
    found=sha512-$(node -e 'process.stdout.write(require("crypto").createHash("sha512").update(require("fs").readFileSync(process.argv[1])).digest("base64"))' "$archive")
    [ "$found" = "$integrity" ] || die "$package has digest $found, not the pinned one" "look where npm fetches from (npm config get registry)"
  fi
  tar -xzf "$archive" -C "$part"
  [ -s "$part/package/$file" ] || die "$package holds no $file" "$by_hand"
  rm -rf "$directory"
  mkdir "$directory"
  mv "$part/package/LICENSE" "$directory/"
  mv "$part/package/$file" "$directory/"
  rm -rf "$part"
}

if [ ! -s "$directory/$file" ]; then
  only_one duckdb
  [ -s "$directory/$file" ] || fetch
fi
echo "$directory"

#!/usr/bin/env bash
# What each part of the WebAssembly module costs: writes the table of ARCHITECTURE.md anew from the module's own names.
#
#   scripts/size.sh           writes the table
#   scripts/size.sh --check   fails where the table is off by more than a tenth and 2 kB; tests/size.test.mjs runs it
#   scripts/size.sh --top 50  prints the 50 largest functions
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$ROOT"
need rust node wasm-bindgen
[ -f pkg/wasm/regulars_bg.wasm ] || scripts/build-wasm.sh

bindgen=$CACHE/tools/wasm-bindgen-cli-$(locked_version wasm-bindgen)/bin/wasm-bindgen
target=${CARGO_TARGET_DIR:-$ROOT/target}
part=$(mktemp -d)
trap 'rm -rf "$part"' EXIT
"$bindgen" "$target/wasm32-unknown-unknown/wasm/regulars.wasm" --target web --out-dir "$part" --out-name named --keep-debug
node scripts/size.mjs "$part/named_bg.wasm" "$@"

#!/usr/bin/env bash
# Builds the WebAssembly module: src/ -> pkg/wasm/regulars_bg.wasm and its JavaScript glue.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$ROOT"
need rust node wasm-bindgen

bindgen=$CACHE/tools/wasm-bindgen-cli-$(locked_version wasm-bindgen)/bin/wasm-bindgen
optimise=$ROOT/node_modules/.bin/wasm-opt
target=${CARGO_TARGET_DIR:-$ROOT/target}
sysroot=$(rustc --print sysroot)

# No path of the machine that built it belongs in what shoppers download. (This crate's own are relative. The clone's path
# is no flag either: a target directory that clones share builds the standard library once.)
flags=(
  "--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo"
  "--remap-path-prefix=$sysroot/lib/rustlib/src/rust=rust"
)
# Ciphers and digests as loops instead of rolled out: 9 kB less to download, and the browser compiles them sooner.
flags+=('--cfg=sha2_backend_soft="compact"' '--cfg=aes_backend_soft="compact"')
arguments=(--profile wasm --target wasm32-unknown-unknown --lib)
# The standard library is built along, for size, and what would panic stops at once without words: a sixth of the
# download less. A compiler other than the one this was written for may not know these flags.
smaller=(-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none)
if [ -d "$sysroot/lib/rustlib/src/rust/library" ] && RUSTC_BOOTSTRAP=1 rustc "${smaller[@]}" --print cfg >/dev/null 2>&1; then
  export RUSTC_BOOTSTRAP=1
  flags+=("${smaller[@]}")
  arguments+=("-Zbuild-std=std,panic_abort" -Zbuild-std-features=optimize_for_size)
else
  say "This Rust cannot build its library along (no rust-src, or another release): the module gets a sixth larger"
fi
[ -d "$target/wasm32-unknown-unknown/wasm" ] || say "Building the WebAssembly module, the first time with Rust's library (1 to 3 minutes)"
encoded=$(printf '%s\x1f' "${flags[@]}")
CARGO_ENCODED_RUSTFLAGS=${encoded%$'\x1f'} cargo build --quiet "${arguments[@]}" >&2 ||
  die "the WebAssembly build failed" "the compiler's lines above name the place"
raw=$target/wasm32-unknown-unknown/wasm/regulars.wasm

# What is in pkg/wasm came from these bytes and these programs; if so, nothing is left to do.
mark=$target/wasm32-unknown-unknown/wasm/packed.sha256
now=$(cat "$raw" "$0" Cargo.lock package-lock.json | sha256sum | cut -d' ' -f1)
if [ -f pkg/wasm/regulars_bg.wasm ] && [ "$(cat "$mark" 2>/dev/null)" = "$now $(sha256sum <pkg/wasm/regulars_bg.wasm)" ]; then
  ready "pkg/wasm"
  scripts/build-script.sh
  exit 0
fi

say "Packing the WebAssembly module into pkg/wasm"
part=$(mktemp -d "$target/wasm-part.XXXXXX")
trap 'rm -rf "$part"' EXIT
"$bindgen" "$raw" --target web --out-dir "$part" --out-name regulars --remove-name-section --remove-producers-section
# The features rustc uses for this target by default; wasm-opt refuses code that needs more than it is told.
# Only what drops things: its optimising passes make the file a fourteenth smaller and what is downloaded a twelfth larger,
# for the code that rustc leaves repeats itself more.
"$optimise" "$part/regulars_bg.wasm" -o "$part/optimised.wasm" \
  --duplicate-function-elimination --remove-unused-module-elements --remove-unused-names --memory-packing --vacuum \
  --enable-bulk-memory --enable-bulk-memory-opt --enable-multivalue --enable-mutable-globals --enable-nontrapping-float-to-int \
  --enable-reference-types --enable-sign-ext --enable-call-indirect-overlong \
  --strip-debug --strip-producers --strip-target-features
mv "$part/optimised.wasm" "$part/regulars_bg.wasm"
# npm would take a .gitignore for a list of what not to publish.
rm -f "$part/.gitignore"
mkdir -p pkg
rm -rf pkg/wasm
mv "$part" pkg/wasm
chmod 755 pkg/wasm
trap - EXIT
echo "$now $(sha256sum <pkg/wasm/regulars_bg.wasm)" >"$mark"
scripts/build-script.sh

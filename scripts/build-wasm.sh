#!/usr/bin/env bash
# Builds the WebAssembly module: src/ -> pkg/wasm/, two builds of one source with the same glue.
#
#   regulars_bg.wasm            for browsers with SIMD (Chrome 91, iOS 16.5, Firefox 89)
#   baseline/regulars_bg.wasm   needs nothing newer than Chrome 69 and iOS 13.4: mutable globals and no more
#
#   scripts/build-wasm.sh --only offers,loyalty   a smaller one into target/only/wasm that does no more than these and recommending
#                                                 (`--only recommend`: nothing but that); put it in the place of pkg/wasm
#
# Rust compiles the engine once; what the baseline lacks is lowered afterwards, in seconds. The loops that are worth
# compiling for speed, and for SIMD, are a module of their own that is merged into each build.
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
out=pkg/wasm
if [ "${1:-}" = --only ]; then
  # Cargo would let the two builds displace each other in one directory, and compile both anew every time.
  out=target/only/wasm
  target=$target/only
  arguments+=(--no-default-features --target-dir "$target")
  [ "${2:?which capabilities: recommend, or a list of experiments, loyalty, offers}" = recommend ] || arguments+=(--features "$2")
fi
# The standard library is built along, for size, and what would panic stops at once without words: a sixth of the
# download less. A compiler other than the one this was written for may not know these flags, nor the attribute that makes
# single functions for speed (`regulars_fast`).
own=(--cfg=regulars_kernel)
smaller=(-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none)
if [ -d "$sysroot/lib/rustlib/src/rust/library" ] && RUSTC_BOOTSTRAP=1 rustc "${smaller[@]}" --print cfg >/dev/null 2>&1; then
  export RUSTC_BOOTSTRAP=1
  flags+=("${smaller[@]}")
  own+=(--cfg=regulars_fast)
  arguments+=("-Zbuild-std=std,panic_abort" -Zbuild-std-features=optimize_for_size)
else
  say "This Rust cannot build its library along (no rust-src, or another release): the module gets a sixth larger"
fi
[ -d "$target/wasm32-unknown-unknown/wasm" ] || say "Building the WebAssembly module, the first time with Rust's library (1 to 3 minutes)"
encoded=$(printf '%s\x1f' "${flags[@]}")
CARGO_ENCODED_RUSTFLAGS=${encoded%$'\x1f'} cargo rustc --quiet "${arguments[@]}" -- "${own[@]}" >&2 ||
  die "the WebAssembly build failed" "the compiler's lines above name the place"
raw=$target/wasm32-unknown-unknown/wasm/regulars.wasm

# What is in pkg/wasm came from these bytes and these programs; if so, nothing is left to do.
made=("$out/regulars_bg.wasm" "$out/baseline/regulars_bg.wasm")
mark=$target/wasm32-unknown-unknown/wasm/packed-${out//\//-}.sha256
recommend=src/recommend
now=$(cat "$raw" "$0" scripts/wasm-{align,binary,features,order}.mjs "$recommend/kernel.rs" "$recommend/vectors/scan.rs" "$recommend/ranker/leaves.rs" Cargo.lock package-lock.json | sha256sum | cut -d' ' -f1)
if [ "$(cat "$mark" 2>/dev/null)" = "$now $(cat "${made[@]}" 2>/dev/null | sha256sum)" ]; then
  ready "$out"
  [ "$out" != pkg/wasm ] || scripts/build-script.sh
  exit 0
fi

say "Packing the WebAssembly module into $out"
part=$(mktemp -d "$target/wasm-part.XXXXXX")
trap 'rm -rf "$part"' EXIT
# Without reference types the glue holds JavaScript's objects itself, in a list; wasm-bindgen leaves it to us to say where
# what may be freed begins there.
node scripts/wasm-features.mjs "$raw" "$part/raw.wasm"
cat >"$part/heap.wat" <<'wat'
(module (func (export "__wbindgen_externref_statics_end") (result i32) (i32.const 1028)))
wat
node_modules/.bin/wasm-as "$part/heap.wat" -o "$part/heap.wasm"
# What rustc uses by default for this target, less what wasm-features.mjs took away; binaryen's programs refuse code that
# needs more than they are told.
features=(
  --mvp-features --enable-mutable-globals --enable-sign-ext --enable-nontrapping-float-to-int
  --enable-bulk-memory --enable-bulk-memory-opt
)
# Only what drops things: wasm-opt's optimising passes make the file a fourteenth smaller and what is downloaded a twelfth
# larger, for the code that rustc leaves repeats itself more.
passes=(
  --duplicate-function-elimination --remove-unused-module-elements --memory-packing
  --remove-unused-names --merge-blocks --rse --vacuum --remove-unused-names
)
strip=(--strip-debug --strip-producers --strip-target-features)
lower=(--llvm-memory-copy-fill-lowering --llvm-nontrapping-fptoint-lowering --signext-lowering)

# loops OUT RUSTC'S ARGUMENT...: the loops as a module. They work in the engine's memory, where they have no stack.
loops() {
  rustc --edition 2024 --crate-type cdylib --crate-name kernel --target wasm32-unknown-unknown -Copt-level=3 -Cpanic=abort \
    -Cstrip=symbols -Clink-arg=--import-memory -Clink-arg=--no-entry -Clink-arg=-zstack-size=0 "$recommend/kernel.rs" -o "$@"
  node_modules/.bin/wasm-dis --all-features "$1" -o "$1.wat"
  if grep -q 'global[.]' "$1.wat"; then die "the loops want a stack" "look at $recommend/kernel.rs"; fi
}

# make_build DIRECTORY +simd128|-simd128 WASM-OPT'S ARGUMENT...: a build and its glue.
make_build() {
  local at=$1 simd=$2
  shift 2
  mkdir "$at"
  loops "$at/kernel.wasm" "-Ctarget-feature=$simd"
  node_modules/.bin/wasm-merge "${features[@]}" --enable-simd -g --skip-export-conflicts "$part/raw.wasm" env \
    "$at/kernel.wasm" kernel "$part/heap.wasm" __wbindgen_externref_xform__ -o "$at/merged.wasm"
  "$bindgen" "$at/merged.wasm" --target web --out-dir "$at/wasm" --out-name regulars --remove-name-section --remove-producers-section
  # In JavaScript, which is made of the baseline, an address that is not as it is said to be reads other bytes.
  [ "$simd" = -simd128 ] || node scripts/wasm-align.mjs "$at/wasm/regulars_bg.wasm" "$at/wasm/regulars_bg.wasm"
  "$optimise" "$at/wasm/regulars_bg.wasm" -o "$at/optimised.wasm" "${features[@]}" "${passes[@]}" "$@" "${strip[@]}"
  node scripts/wasm-order.mjs "$at/optimised.wasm" "$at/wasm/regulars_bg.wasm"
}
make_build "$part/baseline" -simd128 "${lower[@]}" &
make_build "$part/simd" +simd128 --enable-simd
wait $! || die "the baseline could not be made" "the lines above say why"
if ! grep -q '^let heap = new Array(1024)' "$part/simd/wasm/regulars.js" || ! grep -q '^heap.push(undefined, null, true, false);' "$part/simd/wasm/regulars.js"; then
  die "wasm-bindgen's list of objects begins elsewhere than at 1028" "look at \`let heap\` in its glue and mend heap.wat in $0"
fi
cmp -s "$part/simd/wasm/regulars.js" "$part/baseline/wasm/regulars.js" ||
  die "the two builds want different glue" "compare $part/*/wasm/regulars.js"
mkdir "$part/simd/wasm/baseline"
mv "$part/baseline/wasm/regulars_bg.wasm" "$part/simd/wasm/baseline"
# The loop with SIMD alone, for the loader to try out before it chooses.
loops "$part/trial.wasm" -Ctarget-feature=+simd128 --cfg=kernel_trial
"$optimise" "$part/trial.wasm" -o "$part/kernel.wasm" "${features[@]}" --enable-simd "${strip[@]}"
printf "// Written by scripts/build-wasm.sh: the loop of the SIMD build, which builds.js tries out.\nexport default '%s';\n" \
  "$(base64 <"$part/kernel.wasm" | tr -d '\n')" >"$part/simd/wasm/kernel.js"
mv "$part/simd/wasm" "$part/wasm"
# npm would take a .gitignore for a list of what not to publish.
rm -f "$part/wasm/.gitignore"
# Names that the package asks for, where the build lacks what they do.
for name in bucketing matches; do
  grep -q "^export function $name(" "$part/wasm/regulars.js" || echo "export const $name = undefined;" >>"$part/wasm/regulars.js"
done
# What says the same to people is in regulars.d.ts; the engine as JavaScript is made of the glue as it was.
cp "$part/wasm/regulars.js" "$target/glue.js"
node_modules/.bin/esbuild "$target/glue.js" --minify --format=esm --target=es2018 --supported:import-meta=true --log-level=warning \
  --banner:js='/* @ts-self-types="./regulars.d.ts" */' --outfile="$part/wasm/regulars.js" --allow-overwrite
mkdir -p "$(dirname "$out")"
rm -rf "$out"
mv "$part/wasm" "$out"
chmod 755 "$out"
echo "$now $(cat "${made[@]}" | sha256sum)" >"$mark"
[ "$out" != pkg/wasm ] || scripts/build-script.sh

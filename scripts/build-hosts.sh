#!/usr/bin/env bash
# Builds the entries for hosts without ES modules out of pkg/: a script that sets `regulars` (pkg/regulars.global.js), and
# what a mini-program carries in its code package (pkg/miniprogram/). The language is that of 2018, for old web views.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$ROOT"
need node

[ -f pkg/wasm/baseline/regulars_bg.wasm ] || scripts/build-wasm.sh
bundle() { node_modules/.bin/esbuild "$@" --bundle --minify --target=es2018 --legal-comments=inline --log-level=warning >&2 || die "a host's entry did not build" "the lines above name the place"; }

# The module lies where the script lies.
bundle pkg/index.js --format=iife --global-name=regulars --outfile=pkg/regulars.global.js \
  --define:import.meta.url=regularsAddress \
  --banner:js='typeof globalThis=="object"||(self.globalThis=self);var regularsAddress=(document.currentScript||{src:location.href}).src;'

mkdir -p pkg/miniprogram
# A mini-program takes only what is in its code package: the module lies beside, compressed.
bundle pkg/wx/index.js --format=cjs --outfile=pkg/miniprogram/regulars.js --inject:pkg/wx/globals.js --define:import.meta.url='""'
# Exported globals keep the module from starting on iOS; the glue does not ask for them.
node --input-type=module -e '
  import { readFileSync, writeFileSync } from "node:fs";
  import { brotliCompressSync, constants } from "node:zlib";
  import binaryen from "binaryen";
  // The baseline: a mini-program cannot ask what the host knows (no WebAssembly.validate).
  const bytes = readFileSync("pkg/wasm/baseline/regulars_bg.wasm");
  const globals = WebAssembly.Module.exports(new WebAssembly.Module(bytes)).filter(({ kind }) => kind === "global");
  const module = binaryen.readBinary(bytes);
  for (const { name } of globals) module.removeExport(name);
  const packed = brotliCompressSync(module.emitBinary(), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  writeFileSync("pkg/miniprogram/regulars_bg.wasm.br", packed);
' || die "the module for mini-programs could not be packed" "the lines above say why"
ready "pkg/regulars.global.js, pkg/miniprogram"

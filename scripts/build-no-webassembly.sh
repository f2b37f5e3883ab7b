#!/usr/bin/env bash
# Builds pkg/no-webassembly/regulars.js, the engine as JavaScript for hosts that have no WebAssembly at all: up to a minute
# where the module changed, else two seconds.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$ROOT"
need node

[ -f pkg/wasm/baseline/regulars_bg.wasm ] || scripts/build-wasm.sh
node scripts/no-webassembly.mjs "${CARGO_TARGET_DIR:-$ROOT/target}/no-webassembly" ||
  die "the engine could not be written as JavaScript" "the lines above say why"
ready pkg/no-webassembly

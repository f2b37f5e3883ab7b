#!/usr/bin/env bash
# Builds pkg/no-webassembly/regulars.js, the engine as JavaScript for hosts that have no WebAssembly at all: up to a minute
# where the module changed, else two seconds.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$ROOT"
need node

target=${CARGO_TARGET_DIR:-$ROOT/target}
{ [ -f pkg/wasm/baseline/regulars_bg.wasm ] && [ -f "$target/glue.js" ]; } || scripts/build-wasm.sh
node scripts/no-webassembly.mjs "$target/no-webassembly" ||
  die "the engine could not be written as JavaScript" "the lines above say why"
ready pkg/no-webassembly

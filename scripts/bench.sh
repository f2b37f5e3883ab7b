#!/usr/bin/env bash
# Measures answers natively, and the engine against its peers in one Chromium page and in Node; writes benches/RESULTS.md.
#
#   scripts/bench.sh            SUITES="load quote" takes these suites only, of those in Chromium and Node (benches/browser/suites.mjs names them)
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$ROOT"
need rust node wasm-bindgen chromium valgrind
scripts/need/node.sh benches
scripts/build-wasm.sh
scripts/build-cli.sh
scripts/demo-data.sh
say "Counting instructions"
node benches/instructions.mjs || die "an answer costs a tenth more instructions than benches/instructions.json says" "make it cheaper, or run node benches/instructions.mjs --update and say why"
read -ra suites <<<"${SUITES:-}"
say "Measuring (some minutes; leave the machine alone meanwhile)"
[ "${#suites[@]}" -gt 0 ] || node benches/native.mjs >/dev/null || die "the native bench failed" "run cargo bench --bench answers --features bench"
node benches/browser/run.mjs "${suites[@]}" || die "a suite failed" "the lines above say which and how"

#!/usr/bin/env bash
# GrowthBook's conformance suite natively, in Node and in Chromium: cases and passes of each section.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$ROOT"
need rust node wasm-bindgen chromium
scripts/build-wasm.sh
cargo test --quiet --test growthbook -- --nocapture | awk 'NF == 3 || /Rust SDK/ { print "native    " $0 }'
node --test --test-reporter=spec tests/js/growthbook.test.mjs | grep -E '^(Node|Chromium)'

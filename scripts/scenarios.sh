#!/usr/bin/env bash
# Runs the scenario packs of tests/scenarios natively, in Node and in Chromium, and prints which packs show what.
#
#   scripts/scenarios.sh [PACK...]        HOSTS=native runs on one host only; REGULARS names another command line
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$ROOT"
hosts=${HOSTS:-native,node,chromium}
need rust node
regulars=${REGULARS:-${CARGO_TARGET_DIR:-target}/debug/regulars}
if [ -z "${REGULARS:-}" ]; then
  cargo build --quiet --features train --bin regulars || die "the command line did not build" "the compiler's lines above name the place"
fi
scripts/duckdb.sh >/dev/null
case $hosts in *node* | *chromium*) scripts/build-wasm.sh ;; esac
case $hosts in *chromium*) need chromium ;; esac
exec node tests/scenarios/runner/run.mjs --regulars "$regulars" --hosts "$hosts" "$@"

#!/usr/bin/env bash
# Runs every case file in the folder CASES through the engine, a line a case: CASES=DIR scripts/conformance.sh.
# Without CASES those of tests/vectors/promotions run.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cases=${CASES:-}
if [ -n "$cases" ]; then
  [ -d "$cases" ] || die "there is no folder $cases" "name the folder with the case files: make conformance CASES=DIR"
  cases=$(cd "$cases" && pwd)
fi
cd "$ROOT"
need rust
CASES=$cases cargo test --quiet --features cli --test conformance

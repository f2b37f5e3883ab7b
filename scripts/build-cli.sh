#!/usr/bin/env bash
# Builds the command line: target/release/regulars.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$ROOT"
need rust
[ -x "${CARGO_TARGET_DIR:-target}/release/regulars" ] || say "Building the command line (1 to 3 minutes the first time)"
cargo build --quiet --release --features train,serve --bin regulars >&2 ||
  die "the command line did not build" "the compiler's lines above name the place"
ready "${CARGO_TARGET_DIR:-target}/release/regulars"

#!/usr/bin/env bash
# Builds the command line: target/release/regulars.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$ROOT"
need rust
features=cli
grep -q '^train' Cargo.toml && features=cli,train
cargo build --quiet --release --features "$features" --bin regulars >&2 ||
  die "the command line did not build" "the compiler's lines above name the place"

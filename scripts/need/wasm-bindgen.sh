#!/usr/bin/env bash
# wasm-bindgen's program, of exactly the release that Cargo.lock names: the two speak a private format.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../env.sh
. "$(dirname "$0")/../env.sh"
cargo_tool wasm-bindgen-cli "$(locked_version wasm-bindgen)"

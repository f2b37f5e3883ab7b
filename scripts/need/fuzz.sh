#!/usr/bin/env bash
# cargo-fuzz, and a C++ compiler for libFuzzer.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../env.sh
. "$(dirname "$0")/../env.sh"
have c++ || apt_install "a C++ compiler (libFuzzer is C++)" g++
cargo_tool cargo-fuzz 0.13.2

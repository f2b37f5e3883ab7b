#!/usr/bin/env bash
# valgrind, which counts instructions.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../env.sh
. "$(dirname "$0")/../env.sh"
have valgrind || apt_install "valgrind" valgrind
ready "$(valgrind --version)"

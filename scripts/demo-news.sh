#!/usr/bin/env bash
# Other prices for the shop that `make demo` is serving: pages that are open show them within two seconds, from a delta.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$ROOT"
[ -f data/demo/live/catalog.rgl ] || die "no shop has been served here yet" "run make demo in another terminal, and this beside it"
node demo/live.mjs "${REGULARS:-target/release/regulars}" data/demo data/demo/live --news || die "the news could not be packed" "the line above says why"

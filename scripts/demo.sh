#!/usr/bin/env bash
# The shop on real data: installs what is missing, builds, makes the snapshots, serves www/ until Ctrl-C.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$ROOT"
port=${PORT:-5173}

need rust node wasm-bindgen
node -e 'require("net").createServer().once("error", () => process.exit(1)).listen(+process.argv[1], "127.0.0.1", () => process.exit(0))' "$port" ||
  die "port $port is in use or not allowed" "choose another: PORT=$((port + 1)) make demo"
scripts/build-wasm.sh
scripts/build-cli.sh
scripts/demo-data.sh

say "Building the shop"
(cd www && npx --no-install vite build --logLevel warn) || die "the shop did not build" "the lines above name the place"
say "The shop is open at http://localhost:$port/ (stop it with Ctrl-C)"
cd www
exec npx --no-install vite preview --port "$port" --strictPort --logLevel warn

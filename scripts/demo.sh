#!/usr/bin/env bash
# The shop on real data: installs what is missing, builds, makes the snapshots, serves www/ until Ctrl-C. Behind the page stands
# `regulars serve`, so that news are pushed and events are taken: `make news` in another terminal changes prices.
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

regulars=${REGULARS:-target/release/regulars}
live=data/demo/live
node demo/live.mjs "$regulars" data/demo "$live" || die "the catalogue to serve could not be packed" "the line above says why"

say "Building the shop"
(cd www && VITE_LIVE=live/ npx --no-install vite build --logLevel warn) || die "the shop did not build" "the lines above name the place"

said=$(mktemp)
"$regulars" serve "$live/catalog.rgl" --key data/demo/shop.key --events "$live/events.db" --listen 127.0.0.1:0 --rate 100 >"$said" &
server=$!
trap 'kill "$server" 2>/dev/null; rm -f "$said"' EXIT
for _ in $(seq 100); do
  LIVE=$(grep -o 'http://[0-9.:]*[0-9]' "$said" | head -n 1) && break
  kill -0 "$server" 2>/dev/null || die "regulars serve did not start" "the line above says why"
  sleep 0.1
done
export LIVE
say "The shop is open at http://localhost:$port/ (stop it with Ctrl-C; \`make news\` in another terminal changes prices)"
cd www
npx --no-install vite preview --port "$port" --strictPort --logLevel warn

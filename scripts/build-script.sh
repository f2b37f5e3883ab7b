#!/usr/bin/env bash
# Builds the tag for pages without a bundler: pkg/script/ and the module's glue -> pkg/regulars.iife.js.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$ROOT"
need node
# The module's address comes from the tag: nothing here knows where it lies.
node_modules/.bin/esbuild pkg/script/main.js --bundle --format=iife --minify --target=es2022 --legal-comments=inline \
  --define:import.meta.url=undefined --log-level=warning --outfile=pkg/regulars.iife.js >&2 ||
  die "the tag did not build" "the lines above name the place"
ready "pkg/regulars.iife.js"

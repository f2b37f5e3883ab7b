#!/usr/bin/env bash
# Builds the tag for pages without a bundler: pkg/script/ and the module's glue -> pkg/regulars.iife.js. The language is
# that of 2018, for old web views.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$ROOT"
need node
# The module's address comes from the tag: nothing here knows where it lies.
node_modules/.bin/esbuild pkg/script/main.js --bundle --format=iife --minify --target=es2018 --legal-comments=inline \
  --define:import.meta.url=undefined --banner:js='typeof globalThis=="object"||(self.globalThis=self);' --log-level=warning --outfile=pkg/regulars.iife.js >&2 ||
  die "the tag did not build" "the lines above name the place"
ready "pkg/regulars.iife.js"

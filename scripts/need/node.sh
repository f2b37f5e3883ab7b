#!/usr/bin/env bash
# Node, and the packages of each package-lock.json given (folders; default: all of the project).
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../env.sh
. "$(dirname "$0")/../env.sh"
cd "$ROOT"

{ have node && have npm; } || die "node or npm is not on the PATH" "install Node 20 or newer from https://nodejs.org, then run the command again"
[ "$(node -p 'process.versions.node.split(".")[0] >= 20')" = true ] ||
  die "node $(node --version) is older than 20" "install Node 20 or newer from https://nodejs.org, then run the command again"

[ $# -gt 0 ] || set -- . www
for folder in "$@"; do
  [ -f "$folder/package-lock.json" ] || continue
  lock=$(cat "$folder/package.json" "$folder/package-lock.json" | sha256sum | cut -d' ' -f1)
  mark=$folder/node_modules/.installed
  if [ "$(cat "$mark" 2>/dev/null)" = "$lock" ]; then
    ready "npm packages of $folder/"
    continue
  fi
  say "Installing the npm packages of $folder/"
  (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error >&2) ||
    die "npm ci failed in $folder/" "look at the lines above; with the network back, run the command again"
  echo "$lock" >"$mark"
done

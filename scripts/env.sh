# Sourced by every script: where things lie, how a script speaks, how it stops.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Tools and data that cost minutes live outside the clone, so that a second clone is quick.
CACHE=${REGULARS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/regulars}
# rustup and cargo install here, and a fresh shell may not have it on its PATH yet.
PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
export PATH
export npm_config_fund=false npm_config_audit=false npm_config_update_notifier=false

# Colour for eyes only, not for log files.
if [ -t 2 ]; then bold=$'\033[1m' red=$'\033[1;31m' plain=$'\033[0m'; else bold='' red='' plain=''; fi

say() { printf '%s== %s%s\n' "$bold" "$*" "$plain" >&2; }

# ready WHAT: the one line of a step that has nothing to do.
ready() { printf -- '-- %s: ready\n' "$*" >&2; }

# die WHAT WENT WRONG, WHAT TO DO
die() {
  printf '%sfailed: %s%s\n' "$red" "$1" "$plain" >&2
  [ $# -lt 2 ] || printf 'what to do: %s\n' "$2" >&2
  exit 1
}

# need NAME...: runs scripts/need/NAME.sh, once for a script and all that it calls.
need() {
  local name
  for name in "$@"; do
    case " ${REGULARS_READY:-} " in *" $name "*) continue ;; esac
    "$ROOT/scripts/need/$name.sh"
    export REGULARS_READY="${REGULARS_READY:-} $name"
  done
}

have() { command -v "$1" >/dev/null 2>&1; }

# apt_install WHY PACKAGE...: as root or through sudo.
apt_install() {
  local why=$1 sudo=()
  shift
  have apt-get || die "$why is missing and this system has no apt" "install what gives you: $*, then run the command again"
  if [ "$(id -u)" != 0 ]; then
    have sudo || die "$why is missing and installing it needs root" "run as root: apt-get install -y $*"
    sudo=(sudo)
  fi
  say "Installing $why: apt-get install $*"
  local install=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "$@")
  "${install[@]}" >&2 && return
  # The lists of a fresh image are empty or old.
  "${sudo[@]}" apt-get update -qq >&2 || die "apt-get update failed" "look at the lines above (network, mirrors), then run the command again"
  "${install[@]}" >&2 || die "apt could not install $*" "install $why by hand, then run the command again"
}

# locked_version CRATE: the release Cargo.lock names.
locked_version() {
  awk -v name="$1" '$1 == "name" { hit = ($3 == "\"" name "\"") } hit && $1 == "version" { gsub(/"/, "", $3); print $3; exit }' "$ROOT/Cargo.lock"
}

# only_one NAME: waits until no other run holds NAME, so that two clones don't install the same thing at once.
only_one() {
  mkdir -p "$CACHE"
  have flock || return 0
  exec 9>"$CACHE/.$1.lock"
  flock -n 9 || { say "Another run is busy with $1: waiting for it"; flock 9; }
}

# cargo_tool CRATE VERSION: installs a crate's programs into the cache, at tools/CRATE-VERSION/bin.
cargo_tool() {
  local crate=$1 version=$2
  local at=$CACHE/tools/$crate-$version
  if [ ! -d "$at" ]; then
    only_one "$crate"
    [ -d "$at" ] || cargo_install
  fi
  ready "$crate $version"
}

cargo_install() { # the variables of cargo_tool
  say "Installing $crate $version (compiles for 3 to 5 minutes, once for all clones)"
  # Without --locked: the lock file of wasm-bindgen-cli names a release the registry lacks.
  # The build directory stays after an interruption, so the next run goes on where this one stopped.
  CARGO_TARGET_DIR=$CACHE/build/$crate-$version cargo install --quiet --root "$at.part" --version "=$version" "$crate" >&2 ||
    die "cargo could not install $crate $version" "look at the lines above; with the network back, run the command again"
  rm -rf "$at"
  mv "$at.part" "$at"
  rm -rf "$CACHE/build/$crate-$version"
}

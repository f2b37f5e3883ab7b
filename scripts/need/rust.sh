#!/usr/bin/env bash
# Rust with the WebAssembly target, formatter and linter, and a C linker.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../env.sh
. "$(dirname "$0")/../env.sh"
cd "$ROOT"

have cargo || die "cargo is not on the PATH" "install Rust from https://rustup.rs, open a new shell, and run the command again"
have cc || apt_install "a C compiler (Rust links with it)" gcc libc6-dev

wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
running=$(rustc --version | cut -d' ' -f2) || die "rustc does not run" "try: rustup toolchain install stable"
[ "$(printf '%s\n' "$wanted" "${running%%-*}" | sort -V | head -n1)" = "$wanted" ] ||
  die "rustc $running is older than $wanted" "run: rustup update stable"

sysroot=$(rustc --print sysroot)
if [ ! -d "$sysroot/lib/rustlib/wasm32-unknown-unknown/lib" ]; then
  have rustup || die "the wasm32-unknown-unknown target is missing and there is no rustup" "install the target the way you installed Rust"
  say "Adding the WebAssembly target to Rust"
  rustup target add wasm32-unknown-unknown >&2 || die "rustup could not add wasm32-unknown-unknown" "with the network back, run the command again"
fi
if [ ! -d "$sysroot/lib/rustlib/src/rust/library" ] && have rustup; then
  say "Adding the source of Rust's library (the WebAssembly module builds it for size)"
  rustup component add rust-src >&2 || say "rustup could not add rust-src: going on without"
fi
for part in "rustfmt fmt" "clippy clippy"; do
  read -r component subcommand <<<"$part"
  cargo "$subcommand" --version >/dev/null 2>&1 && continue
  say "Adding $component to Rust"
  rustup component add "$component" >&2 || die "rustup could not add $component" "run: rustup component add $component"
done
ready "Rust $running"

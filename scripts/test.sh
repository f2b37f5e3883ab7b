#!/usr/bin/env bash
# Every check, each as one step. All steps run, even after one failed; the summary at the end gives their times.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$ROOT"

summary=()
failed=0

# step NAME COMMAND...
step() {
  local name=$1 started=$SECONDS outcome=passed
  shift
  say "$name"
  "$@" || { outcome=FAILED && failed=$((failed + 1)); }
  summary+=("$(printf '%-7s %4d s  %s' "$outcome" $((SECONDS - started)) "$name")")
}

need rust node wasm-bindgen chromium
scripts/duckdb.sh >/dev/null
summary+=("$(printf '%-7s %4d s  %s' ready "$SECONDS" "tools")")

step "format" cargo fmt --check
if have shellcheck; then step "shell scripts" shellcheck -x scripts/*.sh scripts/need/*.sh .ci/run; fi
step "lints, native" cargo clippy --quiet --all-targets --features train -- -D warnings
step "lints, WebAssembly" cargo clippy --quiet --lib --target wasm32-unknown-unknown -- -D warnings
step "fuzz targets" cargo check --quiet --manifest-path fuzz/Cargo.toml --target-dir target --no-default-features
step "tests, native" cargo test --quiet --features train
step "WebAssembly build" scripts/build-wasm.sh
for file in tests/size.test.mjs tests/js/bindings.test.mjs tests/js/codes.test.mjs tests/js/conditions.test.mjs; do
  step "${file%.test.mjs}" node --test --test-reporter=spec "$file"
done
if [ "${ALL:-}" = 1 ]; then # also the shop in Chromium, native against WebAssembly, and the packed tarball
  step "command line build" scripts/build-cli.sh
  step "the shop's data" scripts/demo-data.sh
  step "types of the shop" npm --prefix www --silent run check
  for file in tests/js/parity.test.mjs tests/js/shop.test.mjs tests/packaging/*.test.mjs; do
    step "${file%.test.mjs}" node --test --test-reporter=spec "$file"
  done
fi

say "Summary"
printf '%s\n' "${summary[@]}" "$(printf '%-7s %4d s' total "$SECONDS")" >&2
[ "$failed" = 0 ] || die "$failed of the steps above" "each prints the command's own lines under its name"

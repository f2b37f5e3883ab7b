#!/usr/bin/env bash
# Every check, each as one step. All steps run, even after one failed; the summary at the end gives their times. Two
# lanes run side by side: what is checked natively, and what is built for the browser and checked there.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$ROOT"

need rust node wasm-bindgen chromium old-node valgrind
scripts/duckdb.sh >/dev/null
scripts/data.sh >/dev/null

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
printf '%-7s %4d s  %s\n' ready "$SECONDS" tools >"$logs/summary"

# step NAME COMMAND...: prints what the command said when it ends, so that the lanes' lines don't mix.
step() {
  local name=$1 started=$SECONDS outcome=passed said
  shift
  printf -- '-- %s ...\n' "$name" >&2
  said=$(mktemp "$logs/said.XXXXXX")
  "$@" >"$said" 2>&1 || outcome=FAILED
  {
    flock 8
    say "$name"
    cat "$said" >&2
    printf '%-7s %4d s  %s\n' "$outcome" $((SECONDS - started)) "$name" >>"$logs/summary"
  } 8>"$logs/lock"
  [ "$outcome" = passed ]
}

# node_tests NAME FILE...: files of tests, each in a process of its own, two at a time.
node_tests() {
  local name=$1
  shift
  step "$name" node --test --test-concurrency=2 --test-reporter=spec "$@"
}

native() {
  step "format" cargo fmt --check || true
  if have shellcheck; then step "shell scripts" shellcheck -x scripts/*.sh scripts/need/*.sh .ci/run || true; fi
  step "lints, native" cargo clippy --quiet --all-targets --features train,serve -- -D warnings || true
  step "fuzz targets" cargo check --quiet --manifest-path fuzz/Cargo.toml --target-dir target --no-default-features || true
  step "tests, native" cargo test --quiet --features train,serve || true
  # Its snapshots are made by the command line; the other lane has built that by now, or is about to.
  step "command line" scripts/build-cli.sh || return 0
  step "a build that recommends alone" scripts/build-wasm.sh --only recommend || true
  node_tests "what that build can do" tests/js/only.test.mjs || true
}

browser() {
  step "WebAssembly build" scripts/build-wasm.sh || return 0
  node_tests "the package in Node" tests/size.test.mjs tests/js/{baseline,bindings,builds,codes,conditions,texts}.test.mjs || true
  node_tests "experiments" tests/js/{growthbook,openfeature,script}.test.mjs || true
  step "entries of hosts" scripts/build-hosts.sh || true
  step "the engine as JavaScript" scripts/build-no-webassembly.sh || true
  node_tests "the package, packed and installed" tests/packaging/*.test.mjs || true
  step "types of the shop" npm --prefix www --silent run check || true
  step "command line build" scripts/build-cli.sh || return 0
  node_tests "hosts, and the reference server" tests/js/{hosts,no-webassembly,security,serve}.test.mjs || true
  step "fault matrix" node tests/faults/matrix.mjs || true
  step "torn writes, 5 kills" node tests/faults/torn.mjs 5 || true
  node_tests "memory" tests/js/memory.test.mjs || true
  step "scenario packs" env REGULARS=target/release/regulars scripts/scenarios.sh || true
  step "the shop's data" scripts/demo-data.sh || return 0
  step "instructions of answers" node benches/instructions.mjs || true
  node_tests "native against WebAssembly" tests/js/parity.test.mjs || true
  node_tests "the shop in Chromium" tests/js/shop{-look,,-network}.test.mjs || true
  step "lints, WebAssembly" cargo clippy --quiet --lib --target wasm32-unknown-unknown -- -D warnings || true
}

say "Checking natively and in the browser; each step is told when it ends (warm 5 minutes, the first time 20)"
# The lane is a group of processes of its own, so that an interrupt reaches all of it.
set -m
browser &
lane=$!
set +m
trap 'kill -- "-$lane" 2>/dev/null; exit 130' INT TERM
native
wait "$lane" || true
# What the native run over the public cases asked for, asked again.
node_tests "promotions in WebAssembly" tests/js/promotions.test.mjs || true
node_tests "policies judged by logs" tests/js/policies.test.mjs || true

say "Summary"
cat "$logs/summary" >&2
printf '%-7s %4d s\n' total "$SECONDS" >&2
failed=$(grep -c '^FAILED' "$logs/summary" || true)
[ "$failed" = 0 ] || die "$failed of the steps above" "each prints the command's own lines under its name"

#!/usr/bin/env bash
# Runs one fuzz target: TARGET=snapshot TIME=600 scripts/fuzz.sh. Without TARGET it lists them.
# What it finds grows in fuzz/corpus/TARGET, a crash lands in fuzz/artifacts/TARGET; both stay out of the repository.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$ROOT"

targets=$(sed -n 's|^path = "fuzz_targets/\(.*\)\.rs"|\1|p' fuzz/Cargo.toml)
if [ -z "${TARGET:-}" ]; then
  say "Fuzz targets"
  echo "$targets"
  exit 0
fi
grep -qx "$TARGET" <<<"$targets" || die "there is no fuzz target \`$TARGET\`" "choose one of: $(tr '\n' ' ' <<<"$targets")"

need rust fuzz
PATH=$(echo "$CACHE"/tools/cargo-fuzz-*/bin):$PATH
# The sanitizers are unstable flags; this lets the stable compiler take them.
export RUSTC_BOOTSTRAP=1
inputs=("fuzz/corpus/$TARGET")
arguments=("-max_total_time=${TIME:-600}" -timeout=10 -rss_limit_mb=4096 -max_len=65536 -print_final_stats=1)
case "$TARGET" in
  *_json)
    inputs+=("fuzz/seeds/$TARGET")
    arguments+=(-dict=fuzz/json.dict)
    ;;
esac
mkdir -p "fuzz/corpus/$TARGET"
say "Fuzzing $TARGET for ${TIME:-600} seconds"
cargo fuzz run "$TARGET" "${inputs[@]}" -- "${arguments[@]}" >&2 ||
  die "the fuzzer found an input that breaks $TARGET" "it lies in fuzz/artifacts/$TARGET; cargo fuzz run $TARGET <file> replays it"

#!/usr/bin/env bash
# How well the next basket is predicted on the real data; benches/next-basket/README.md tells of the splits and the figures.
# Leaves each household's lists, in the form {household: [product, ...]}, in target/evaluate:
#   cutoff.json               everything learned from before 1 December 2017, with the flyer known chain-wide
#   cutoff_baskets_only.json  the same from baskets alone
#   discovery.json            the same, only what the household never bought, with the flyer
#   leave_last_out.json       each household's last basket, from all others alone
#   coupons.json              each campaign's coupons in order, {household/campaign: [coupon, ...]}
#   coupons_late.json         those of the campaigns from 8 August 2017 on
#   report.html, report.json  each strategy apart, and what lists are like beside being right
#   summary.json              the figures of all of them, which the last lines tell
# A step whose input, settings and code are those of its last run is not run again: what it printed then is printed. After an
# interruption it goes on with the step that was interrupted.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$ROOT"

target=${CARGO_TARGET_DIR:-target}
regulars=${REGULARS:-$target/release/regulars}
[ -n "${REGULARS:-}" ] || scripts/build-cli.sh
scripts/duckdb.sh >/dev/null
tables=$(scripts/data.sh)
cutoff=${CUTOFF:-2017-12-01}
out=$target/evaluate
work=$out/work
mkdir -p "$work"

# What lists are made and learned by: where this changes, steps run again.
code=$(find src/domain src/recommend src/snapshot src/cli/baskets src/cli/evaluate src/cli/duckdb Cargo.lock -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum)
learned_by=$(find src/domain src/recommend src/snapshot/wire src/snapshot/compile src/cli/baskets src/cli/evaluate/metrics.rs Cargo.lock -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum)

offered_by=$(find src/domain src/rules src/offers src/recommend src/snapshot src/engine src/cli/baskets/boost.rs src/cli/baskets/forest.rs src/cli/rank_offers.rs -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum)

step=0
began=$SECONDS
steps=17
# What was under way when it stops before its end, whatever stopped it.
doing=
ahead=
trap 'status=$?; [ -z "$ahead" ] || kill -- "-$ahead" 2>/dev/null || true; [ "$status" = 0 ] || [ -z "$doing" ] || echo "stopped in step $step of $steps, \"$doing\", with status $status; the same command goes on from there" >&2' EXIT

# once NAME WHAT CODE INPUT... -- COMMAND...: runs COMMAND, unless it ran before on the same code, input files and arguments.
once() {
  local name=$1 what=$2 by=$3 inputs=() input stamp status
  shift 3
  while [ "$1" != -- ]; do inputs+=("$1"); shift; done
  shift
  step=$((step + 1)) doing=$what
  say "[$step/$steps] $what ($(((SECONDS - began) / 60)) min so far)"
  for input in "${inputs[@]}"; do [ -r "$input" ] || die "$what: $input is not there" "remove $work, and run the command again"; done
  stamp=$({ echo "$by" "$@"; sha256sum "${inputs[@]}"; } | sha256sum | cut -d' ' -f1)
  if [ "$(cat "$work/$name.stamp" 2>/dev/null)" = "$stamp" ]; then
    cat "$work/$name.log"
    doing=
    return
  fi
  rm -f "$work/$name.stamp"
  # Not as a condition: in one, a command inside that fails would not end it.
  set +e
  (set -e; "$@") | tee "$work/$name.log"
  status=${PIPESTATUS[0]}
  set -e
  [ "$status" = 0 ] || die "$what (status $status)" "the lines above say why; with that mended, the same command goes on from here"
  echo "$stamp" >"$work/$name.stamp"
  doing=
}

# split NAME SQL: history and targets of a split.
split() {
  "$regulars" sql "benches/next-basket/$2" --until "$cutoff" --table "transactions=$tables/transactions.parquet" \
    --table "products=$tables/products.parquet" -o "$work/$1.json"
  node --input-type=module - "$work/$1" <<'SPLIT'
import { readFileSync, writeFileSync } from 'node:fs';
const name = process.argv[2];
const rows = JSON.parse(readFileSync(`${name}.json`, 'utf8'));
for (const part of ['history', 'target'])
  writeFileSync(`${name}_${part}.json`, JSON.stringify(Object.fromEntries(rows.map((row) => [row.household, row[part]]))));
console.log(`${rows.length} households`);
SPLIT
}

details() {
  "$regulars" sql benches/next-basket/details.sql --one --table "promotions=$tables/promotions.parquet" \
    --table "products=$tables/products.parquet" -o "$work/details.json"
}

# predict NAME WHAT MODEL SPLIT STRATEGY
predict() {
  once "$1" "$2" "$code" "$work/$3/knowledge.cbor" "$work/$3/classes.json" "$work/$4_history.json" "$work/$4_target.json" -- \
    "$regulars" evaluate --model "$work/$3" --histories "$work/$4_history.json" --targets "$work/$4_target.json" \
    --strategy "$5" --predictions "$out/$1.json" --measures "$work/$1_measures.json"
}

sources=("$tables/transactions.parquet" "$tables/products.parquet")
once split_cutoff "Splitting a year of orders at $cutoff" "" "${sources[@]}" benches/next-basket/split.sql -- split cutoff split.sql
once split_last "Splitting it before each household's last basket" "" "${sources[@]}" benches/next-basket/last.sql -- split last last.sql
once split_all "Reading all baskets of all households" "" "${sources[@]}" benches/next-basket/all.sql -- split all all.sql
once details "Reading classes of items and flyers" "" "$tables/promotions.parquet" "$tables/products.parquet" benches/next-basket/details.sql -- details

train_baskets() {
  once train_baskets "Learning from baskets alone" "$learned_by" "$work/cutoff_history.json" -- \
    "$regulars" train --baskets "$work/cutoff_history.json" --rank next-basket -o "$work/baskets"
}
train_last() {
  once train_last "Learning from all but each household's last basket" "$learned_by" "$work/last_history.json" -- \
    "$regulars" train --baskets "$work/last_history.json" --folds last --rank next-basket -o "$work/last"
}
# Two trainings at a time. What is learned ahead is found there by its own step, which does it itself where that failed.
set -m
(trap - EXIT; train_baskets; train_last) >"$work/ahead.log" 2>&1 &
ahead=$!
set +m

once train_full "Learning from baskets, classes of items and flyers" "$learned_by" "$work/cutoff_history.json" "$work/details.json" -- \
  "$regulars" train --baskets "$work/cutoff_history.json" --details "$work/details.json" -o "$work/full"
predict cutoff "Next baskets, with the flyer" full cutoff next-basket
predict discovery "New items, with the flyer" full cutoff discover

wait "$ahead" || true
ahead=
train_baskets
predict cutoff_baskets_only "Next baskets, from baskets alone" baskets cutoff next-basket

train_last
predict leave_last_out "Last baskets, from baskets alone" last last next-basket

# What coupons are judged by, and what is known of households and sales before each campaign.
coupon_tables=(--table "transactions=$tables/transactions.parquet")
for table in campaigns campaign_descriptions coupons coupon_redemptions; do coupon_tables+=(--table "$table=$tables/$table.parquet"); done
coupon_cases() {
  "$regulars" sql benches/coupons/cases.sql "${coupon_tables[@]}" -o "$work/coupon_cases.json"
  "$regulars" sql benches/coupons/candidates.sql --one "${coupon_tables[@]}" -o "$work/coupon_products.json"
  "$regulars" sql benches/coupons/bought.sql "${coupon_tables[@]}" -o "$work/coupon_bought.json"
  "$regulars" sql benches/coupons/brands.sql --one --table "products=$tables/products.parquet" -o "$work/coupon_brands.json"
  mkdir -p "$work/sold"
  local day
  for day in $(node -e 'console.log([...new Set(JSON.parse(require("fs").readFileSync(process.argv[1])).map((one) => one.start))].join(" "))' "$work/coupon_cases.json"); do
    "$regulars" sql benches/coupons/sold.sql --one --until "$(node -e 'console.log(new Date(Date.UTC(2017, 0, 1 + Number(process.argv[1]))).toISOString().slice(0, 10))' "$day")" \
      --table "transactions=$tables/transactions.parquet" -o "$work/sold/$day.json"
  done
  echo "$(grep -c '"id"' "$work/coupon_cases.json") cases"
}
once coupon_cases "Reading campaigns and what was redeemed" "" "$tables"/{transactions,campaigns,campaign_descriptions,coupons,coupon_redemptions}.parquet benches/coupons/*.sql -- coupon_cases
once coupons "Ranking coupons" "$offered_by" "$work"/coupon_{cases,products,bought,brands}.json "$work/details.json" scripts/evaluate-coupons.mjs -- \
  node scripts/evaluate-coupons.mjs "$regulars" "$work" "$out"

brands() {
  "$regulars" sql benches/next-basket/brands.sql --one --table "products=$tables/products.parquet" -o "$work/brands.json"
}
once brands "Reading brands" "" "$tables/products.parquet" benches/next-basket/brands.sql -- brands
once report "Measuring each strategy apart (some minutes)" "$code" "$work/full/knowledge.cbor" "$work/cutoff_history.json" "$work/cutoff_target.json" "$work/brands.json" -- \
  "$regulars" evaluate --model "$work/full" --histories "$work/cutoff_history.json" --targets "$work/cutoff_target.json" \
  --brands "$work/brands.json" --own-brand Private --report "$out/report.html" --json "$out/report.json"

# The module in Node gives every household of the data the same list with the same scores, bit for bit, and every case's coupons the
# same order.
parity() {
  "$regulars" evaluate --model "$work/full" --histories "$work/all_history.json" --targets "$work/all_target.json" \
    --snapshot "$work/snapshot.json" --predictions "$work/parity.json" --scores "$work/parity_scores.json" >"$work/parity_lists.log"
  node scripts/evaluate-parity.mjs "$work" "$regulars"
}
[ -f pkg/wasm/regulars_bg.wasm ] || scripts/build-wasm.sh
once parity "The same lists by the module in Node, for all households" "$code" "$work/full/knowledge.cbor" "$work/coupon_occasions.jsonl" pkg/wasm/*.wasm pkg/*.js scripts/evaluate-parity.mjs -- parity

once policies "Judging policies by logs of devices, against what they really bring" "" "$regulars" pkg/wasm/*.wasm pkg/*.js scripts/evaluate-policies.mjs -- \
  node scripts/evaluate-policies.mjs "$regulars" "$work"

node scripts/evaluate-summary.mjs "$work" "$out"
say "Done in $(((SECONDS - began) / 60)) min; everything is in $out"

#!/usr/bin/env bash
# How well the next basket is predicted on the real data; benches/next-basket/README.md tells of the splits and the figures.
# Leaves each household's lists, in the form {household: [product, ...]}, in target/evaluate:
#   cutoff.json               everything learned from before 1 December 2017, with the flyer known chain-wide
#   cutoff_baskets_only.json  the same from baskets alone
#   discovery.json            the same, only what the household never bought, with the flyer
#   leave_last_out.json       each household's last basket, from all others alone
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$ROOT"

scripts/build-cli.sh
scripts/duckdb.sh >/dev/null
tables=$(scripts/data.sh)
target=${CARGO_TARGET_DIR:-target}
regulars=$target/release/regulars
out=$target/evaluate
work=$out/work
mkdir -p "$work"

# split NAME SQL: history and targets of a split.
split() {
  "$regulars" sql "benches/next-basket/$2" --until "${CUTOFF:-2017-12-01}" --table "transactions=$tables/transactions.parquet" \
    --table "products=$tables/products.parquet" -o "$work/$1.json"
  node --input-type=module - "$work/$1" <<'SPLIT'
import { readFileSync, writeFileSync } from 'node:fs';
const name = process.argv[2];
const rows = JSON.parse(readFileSync(`${name}.json`, 'utf8'));
for (const part of ['history', 'target'])
  writeFileSync(`${name}_${part}.json`, JSON.stringify(Object.fromEntries(rows.map((row) => [row.household, row[part]]))));
SPLIT
}

# predict MODEL SPLIT LISTS STRATEGY
predict() {
  "$regulars" evaluate --model "$work/$1" --histories "$work/$2_history.json" --targets "$work/$2_target.json" \
    --strategy "$4" --predictions "$out/$3.json"
}

say "Splitting a year of orders at ${CUTOFF:-2017-12-01}, and before each household's last basket"
split cutoff split.sql
split last last.sql
"$regulars" sql benches/next-basket/details.sql --one --table "promotions=$tables/promotions.parquet" \
  --table "products=$tables/products.parquet" -o "$work/details.json"

say "Learning from baskets, classes of items and flyers"
"$regulars" train --baskets "$work/cutoff_history.json" --details "$work/details.json" -o "$work/full"
say "Next baskets, with the flyer"
predict full cutoff cutoff next-basket
say "New items, with the flyer"
predict full cutoff discovery discover

say "Learning from baskets alone"
"$regulars" train --baskets "$work/cutoff_history.json" --rank next-basket -o "$work/baskets"
say "Next baskets, from baskets alone"
predict baskets cutoff cutoff_baskets_only next-basket

say "Learning from all but each household's last basket"
"$regulars" train --baskets "$work/last_history.json" --folds last --rank next-basket -o "$work/last"
say "Last baskets, from baskets alone"
predict last last leave_last_out next-basket

#!/usr/bin/env bash
# How well the next basket is predicted on the real data. Everything is learned from before one cutoff, 1 December 2017,
# and each household's first basket from then on is predicted (benches/next-basket/split.sql says which products count).
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$ROOT"

scripts/build-cli.sh
scripts/duckdb.sh >/dev/null
tables=$(scripts/data.sh)
regulars=${CARGO_TARGET_DIR:-target}/release/regulars
work=data/evaluate
mkdir -p "$work"

say "Splitting a year of orders at ${CUTOFF:=2017-12-01}"
"$regulars" sql benches/next-basket/split.sql --until "$CUTOFF" --table "transactions=$tables/transactions.parquet" \
  --table "products=$tables/products.parquet" -o "$work/split.json"
node --input-type=module - "$work" <<'SPLIT'
import { readFileSync, writeFileSync } from 'node:fs';
const work = process.argv[2];
const rows = JSON.parse(readFileSync(`${work}/split.json`, 'utf8'));
for (const part of ['history', 'target'])
  writeFileSync(`${work}/${part}.json`, JSON.stringify(Object.fromEntries(rows.map((row) => [row.household, row[part]]))));
SPLIT
say "Learning from what was bought before"
"$regulars" train --baskets "$work/history.json" -o "$work/model"
say "Predicting each household's next basket"
"$regulars" evaluate --model "$work/model" --histories "$work/history.json" --targets "$work/target.json" --predictions "$work/predictions.json"

#!/usr/bin/env bash
# Makes what the shop page loads, in www/public/data: the signed snapshot of The Complete Journey as its data ends, its
# public key, 200 households' profiles and index.json; the case shops of tests/scenarios beside it; shops.json, which lists
# them all. Nothing is done where nothing changed.
#
#   scripts/demo-data.sh
#
#   RANKER=full   learns weights and trees anew, into demo/ranker.cbor (tiny: a smaller ranker); a quarter of an hour
#   ITEMS=all     takes every product that was sold, not only those that 17 households bought
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$ROOT"

regulars=${REGULARS:-target/release/regulars}
out=www/public/data
work=data/demo
households=17
[ "${ITEMS:-}" != all ] || { households=1 work=data/demo-all out=data/demo-all/page; }
# The year of orders ends at midnight in the shop, on New Year's Day 2018. The page opens at ten in the morning.
until=2018-01-01T05:00:00Z
now=1514818800000

[ -x "$regulars" ] || scripts/build-cli.sh
scripts/duckdb.sh >/dev/null
tables=$(scripts/data.sh)

cases=$(find tests/scenarios -type f 2>/dev/null | sort) || true
# shellcheck disable=SC2086 # names without spaces
made_from=$(cat "$regulars" scripts/demo-data.sh demo/*.* demo/sql/* $cases | sha256sum | cut -d' ' -f1)
if [ -z "${RANKER:-}" ] && [ -f "$out/shops.json" ] && [ "$(cat "$work/made-from" 2>/dev/null)" = "$made_from" ]; then exit 0; fi
mkdir -p "$work" "$out/members"
rm -rf "$work/made-from" "$out/index.json" "$out/shops.json" "$out/shops" "$out"/members/*.json

# Weights and trees take a quarter of an hour to learn: demo/ranker.cbor holds what RANKER=full learned from these orders.
ranker=()
if [ -n "${RANKER:-}" ]; then ranker=(--ranker "$RANKER")
elif [ -f demo/ranker.cbor ]; then ranker=(--ranker-of demo/ranker.cbor); fi
sold=(--orders "$tables/transactions.parquet" --products "$tables/products.parquet" --until "$until")

# Goods only. A produce size of ten pounds or of twenty pieces and more is that of the crate, not of what is sold.
learn() {
  if [ -n "${RANKER:-}" ]; then say "Learning from a year of orders, weights and trees too (10 to 15 minutes; interrupted, it goes on)"
  else say "Learning from a year of orders (about 20 seconds)"; fi
  rm -f "$work/learned-from"
  "$regulars" train "${sold[@]}" --min-households "$households" --words demo/words.csv -o "$work/trained" "${ranker[@]}" \
    --where "department NOT IN ('FUEL', 'MISCELLANEOUS', 'COUPON', 'POSTAL CENTER', 'CNTRL/STORE SUP', 'PROD-WHS SALES') AND category IS NOT NULL AND category <> 'COUPON/MISC ITEMS'" \
    --product-column "size=CASE WHEN department = 'PRODUCE' AND (package_size LIKE '% LB' AND TRY_CAST(split_part(package_size, ' ', 1) AS DOUBLE) >= 10
                                                               OR package_size LIKE '% CT' AND TRY_CAST(split_part(package_size, ' ', 1) AS DOUBLE) >= 20) THEN NULL ELSE package_size END" ||
    die "training failed" "the line above says what with"
  [ -z "${RANKER:-}" ] || cp "$work/trained/ranker.cbor" demo/ranker.cbor
  echo "$learned_from" >"$work/learned-from"
}

# It takes longest and seldom changes: done anew where what learns, or from what, is another.
learned_from=$({
  find src/cli/train src/cli/baskets src/cli/orders src/cli/duckdb src/recommend src/snapshot/wire -type f -print0 | sort -z | xargs -0 cat
  cat demo/words.csv
  [ ! -f demo/ranker.cbor ] || cat demo/ranker.cbor
  declare -f learn
} | sha256sum | cut -d' ' -f1)
if [ -n "${RANKER:-}" ] || [ "$(cat "$work/learned-from" 2>/dev/null)" != "$learned_from" ]; then learn; fi

say "Turning the mailed coupons into offers, and names into texts"
asks=()
for table in campaigns campaign_descriptions coupons coupon_redemptions demographics; do asks+=(--table "$table=$tables/$table.parquet"); done
"$regulars" sql demo/sql/coupons.sql --until "$until" "${asks[@]}" --table "orders=$tables/transactions.parquet" \
  --table "items=$work/trained/items.json" --table words=demo/words.csv -o "$work/coupons.json"
"$regulars" sql demo/sql/texts.sql --one --table "items=$work/trained/items.json" --table words=demo/words.csv -o "$work/terms.json"
node --input-type=module - "$work" <<'MERGE'
// Offers: the programme's own, then the mailed coupons. Texts: names of terms, and of all that has titles.
import { readFileSync, writeFileSync } from 'node:fs';
const work = process.argv[2];
const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
const offers = [...read('demo/offers.json'), ...read(`${work}/coupons.json`)];
const programme = read('demo/programme.json');
const texts = read(`${work}/terms.json`);
const named = {
  segment: read('demo/segments.json'),
  tag: read('demo/tags.json'),
  offer: offers,
  tier: programme.tiers,
  benefit: programme.benefits,
  reward: programme.rewards,
  task: programme.tasks,
  day: programme.days,
  draw: programme.draws,
  prize: programme.draws.flatMap(({ prizes }) => prizes),
  message: programme.contact.messages,
};
for (const [kind, entries] of Object.entries(named))
  for (const { id, titles } of entries) for (const [locale, title] of Object.entries(titles ?? {})) texts[locale][`${kind}:${id}`] = title;
writeFileSync(`${work}/offers.json`, JSON.stringify(offers));
writeFileSync(`${work}/texts.json`, JSON.stringify(texts));
MERGE

say "Packing and signing the snapshot"
[ -f "$work/shop.key" ] || "$regulars" keygen -o "$work/shop" >/dev/null
"$regulars" pack --train "$work/trained" --programme demo/programme.json --offers "$work/offers.json" --stacking demo/stacking.json \
  --segments demo/segments.json --features demo/features.json --texts "$work/texts.json" \
  --shop corner --currency USD --zone America/New_York --locale en --locale zh-CN --issued-at "$until" --days 90 \
  --key "$work/shop.key" -o "$out/catalog.rgl" --json "$work/catalog.json" || die "packing failed" "the line above names the file and the field"

say "Writing the profiles of 200 households"
"$regulars" member "${sold[@]}" "${asks[@]}" --choose demo/sql/households.sql \
  --part attributes=demo/sql/attributes.sql --part tags=demo/sql/tags.sql --part ledger=demo/sql/ledger.sql \
  --part wallet=demo/sql/wallet.sql --part uses=demo/sql/uses.sql -o "$out/members" --index "$work/households.json" ||
  die "the profiles failed" "the line above says what with"
"$regulars" membership "$out/catalog.rgl" --member "$out/members" --now "$now" >"$work/memberships.jsonl" || die "the tiers could not be told" "the line above says why"
node --input-type=module - "$work" "$out" "$now" <<'INDEX'
import { readFileSync, writeFileSync } from 'node:fs';
const [work, out, now] = process.argv.slice(2);
const key = readFileSync(`${work}/shop.pub`, 'utf8').trim();
writeFileSync(`${out}/shop.pub`, Buffer.from(key, 'hex'));
const lines = readFileSync(`${work}/memberships.jsonl`, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
const tiers = new Map(lines.map(({ member, answer }) => [member, answer.tier.id]));
const listed = JSON.parse(readFileSync(`${work}/households.json`, 'utf8'));
const households = listed.map((entry) => ({ ...entry, file: `members/${entry.file}`, tier: tiers.get(entry.id) ?? null }));
writeFileSync(`${out}/index.json`, JSON.stringify({ catalog: 'catalog.rgl', publicKey: 'shop.pub', now: Number(now), zone: 'America/New_York', households }));
INDEX
say "Packing the case shops"
node demo/shops.mjs "$regulars" "$work/shops" "$out" || die "a case shop could not be packed" "the line above names the file and the field"
echo "$made_from" >"$work/made-from"

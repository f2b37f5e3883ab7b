// Lays out past campaigns for `regulars rank-offers`, which ranks each one's coupons by what was learned from the redemptions before
// it, and scores the order against the coupons that were redeemed.
//
//   node scripts/evaluate-coupons.mjs REGULARS WORK OUT
//
// WORK holds coupon_cases.json, coupon_products.json, coupon_bought.json, sold/<day>.json and details.json (scripts/evaluate.sh
// makes them). OUT/coupons.json gets the order of every case, OUT/coupons_late.json that of the campaigns from LATE on.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [regulars, work, out] = process.argv.slice(2);
/** 8 August 2017: settings were chosen on the campaigns before. */
const LATE = 219;
const DAY = 86_400_000;
const EPOCH = Date.UTC(2017, 0, 1);
const read = (name) => JSON.parse(readFileSync(join(work, name), 'utf8'));

const cases = read('coupon_cases.json');
const products = read('coupon_products.json');
const classes = read('details.json').items;
const brands = read('coupon_brands.json');
const baskets = new Map(read('coupon_bought.json').map(({ household, baskets }) => [household, baskets]));
const own = new Map();
for (const one of cases) own.set(one.campaign, [...(own.get(one.campaign) ?? []), one]);
const occasions = [];

for (const [campaign, group] of own) {
  const { start, candidates } = group[0];
  const sold = read(`sold/${start}.json`);
  const bought = group.flatMap(({ household }) => baskets.get(household).flatMap(([, , list]) => list));
  const ids = [...new Set([...Object.values(products[campaign]).flat(), ...bought].map(String))].sort();
  const percent = (coupon) => ({ kind: 'percent', percent: 10, where: { 'item.id': { $in: products[campaign][coupon].map(String) } } });
  const catalog = {
    format: 1, id: campaign, shop: 'journey', version: 1, issuedAt: 0,
    currency: { code: 'USD', minorUnits: 2 }, zone: { name: 'UTC', offsets: [] }, locales: ['en'],
    items: ids.map((id) => ({ id, price: 100, ...classes[id], brand: brands[id] })),
    knowledge: {
      format: 1, items: ids,
      popularity: ids.map((id) => (sold.lines[id] ?? 0) / sold.baskets),
      buyers: ids.map((id) => sold.buyers[id] ?? 0),
    },
    offers: candidates.map((id) => ({ id, effects: [percent(id)] })),
  };
  const folder = join(work, 'coupons', campaign);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'catalog.json'), JSON.stringify(catalog));
  for (const { id, household, used, before } of group) {
    const known = baskets.get(household).filter(([day]) => day < start);
    const history = known.map(([day, id, list]) => ({ id, at: EPOCH + day * DAY, lines: list.map((item) => ({ item: String(item), quantity: 1 })) }));
    const uses = (before ?? []).map(([offer, day]) => ({ offer, at: EPOCH + day * DAY }));
    writeFileSync(join(folder, `${household}.json`), JSON.stringify({ id: household, history, uses }));
    const at = EPOCH + start * DAY;
    occasions.push({
      id, at, catalog: `coupons/${campaign}/catalog.json`, member: `coupons/${campaign}/${household}.json`,
      used: Object.fromEntries(used.map(([offer, day]) => [offer, EPOCH + day * DAY])),
    });
  }
  process.stderr.write(`\r  ${occasions.length}/${cases.length} cases `);
}
process.stderr.write('\n');
writeFileSync(join(work, 'coupon_occasions.jsonl'), occasions.map((one) => JSON.stringify(one)).join('\n'));

const late = new Date(EPOCH + LATE * DAY).toISOString();
const settings = ['--from', late, '--measures', join(work, 'coupon_measures.json'), '--predictions', join(out, 'coupons.json'), '-o', join(work, 'coupon_ranker')];
const { status, signal, error } = spawnSync(regulars, ['rank-offers', join(work, 'coupon_occasions.jsonl'), ...settings], { stdio: 'inherit' });
if (status !== 0) throw new Error(`regulars rank-offers ended with ${error?.message ?? signal ?? `status ${status}`}`);
const order = JSON.parse(readFileSync(join(out, 'coupons.json'), 'utf8'));
writeFileSync(join(out, 'coupons_late.json'), JSON.stringify(Object.fromEntries(cases.filter(({ start }) => start >= LATE).map(({ id }) => [id, order[id]]))));

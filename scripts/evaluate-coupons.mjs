// Ranks each campaign's coupons for the households of its cases by `regulars offers`, from what was bought and sold before the
// campaign began, and scores the order against the coupons that were redeemed.
//
//   node scripts/evaluate-coupons.mjs REGULARS WORK OUT
//
// WORK holds coupon_cases.json, coupon_products.json, coupon_bought.json, sold/<day>.json and details.json (scripts/evaluate.sh
// makes them). OUT/coupons.json gets the order of every case, OUT/coupons_late.json that of the campaigns from LATE on.
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const [regulars, work, out] = process.argv.slice(2);
/** 8 August 2017: settings were chosen on the campaigns before. */
const LATE = 219;
const DAY = 86_400_000;
const EPOCH = Date.UTC(2017, 0, 1);
const read = (name) => JSON.parse(readFileSync(join(work, name), 'utf8'));

const cases = read('coupon_cases.json');
const products = read('coupon_products.json');
const classes = read('details.json').items;
const baskets = new Map(read('coupon_bought.json').map(({ household, baskets }) => [household, baskets]));
const own = new Map();
for (const one of cases) own.set(one.campaign, [...(own.get(one.campaign) ?? []), one]);
const order = {};
let done = 0;

for (const [campaign, group] of own) {
  const { start, candidates } = group[0];
  const sold = read(`sold/${start}.json`);
  const bought = group.flatMap(({ household }) => baskets.get(household).flatMap(([, , list]) => list));
  const ids = [...new Set([...Object.values(products[campaign]).flat(), ...bought].map(String))].sort();
  const percent = (coupon) => ({ kind: 'percent', percent: 10, where: { 'item.id': { $in: products[campaign][coupon].map(String) } } });
  const catalog = {
    format: 1, id: campaign, shop: 'journey', version: 1, issuedAt: 0,
    currency: { code: 'USD', minorUnits: 2 }, zone: { name: 'UTC', offsets: [] }, locales: ['en'],
    items: ids.map((id) => ({ id, price: 100, ...classes[id] })),
    knowledge: { format: 1, items: ids, popularity: ids.map((id) => (sold.lines[id] ?? 0) / sold.baskets) },
    offers: candidates.map((id) => ({ id, effects: [percent(id)] })),
  };
  const folder = join(work, 'coupons', campaign);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'catalog.json'), JSON.stringify(catalog));
  const files = group.map(({ household }) => {
    const before = baskets.get(household).filter(([day]) => day < start);
    const history = before.map(([day, id, list]) => ({ id, at: EPOCH + day * DAY, lines: list.map((item) => ({ item: String(item), quantity: 1 })) }));
    const file = join(folder, `${household}.json`);
    writeFileSync(file, JSON.stringify({ id: household, history }));
    return file;
  });
  const members = files.flatMap((file) => ['--member', file]);
  const now = new Date(EPOCH + start * DAY).toISOString();
  const { stdout } = await run(regulars, ['offers', join(folder, 'catalog.json'), '--now', now, ...members], { maxBuffer: 1 << 29 });
  const answers = stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
  // Offers without their goods in the cart are not eligible; they stand in the order of their score all the same.
  group.forEach(({ id }, place) => (order[id] = answers[place].answer.offers.toSorted((one, other) => other.score - one.score).map((offer) => offer.id)));
  done += 1;
  process.stderr.write(`\r  ${done}/${own.size} campaigns `);
}
process.stderr.write('\n');

const late = cases.filter(({ start }) => start >= LATE);
writeFileSync(join(out, 'coupons.json'), JSON.stringify(order));
writeFileSync(join(out, 'coupons_late.json'), JSON.stringify(Object.fromEntries(late.map(({ id }) => [id, order[id]]))));
told('all', cases);
told(`from day ${LATE}`, late);

/** AUC, recall@5, recall@10, nDCG@10 of these cases, each with a 95 % interval by the normal approximation. */
function told(name, chosen) {
  const rows = chosen.map(({ id, redeemed }) => scored(order[id], new Set(redeemed)));
  console.log(`${name}: ${chosen.length} cases`);
  ['AUC', 'recall@5', 'recall@10', 'nDCG@10'].forEach((measure, place) => {
    const values = rows.map((row) => row[place]);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
    const margin = 1.96 * Math.sqrt(variance / values.length);
    console.log(`  ${measure.padEnd(10)} ${mean.toFixed(4)} [${(mean - margin).toFixed(4)}, ${(mean + margin).toFixed(4)}]`);
  });
}

function scored(ranked, redeemed) {
  const places = ranked.flatMap((coupon, place) => (redeemed.has(coupon) ? [place] : []));
  const within = (most) => places.filter((place) => place < most).length / redeemed.size;
  const discount = (place) => 1 / Math.log2(place + 2);
  const sum = (list) => list.reduce((total, value) => total + value, 0);
  const missed = sum(places.map((place, number) => place - number));
  const ideal = sum(Array.from({ length: Math.min(redeemed.size, 10) }, (_, place) => discount(place)));
  const gain = sum(places.filter((place) => place < 10).map(discount)) / ideal;
  return [1 - missed / (redeemed.size * (ranked.length - redeemed.size)), within(5), within(10), gain];
}

// Asks the module, in Node, for every household's list that `regulars evaluate` made natively, and compares: the same items in the
// same order, and scores that are equal bit for bit.
//
//   node scripts/evaluate-parity.mjs WORK
//
// WORK holds snapshot.json, parity.json and parity_scores.json (scripts/evaluate.sh makes them), and the split.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import init, { Engine } from '../pkg/index.js';

const DAY = 86_400_000;
const [work] = process.argv.slice(2);
const read = (name) => JSON.parse(readFileSync(join(work, name), 'utf8'));

await init();
const engine = new Engine();
engine.loadCatalog(readFileSync(join(work, 'snapshot.json')), { now: 0 });
const histories = read('cutoff_history.json');
const targets = read('cutoff_target.json');
const lists = read('parity.json');
const scores = read('parity_scores.json');
const bits = (score) => {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, score);
  return view.getBigUint64(0).toString(16).padStart(16, '0');
};

let compared = 0;
const different = [];
for (const [household, expected] of Object.entries(lists)) {
  const history = histories[household].map(([day, items], place) => ({ id: String(place), at: day * DAY, lines: items.map((item) => ({ item: String(item), quantity: 1 })) }));
  engine.loadMember({ id: household, history });
  const { items } = engine.recommend({ strategy: 'next-basket', limit: expected.length, now: targets[household][0] * DAY });
  const found = JSON.stringify(items.map(({ id, score }) => [id, bits(score)]));
  if (found !== JSON.stringify(expected.map((id, place) => [String(id), scores[household][place]]))) different.push(household);
  compared += expected.length;
}
console.log(`${Object.keys(lists).length} households, ${compared} items: ${different.length} households differ`);
if (different.length > 0) throw new Error(`not the same natively and in WebAssembly: households ${different.slice(0, 10).join(', ')} ...`);

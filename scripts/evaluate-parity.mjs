// Asks the module, in Node, for every household's list that `regulars evaluate` made natively, and compares: the same items in the
// same order, and scores that are equal bit for bit. Then for the coupons of every case, ranked by the trees that were learned.
//
//   node scripts/evaluate-parity.mjs WORK REGULARS
//
// WORK holds snapshot.json, parity.json and parity_scores.json, all_history.json and all_target.json, coupon_occasions.jsonl with
// what it names, and coupon_ranker (scripts/evaluate.sh makes them).
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import init, { Engine } from '../pkg/node.js';

const DAY = 86_400_000;
const [work, regulars] = process.argv.slice(2);
const read = (name) => JSON.parse(readFileSync(join(work, name), 'utf8'));

await init();
const engine = new Engine();
engine.loadCatalog(readFileSync(join(work, 'snapshot.json')), { now: 0 });
const histories = read('all_history.json');
const targets = read('all_target.json');
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

// Coupons: each campaign's catalog with the trees in it, its cases natively and here.
const trees = [...readFileSync(join(work, 'coupon_ranker'))];
const occasions = readFileSync(join(work, 'coupon_occasions.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
const byCatalog = grouped(occasions);
let offers = 0;
const unlike = [];
for (const [path, cases] of byCatalog) {
  const catalog = read(path);
  catalog.knowledge.ranker = { offers: trees };
  const file = join(work, 'coupon_parity.json');
  writeFileSync(file, JSON.stringify(catalog));
  const now = cases[0].at;
  const members = cases.flatMap(({ member }) => ['--member', join(work, member)]);
  const native = asked(['offers', file, '--now', new Date(now).toISOString(), ...members]).trimEnd().split('\n').map((line) => JSON.parse(line).answer.offers);
  const here = new Engine();
  here.loadCatalog(readFileSync(file), { now });
  if (native.length !== cases.length) throw new Error(`${path}: ${native.length} native answers to ${cases.length} cases`);
  cases.forEach(({ id, member }, place) => {
    here.loadMember(read(member));
    const told = (list) => JSON.stringify(list.map(({ id, score }) => [id, bits(score)]));
    const list = here.offers({ now }).offers;
    if (told(list) !== told(native[place])) unlike.push(id);
    offers += list.length;
  });
  here.free?.();
}
console.log(`${occasions.length} cases, ${offers} coupons: ${unlike.length} cases differ`);
if (unlike.length > 0) throw new Error(`not the same natively and in WebAssembly: cases ${unlike.slice(0, 10).join(', ')} ...`);

/** What the program prints; where it fails, why. */
function asked(options) {
  const { stdout, stderr, status, signal, error } = spawnSync(regulars, options, { encoding: 'utf8', maxBuffer: 1 << 30 });
  if (status === 0) return stdout;
  throw new Error(`regulars ${options.slice(0, 4).join(' ')} ... ended with ${error?.message ?? signal ?? `status ${status}`}: ${(stderr ?? '').slice(-2000)}`);
}

function grouped(list) {
  const groups = new Map();
  for (const one of list) groups.set(one.catalog, [...(groups.get(one.catalog) ?? []), one]);
  return groups;
}

// The catalogue that `regulars serve` gives the demo's pages, in FOLDER:
//
//   node demo/live.mjs REGULARS DEMO FOLDER          what demo-data.sh packed into DEMO; nothing where it is there already
//   node demo/live.mjs REGULARS DEMO FOLDER --news   a newer one with other prices: one item in ten, up to a tenth up or down
//
// Versions only rise, as pages that saw one refuse any before.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [regulars, demo, folder, what] = process.argv.slice(2);
const state = join(folder, 'state.json');
const known = existsSync(state) ? JSON.parse(readFileSync(state, 'utf8')) : { madeFrom: '', version: 0, news: 0 };
const madeFrom = readFileSync(join(demo, 'made-from'), 'utf8');
const isNews = what === '--news';
if (known.madeFrom === madeFrom && !isNews) process.exit(0);

const catalog = JSON.parse(readFileSync(join(demo, 'catalog.json'), 'utf8'));
const news = known.news + (isNews ? 1 : 0);
const version = Math.max(catalog.version, known.version + 1);

/** Changes the price of one item in ten; which, and by how much, follows from its place and the number of the news. */
let changed = 0;
function priced(item, place) {
  const dice = (Math.imul(place + 1, 2_654_435_761) ^ Math.imul(news, 40_503)) >>> 0;
  if (news === 0 || item.price === undefined || dice % 10 !== 0) return item;
  changed += 1;
  const share = 0.9 + ((dice >>> 8) % 201) / 1000;
  return { ...item, price: Math.max(1, Math.round(item.price * share)) };
}

mkdirSync(folder, { recursive: true });
const json = join(folder, 'catalog.json');
const part = join(folder, 'catalog.part.rgl');
writeFileSync(json, JSON.stringify({ ...catalog, id: `corner-${version}`, version, items: catalog.items.map(priced) }));
execFileSync(regulars, ['pack', json, '-o', part, '--issued-at', String(catalog.issuedAt + news), '--key', join(demo, 'shop.key')], { stdio: ['ignore', 'ignore', 'inherit'] });
rmSync(json);
renameSync(part, join(folder, 'catalog.rgl'));
writeFileSync(state, JSON.stringify({ madeFrom, version, news }));
console.error(isNews ? `-- version ${version}: ${changed} other prices` : `-- version ${version}`);

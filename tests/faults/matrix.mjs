// The fault matrix: node tests/faults/matrix.mjs [--only TEXT] [--node | --chromium] [--times]
//
// Runs each cell in Node and in Chromium and prints one table: what went wrong, and what the member saw. Ends with 1 where
// a cell failed.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import { cells } from './cells/index.mjs';
import { withChromium } from './hosts.mjs';
import { lane } from './lane.mjs';
import { digestOf, shop, workshop } from './snapshots.mjs';

/** So many cells run side by side in Chromium: most of their time they wait. */
const LANES = 4;

const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : '';
const wanted = cells.filter(({ title }) => title.includes(only));

const made = workshop();
const fixtures = {
  publicKeys: [[...made.key('one')]],
  secondKey: [...made.key('two')],
  zero: made.pack('zero', { ...shop(1), id: 'corner-0', version: 0 }),
  one: made.pack('one', shop(1)),
  two: made.pack('two', shop(2, { price: 2_000 })),
  three: made.pack('three', shop(3, { price: 3_000 })),
  other: made.pack('other', shop(9, { shop: 'elsewhere', price: 9_000 })),
  foreign: made.pack('foreign', shop(7, { price: 7_000 }), { key: 'two' }),
  byTwo: made.pack('by-two', shop(2, { price: 2_000 }), { key: 'two' }),
  unsigned: made.pack('unsigned', shop(8), { key: null }),
};
// Ended two hours ago.
fixtures.expired = made.pack('expired', shop(5, { more: { issuedAt: Date.now() - 3 * 86_400_000, expiresAt: Date.now() - 2 * 3_600_000 } }));
fixtures.delta12 = made.delta('12', 'one', 'two');
fixtures.delta23 = made.delta('23', 'two', 'three');
fixtures.foreignDelta = made.delta('12-foreign', 'one', 'two', { key: 'two' });
fixtures.digests = { one: digestOf(fixtures.one), two: digestOf(fixtures.two), three: digestOf(fixtures.three) };

const columns = ['Node', 'Chromium'].filter((name) => !process.argv.includes({ Node: '--chromium', Chromium: '--node' }[name]));
const rows = wanted.map((cell) => ({ cell, results: Object.fromEntries(columns.map((name) => [name, { outcome: cell.browser && name === 'Node' ? '–' : 'not run' }])) }));

const told = (name) => (title, result) => {
  rows.find(({ cell }) => cell.title === title).results[name] = result;
  if (result.error) console.error(`${name}, ${title}\n${result.error}\n`);
};

async function inNode() {
  const titles = wanted.filter(({ browser }) => !browser).map(({ title }) => title);
  const worker = new Worker(new URL('lane.mjs', import.meta.url), { workerData: { fixtures, titles } });
  worker.on('message', ([title, result]) => told('Node')(title, result));
  const [code] = await once(worker, 'exit');
  if (code !== 0) throw new Error(`the cells of Node ended with ${code}`);
}

async function inChromium() {
  // What takes longest begins first.
  const queue = wanted.toSorted((one, other) => (other.long ?? 0) - (one.long ?? 0));
  await withChromium((hostOf) => Promise.all(Array.from({ length: LANES }, () => lane(hostOf, fixtures, () => queue.shift(), told('Chromium')))));
}

try {
  await Promise.all([columns.includes('Node') && inNode(), columns.includes('Chromium') && inChromium()]);
} finally {
  made.remove();
}

const failed = rows.filter(({ results }) => Object.values(results).some(({ outcome }) => !['held', '–'].includes(outcome)));
const wide = (text, width) => text + ' '.repeat(Math.max(0, width - text.length));
const names = rows.map(({ cell }) => cell.title);
const width = Math.max(...names.map((name) => name.length), 4);
console.log(`\n${wide('fault', width)}  ${columns.map((name) => wide(name, 8)).join('  ')}  what the member saw`);
rows.forEach(({ results }, place) => {
  const saw = columns.map((name) => results[name]?.saw).find(Boolean) ?? '';
  console.log(`${wide(names[place], width)}  ${columns.map((name) => wide(results[name]?.outcome ?? '', 8)).join('  ')}  ${saw}`);
});
const count = rows.reduce((sum, { results }) => sum + Object.values(results).filter(({ outcome }) => outcome !== '–').length, 0);
if (process.argv.includes('--times')) {
  const times = rows.flatMap(({ cell, results }) => Object.entries(results).map(([name, { took }]) => [took ?? 0, name, cell.title]));
  for (const line of times.toSorted(([one], [other]) => other - one).slice(0, 20)) console.log(line.join('  '));
}
console.log(`\n${count} cells, ${failed.length === 0 ? 'all held' : `${failed.length} FAILED`}`);
process.exit(failed.length === 0 ? 0 : 1);

// The fault matrix: node tests/faults/matrix.mjs [--only TEXT] [--node | --chromium]
//
// Runs each cell in Node and in Chromium and prints one table: what went wrong, and what the member saw. Ends with 1 where
// a cell failed.
import { bytes } from './cells/bytes.mjs';
import { clock } from './cells/clock.mjs';
import { deltas } from './cells/deltas.mjs';
import { events } from './cells/events.mjs';
import { network } from './cells/network.mjs';
import { storage } from './cells/storage.mjs';
import { manyTabs } from './cells/tabs.mjs';
import { nodeHost, withChromiumHost } from './hosts.mjs';
import { shopServer } from './server.mjs';
import { digestOf, shop, workshop } from './snapshots.mjs';

const cells = [...network, ...bytes, ...deltas, ...storage, ...clock, ...manyTabs, ...events];
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : '';
const wanted = cells.filter(({ group, name }) => `${group}: ${name}`.includes(only));

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

const rows = [];
const server = await shopServer();
const columns = [];

async function runAll(host) {
  columns.push(host.name);
  for (const cell of wanted) {
    const row = rows.find((known) => known.cell === cell) ?? rows[rows.push({ cell, results: {} }) - 1];
    if (cell.browser && !host.browser) {
      row.results[host.name] = { outcome: '–' };
      continue;
    }
    server.reset();
    await host.fresh();
    try {
      row.results[host.name] = { outcome: 'held', saw: await cell.run(host, server, fixtures) };
    } catch (error) {
      row.results[host.name] = { outcome: 'FAILED', error };
      console.error(`${host.name}, ${cell.group}: ${cell.name}\n${error.stack}\n`);
    }
  }
}

try {
  if (!process.argv.includes('--chromium')) await runAll(nodeHost(server));
  if (!process.argv.includes('--node')) await withChromiumHost(server, runAll);
} finally {
  await server.close();
  made.remove();
}

const failed = rows.filter(({ results }) => Object.values(results).some(({ outcome }) => outcome === 'FAILED'));
const wide = (text, width) => text + ' '.repeat(Math.max(0, width - text.length));
const names = rows.map(({ cell }) => `${cell.group}: ${cell.name}`);
const width = Math.max(...names.map((name) => name.length), 4);
console.log(`\n${wide('fault', width)}  ${columns.map((name) => wide(name, 8)).join('  ')}  what the member saw`);
rows.forEach(({ results }, place) => {
  const saw = columns.map((name) => results[name]?.saw).find(Boolean) ?? '';
  console.log(`${wide(names[place], width)}  ${columns.map((name) => wide(results[name]?.outcome ?? '', 8)).join('  ')}  ${saw}`);
});
const count = rows.reduce((sum, { results }) => sum + Object.values(results).filter(({ outcome }) => outcome !== '–').length, 0);
console.log(`\n${count} cells, ${failed.length === 0 ? 'all held' : `${failed.length} FAILED`}`);
process.exit(failed.length === 0 ? 0 : 1);

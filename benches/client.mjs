// What opening a snapshot and taking a delta costs in Chromium, beside JSON.parse of the same catalogue: interleaved rounds
// in one page, medians, as times and ratios. An item has an id, a title, a price, a category, a brand, 2 to 6 tags and 20
// neighbours.
//
//   node benches/client.mjs [ITEMS] [ROUNDS]
import { brotliCompressSync, constants } from 'node:zlib';

import { withChromium } from '../tests/js/chromium.mjs';
import { shopServer } from '../tests/faults/server.mjs';
import { shop, workshop } from '../tests/faults/snapshots.mjs';

const items = Number(process.argv[2] ?? 100_000);
const rounds = Number(process.argv[3] ?? 15);
const made = workshop();
const server = await shopServer();

try {
  const json = catalogue(items);
  const next = structuredClone(json);
  next.version = 2;
  next.id = 'corner-2';
  next.issuedAt += 1;
  for (let place = 0; place < 1_000; place += 1) next.items[Math.floor((place * items) / 1_000)].price += 7;
  const one = made.pack('one', json);
  const two = made.pack('two', next);
  const delta = made.delta('12', 'one', 'two');
  const text = JSON.stringify(json);
  const small = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }).length;
  console.log(`${items} items: snapshot ${one.length} bytes (brotli ${small(one)}), JSON ${text.length} (${small(text)}), delta of 1,000 prices ${delta.length} (${small(delta)})`);
  Object.assign(server.state, { catalog: one });
  server.state.deltas.set('bench', delta);
  server.state.deltas.set('json', Buffer.from(text));
  await withChromium(async (context) => {
    const page = await context.newPage();
    await page.goto(`${server.address}/blank`);
    const times = await page.evaluate(
      async ([key, rounds]) => {
        const { default: init, Engine } = await import('/pkg/index.js');
        const { checkedByHost } = await import('/pkg/verify.js');
        await init();
        const publicKeys = [new Uint8Array(key)];
        const fetched = async (path) => new Uint8Array(await (await fetch(path)).arrayBuffer());
        const [catalog, delta, json] = await Promise.all(['/catalog', '/deltas/bench', '/deltas/json'].map(fetched));
        const times = {};
        const timed = async (name, act) => {
          const began = performance.now();
          const result = await act();
          (times[name] ??= []).push(performance.now() - began);
          return result;
        };
        let sink = 0;
        for (let round = 0; round < rounds; round += 1) {
          const engine = new Engine();
          await timed('open, host cryptography', async () => engine.loadCatalog(catalog, { publicKeys, checked: await checkedByHost(catalog, publicKeys) }));
          const checked = await timed('delta, host cryptography: check', () => checkedByHost(delta, publicKeys));
          await timed('delta, host cryptography: apply', () => engine.applyDelta(delta, { publicKeys, checked }));
          engine.free();
          const alone = new Engine();
          await timed('open, module alone', () => alone.loadCatalog(catalog, { publicKeys }));
          await timed('delta, module alone', () => alone.applyDelta(delta, { publicKeys }));
          alone.free();
          const parsed = await timed('JSON.parse', () => JSON.parse(new TextDecoder().decode(json)));
          await timed('JSON.parse and a Map by id', () => new Map(JSON.parse(new TextDecoder().decode(json)).items.map((item) => [item.id, item])));
          sink += parsed.items.length;
        }
        return { times, sink };
      },
      [[...made.key('one')], rounds],
    );
    const median = (list) => list.toSorted((one, other) => one - other)[list.length >> 1];
    const base = median(times.times['JSON.parse']);
    for (const [name, list] of Object.entries(times.times)) {
      console.log(`${name.padEnd(34)} ${median(list).toFixed(2).padStart(9)} ms (best ${Math.min(...list).toFixed(2)})  ${(median(list) / base).toFixed(3)} of JSON.parse`);
    }
  });
} finally {
  await server.close();
  made.remove();
}

/** The same for everybody: places are mixed by a multiplication, so that tags and neighbours lie apart. */
function catalogue(count) {
  const mixed = (place, turn) => (Math.imul(place + 1, 2_654_435_761) ^ Math.imul(turn + 1, 2_246_822_519)) >>> 0;
  const small = shop(1, { items: count });
  const items = small.items.map((item, place) => ({
    ...item,
    title: `Thing ${place} of brand ${mixed(place, 0) % 300}`,
    category: `c${place % 150}`,
    brand: `b${mixed(place, 0) % 300}`,
    tags: [...new Set(Array.from({ length: 2 + (place % 5) }, (_, turn) => `t${mixed(place, turn) % 400}`))],
  }));
  const similar = { offsets: [0], items: [], scores: [] };
  for (let place = 0; place < count; place += 1) {
    const near = new Set();
    for (let turn = 0; near.size < Math.min(20, count - 1); turn += 1) near.add(mixed(place, turn + 9) % count);
    near.delete(place);
    [...near].forEach((other, rank) => {
      similar.items.push(other);
      similar.scores.push(1 / (2 + rank));
    });
    similar.offsets.push(similar.items.length);
  }
  return { ...small, items, knowledge: { format: 1, until: small.issuedAt, baskets: 100_000, members: 5_000, items: items.map(({ id }) => id), similar } };
}

// What opening a snapshot and taking a delta costs in Chromium, beside JSON.parse of the same catalogue: interleaved rounds
// in one page, medians, as times and ratios.
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
  const json = shop(1, { items });
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

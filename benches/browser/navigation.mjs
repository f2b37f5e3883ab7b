// From navigation to the first recommendation, as a new visitor has it (cold: a fresh profile, the browser is up) and a
// returning one (warm: module and catalogue lie in the browser's caches). The peers are a page that fetches the same answer
// ready-made from the same local server, and one that scores 10,000 vectors of 64 numbers in plain JavaScript.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { build } from 'esbuild';

import { complaints, withChromium } from '../../tests/js/chromium.mjs';
import { served } from '../../tests/js/serve.mjs';

export const title = 'From navigation to the first recommendation';
export const about =
  'A local server, the real catalogue, peers in turns. Milliseconds from the start of navigation until the items are there. `open()` with IndexedDB verifies what it remembered; the page with the ready-made answer only fetches that; the page in plain JavaScript fetches 2.56 MB of vectors and finds the 20 nearest of 10,000.';

const ROUNDS = { warm: 15, cold: 9 };
/** The catalogue is of 2018, and has ended since: the page lives then. */
const NOW = 1_514_818_800_000;

const PAGES = ({ member, key, now }) => ({
  'regulars, open() from IndexedDB': `
    import init, { open } from 'regulars';
    const [real, shift] = [Date.now.bind(Date), ${NOW} - Date.now()];
    Date.now = () => real() + shift;
    init('/pkg/wasm/regulars_bg.wasm');
    const client = await open({ catalog: '/data/catalog.rgl', member: '${member}', publicKeys: [new Uint8Array([${key}])] });
    if (client.status.source === 'none') throw new Error(JSON.stringify(client.status));
    globalThis.answer = client.engine.recommend({ strategy: 'for-you', limit: 12, now: ${now} }).items;
    globalThis.took = performance.now();
    globalThis.settle = () => client.close();
  `,
  'regulars, fetch and loadCatalog': `
    import init, { Engine } from 'regulars';
    const fetched = (path) => fetch(path).then((r) => r.arrayBuffer()).then((b) => new Uint8Array(b));
    const [, catalog, member] = await Promise.all([init('/pkg/wasm/regulars_bg.wasm'), fetched('/data/catalog.rgl'), fetched('${member}')]);
    const engine = new Engine();
    engine.loadCatalog(catalog, { publicKeys: [new Uint8Array([${key}])], now: ${now} });
    engine.loadMember(member);
    globalThis.answer = engine.recommend({ strategy: 'for-you', limit: 12, now: ${now} }).items;
    globalThis.took = performance.now();
  `,
  'plain JavaScript, nearest vectors': `
    const all = new Float32Array(await fetch('/vectors.f32').then((r) => r.arrayBuffer()));
    const scores = [];
    for (let row = 0; row < 10_000; row += 1) {
      let sum = 0;
      for (let place = 0; place < 64; place += 1) sum += all[row * 64 + place] * all[place];
      scores.push([sum, row]);
    }
    globalThis.answer = scores.sort(([one], [other]) => other - one).slice(0, 20);
    globalThis.took = performance.now();
  `,
  'the answer, ready-made': `
    globalThis.answer = await fetch('/answer.json').then((r) => r.json());
    globalThis.took = performance.now();
  `,
});
/** The peer that answers something else. */
const VECTORS = 2;

const median = (numbers) => [...numbers].sort((one, other) => one - other)[numbers.length >> 1];

/** @returns figures as those of a suite */
export async function navigation(root, work) {
  const folder = join(work, 'navigation');
  mkdirSync(folder, { recursive: true });
  const data = join(root, 'www/public/data');
  const index = JSON.parse(readFileSync(join(data, 'index.json'), 'utf8'));
  const pages = PAGES({ member: `/data/${index.households[0].file}`, key: [...readFileSync(join(data, 'shop.pub'))], now: index.now });
  const names = Object.keys(pages);
  writeFileSync(join(folder, 'vectors.f32'), Buffer.from(Float32Array.from({ length: 640_000 }, (_, place) => Math.sin(place * 12.9898)).buffer));
  for (const [place, code] of Object.values(pages).entries()) {
    await build({ stdin: { contents: code, resolveDir: root }, bundle: true, minify: true, format: 'esm', target: 'es2022', alias: { regulars: join(root, 'pkg/index.js') }, outfile: join(folder, `${place}.js`), logLevel: 'warning' });
    writeFileSync(join(folder, `${place}.html`), `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>${place}</title>${place < VECTORS ? '<link rel="preload" as="fetch" crossorigin href="/pkg/wasm/regulars_bg.wasm">' : ''}<script type="module" src="${place}.js"></script>`);
  }
  // The server's clock, which the client goes by, stands where the catalogue is good.
  const headers = { 'cache-control': 'max-age=3600', date: new Date(NOW).toUTCString() };
  const routes = { '/': folder, '/data/': data, '/pkg/': join(root, 'pkg') };
  const answer = (request, response) => {
    if (request.url !== '/answer.json') return false;
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(readFileSync(join(folder, 'answer.json')));
    return true;
  };
  return served(
    routes,
    (address) =>
      withChromium(async (context) => {
        const visit = async (place, within = context) => {
          const page = await within.newPage();
          const found = complaints(page);
          await page.goto(`${address}${place}.html`);
          await page.waitForFunction(() => 'took' in globalThis, null, { timeout: 20_000 }).catch((error) => {
            throw new Error([`${names[place]}: ${error.message}`, ...found].join('\n'));
          });
          const seen = await page.evaluate(() => ({ took: globalThis.took, answer: globalThis.answer }));
          await page.evaluate(() => globalThis.settle?.());
          await page.close();
          return seen;
        };
        const { answer: ready } = await visit(1);
        writeFileSync(join(folder, 'answer.json'), JSON.stringify(ready));
        for (const place of names.keys()) {
          if (place === VECTORS) continue;
          const { answer: found } = await visit(place);
          if (JSON.stringify(found.map(({ id }) => id)) !== JSON.stringify(ready.map(({ id }) => id))) throw new Error(`${names[place]}: not the same answer`);
        }
        const measured = async (name, rounds, visited) => {
          const times = names.map(() => []);
          for (let round = 0; round < rounds; round += 1)
            for (let turn = 0; turn < names.length; turn += 1) {
              const place = (turn + round) % names.length;
              times[place].push((await visited(place)).took);
            }
          const base = times.at(-1);
          const peers = names.map((name, place) => [
            name,
            { median: median(times[place]), best: Math.min(...times[place]), worst: Math.max(...times[place]), ratio: median(times[place].map((time, round) => base[round] / time)) },
          ]);
          return { name, baseline: names.at(-1), peers: Object.fromEntries(peers) };
        };
        await visit(VECTORS);
        const warm = await measured('for-you, the best 12, warm', ROUNDS.warm, (place) => visit(place));
        const cold = await measured('for-you, the best 12, cold', ROUNDS.cold, async (place) => {
          const fresh = await context.browser().newContext();
          try {
            return await visit(place, fresh);
          } finally {
            await fresh.close();
          }
        });
        return { title, about, cases: [warm, cold], latencies: [], curves: [] };
      }),
    { answer, headers },
  );
}

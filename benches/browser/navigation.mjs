// From navigation to the first recommendation, as a returning visitor has it: module and catalogue lie in the browser's
// caches. The peer is a page that fetches the same answer ready-made from the same local server.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { build } from 'esbuild';

import { complaints, withChromium } from '../../tests/js/chromium.mjs';
import { served } from '../../tests/js/serve.mjs';

export const title = 'From navigation to the first recommendation';
export const about =
  'Warm caches, a local server, the real catalogue. Milliseconds from the start of navigation until the items are there. `open()` with IndexedDB verifies what it remembered; the plain page asks the server for the answer.';

const ROUNDS = 15;
/** The catalogue is of 2018, and has ended since: the page lives then. */
const NOW = 1_514_818_800_000;

const PAGES = {
  'regulars, open() from IndexedDB': `
    import init, { open } from 'regulars';
    const [real, shift] = [Date.now.bind(Date), ${NOW} - Date.now()];
    Date.now = () => real() + shift;
    init('/pkg/wasm/regulars_bg.wasm');
    const [index, key] = await Promise.all([fetch('/data/index.json').then((r) => r.json()), fetch('/data/shop.pub').then((r) => r.arrayBuffer())]);
    const client = await open({ catalog: '/data/catalog.rgl', member: '/data/' + index.households[0].file, publicKeys: [new Uint8Array(key)] });
    if (client.status.source === 'none') throw new Error(JSON.stringify(client.status));
    globalThis.answer = client.engine.recommend({ strategy: 'for-you', limit: 12, now: index.now }).items;
    globalThis.took = performance.now();
    globalThis.settle = () => client.close();
  `,
  'regulars, fetch and loadCatalog': `
    import init, { Engine } from 'regulars';
    const fetched = (path) => fetch(path).then((r) => r.arrayBuffer()).then((b) => new Uint8Array(b));
    const index = fetch('/data/index.json').then((r) => r.json());
    const [, { now }, catalog, key, member] = await Promise.all([init('/pkg/wasm/regulars_bg.wasm'), index, fetched('/data/catalog.rgl'), fetched('/data/shop.pub'), index.then(({ households }) => fetched('/data/' + households[0].file))]);
    const engine = new Engine();
    engine.loadCatalog(catalog, { publicKeys: [key], now });
    engine.loadMember(member);
    globalThis.answer = engine.recommend({ strategy: 'for-you', limit: 12, now }).items;
    globalThis.took = performance.now();
  `,
  'the answer, ready-made': `
    globalThis.answer = await fetch('/answer.json').then((r) => r.json());
    globalThis.took = performance.now();
  `,
};

const median = (numbers) => [...numbers].sort((one, other) => one - other)[numbers.length >> 1];

/** @returns figures as those of a suite */
export async function navigation(root, work) {
  const folder = join(work, 'navigation');
  mkdirSync(folder, { recursive: true });
  const names = Object.keys(PAGES);
  for (const [place, code] of Object.values(PAGES).entries()) {
    await build({ stdin: { contents: code, resolveDir: root }, bundle: true, minify: true, format: 'esm', target: 'es2022', alias: { regulars: join(root, 'pkg/index.js') }, outfile: join(folder, `${place}.js`), logLevel: 'warning' });
    writeFileSync(join(folder, `${place}.html`), `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>${place}</title><script type="module" src="${place}.js"></script>`);
  }
  // The server's clock, which the client goes by, stands where the catalogue is good.
  const headers = { 'cache-control': 'max-age=3600', date: new Date(NOW).toUTCString() };
  const routes = { '/': folder, '/data/': join(root, 'www/public/data'), '/pkg/': join(root, 'pkg') };
  const answer = (request, response) => {
    if (request.url !== '/answer.json') return false;
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(readFileSync(join(folder, 'answer.json')));
    return true;
  };
  return served(
    routes,
    (address) =>
      withChromium(async (context) => {
        const visit = async (place) => {
          const page = await context.newPage();
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
          const { answer: found } = await visit(place);
          if (JSON.stringify(found.map(({ id }) => id)) !== JSON.stringify(ready.map(({ id }) => id))) throw new Error(`${names[place]}: not the same answer`);
        }
        const times = names.map(() => []);
        for (let round = 0; round < ROUNDS; round += 1)
          for (let turn = 0; turn < names.length; turn += 1) {
            const place = (turn + round) % names.length;
            times[place].push((await visit(place)).took);
          }
        const base = times.at(-1);
        const peers = names.map((name, place) => [
          name,
          { median: median(times[place]), best: Math.min(...times[place]), worst: Math.max(...times[place]), ratio: median(times[place].map((time, round) => base[round] / time)) },
        ]);
        return { title, about, cases: [{ name: `for-you, the best 12`, baseline: names.at(-1), peers: Object.fromEntries(peers) }], latencies: [], curves: [] };
      }),
    { answer, headers },
  );
}

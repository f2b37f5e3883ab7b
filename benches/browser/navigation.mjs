// From navigation to the first recommendation, as a new visitor has it (cold: a fresh profile, the browser is up) and a
// returning one (warm: module and catalogue lie in the browser's caches, and visits went before, one of them long enough that
// the browser kept what it compiled). Beside it, what of a warm visit goes where. The peers are a page that fetches the same
// answer ready-made from the same local server, and one that scores 10,000 vectors of 64 numbers in plain JavaScript.
//
// Chromium keeps the machine code of a module that streams from its HTTP cache into the compiler, not of one that a page
// preloaded. V8 asks for that two seconds after the first function was optimised; where others were since (they are, in an
// opening), it asks again after so many seconds as there were milliseconds between them: so a visit lasts a minute or some.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { build } from 'esbuild';

import { complaints, withChromium } from '../../tests/js/chromium.mjs';
import { served } from '../../tests/js/serve.mjs';

export const title = 'From navigation to the first recommendation';
export const about =
  'A local server, the real catalogue, peers in turns. Milliseconds from the start of navigation until the items are there. `open()` with IndexedDB verifies what it remembered; what the page before prepared is handed over before the module is fetched, and the engine then says the same; the page with the ready-made answer only fetches that; the page in plain JavaScript fetches 2.56 MB of vectors and finds the 20 nearest of 10,000.';

const ROUNDS = { warm: 15, cold: 9 };
/** Visits before the warm ones: the script's own code is kept after two. */
const BEFORE = 2;
/** The first visit stays until compiled code is kept, looked for every so many milliseconds, and no longer than the most. */
const STAYS = { look: 15_000, most: 240_000 };

/** What a page says when the items are there: whoever looked into it meanwhile would be measured along. */
const THERE = 'the items are there';

const PAGES = ({ member, key, now }) => ({
  'regulars, open() from IndexedDB': `
    import init, { open } from 'regulars';
    init('/pkg/wasm/regulars_bg.wasm').then(() => globalThis.seen?.('module ready'));
    // The catalogue is of 2018, and has ended since: the page lives then.
    const client = await open({ catalog: '/data/catalog.rgl', member: '${member}', publicKeys: [new Uint8Array([${key}])], now: () => ${now} });
    if (client.status.source === 'none') throw new Error(JSON.stringify(client.status));
    globalThis.answer = client.engine.recommend({ strategy: 'for-you', limit: 12 }).items;
    globalThis.took = performance.now();
    globalThis.settle = () => client.close();
  `,
  'regulars, prepared by the page before': `
    import { open } from 'regulars';
    const list = (engine) => engine.recommend({ strategy: 'for-you', limit: 12 }).items;
    const options = { catalog: '/data/catalog.rgl', member: '${member}', publicKeys: [new Uint8Array([${key}])], now: () => ${now}, module: '/pkg/wasm/regulars_bg.wasm' };
    const took = (items) => {
      globalThis.answer = items;
      globalThis.took = performance.now();
      console.info('${THERE}');
    };
    const opening = open({ ...options, prepare: { list }, prepared: ({ list }) => took(list) });
    const opened = opening.then((client) => {
      const byEngine = list(client.engine);
      if (!globalThis.answer) took(byEngine);
      else if (JSON.stringify(answer) !== JSON.stringify(byEngine)) throw new Error('the engine says something else');
      return client;
    });
    globalThis.settle = async () => {
      const client = await opened;
      // The next page's is prepared when this one is idle.
      await new Promise((resolve) => requestIdleCallback(() => setTimeout(resolve, 100)));
      await client.close();
    };
    await opened;
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
/** Notes in a page what of a visit goes where; it stands before the page's own script. */
const BREAKDOWN = `
  const noted = (globalThis.noted = {});
  const note = (name, began, ended = performance.now()) => (noted[name] ??= []).push([began, ended]);
  globalThis.seen = (name) => note(name, performance.now());
  globalThis.around = (on, method, name) => {
    const original = on[method];
    on[method] = function (...given) {
      const began = performance.now();
      const answer = original.apply(this, given);
      if (answer instanceof Promise) answer.then(() => note(name, began), () => {});
      else note(name, began);
      return answer;
    };
  };
  around(globalThis, 'fetch', 'fetching');
  around(WebAssembly, 'instantiateStreaming', 'compiling and instantiating');
  around(Blob.prototype, 'arrayBuffer', 'reading the kept catalogue');
  around(crypto.subtle, 'digest', 'digest');
  around(crypto.subtle, 'verify', 'signature');
  around(crypto.subtle, 'decrypt', 'opening sealed records');
`;
const SAYS = `console.info('${THERE}');`;
const METHODS = ['loadCatalog', 'adoptState', 'loadMember', 'recommend'];
const AROUND = `
  import { Engine } from 'regulars';
  seen('script begins');
  for (const method of ${JSON.stringify(METHODS)}) around(Engine.prototype, method, method);
`;

/** The peer without a client. */
const FETCHED = 2;
/** The peer that answers something else. */
const VECTORS = 3;

const median = (numbers) => [...numbers].sort((one, other) => one - other)[numbers.length >> 1];

/** Waits in `page` until Chromium has kept compiled code of the module: after how many seconds; nothing where it did not. */
async function codeKept(page) {
  const session = await page.context().newCDPSession(page);
  const events = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  const began = Date.now();
  while (Date.now() - began < STAYS.most) {
    await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: ['disabled-by-default-devtools.timeline'] } });
    await page.waitForTimeout(STAYS.look);
    const whole = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
    await session.send('Tracing.end');
    await whole;
    if (events.some(({ name }) => name === 'v8.wasm.cachedModule')) return Math.round((Date.now() - began) / 1_000);
  }
  return undefined;
}

/** Where the time of visits goes: from when to when each part lasts, the medians over the visits, in the order they begin. */
function partsOf(visits) {
  const names = [...new Set(visits.flatMap(({ noted }) => Object.keys(noted)))];
  const rows = names.map((name) => {
    const spans = visits.flatMap(({ noted }) => (noted[name] ? [noted[name]] : []));
    const of = (pick) => median(spans.map(pick));
    return { name, begins: of((span) => Math.min(...span.map(([began]) => began))), ends: of((span) => Math.max(...span.map(([, ended]) => ended))), times: of((span) => span.length) };
  });
  rows.push({ name: 'the items are there', begins: median(visits.map(({ took }) => took)), ends: median(visits.map(({ took }) => took)), times: 1 });
  return rows.sort((one, other) => one.begins - other.begins);
}

/** @returns figures as those of a suite */
export async function navigation(root, work) {
  const folder = join(work, 'navigation');
  mkdirSync(folder, { recursive: true });
  const data = join(root, 'www/public/data');
  const index = JSON.parse(readFileSync(join(data, 'index.json'), 'utf8'));
  const pages = PAGES({ member: `/data/${index.households[0].file}`, key: [...readFileSync(join(data, 'shop.pub'))], now: index.now });
  const names = Object.keys(pages);
  writeFileSync(join(folder, 'vectors.f32'), Buffer.from(Float32Array.from({ length: 640_000 }, (_, place) => Math.sin(place * 12.9898)).buffer));
  const write = async (name, code, { before = '' } = {}) => {
    await build({ stdin: { contents: code, resolveDir: root }, bundle: true, minify: true, format: 'esm', target: 'es2022', alias: { regulars: join(root, 'pkg/index.js') }, outfile: join(folder, `${name}.js`), logLevel: 'warning' });
    writeFileSync(join(folder, `${name}.html`), `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>${name}</title>${before}<script type="module" src="${name}.js"></script>`);
  };
  for (const [place, code] of Object.values(pages).entries()) await write(String(place), code + SAYS);
  await write('breakdown', AROUND + Object.values(pages)[0] + SAYS, { before: `<script>${BREAKDOWN}</script>` });
  const headers = { 'cache-control': 'max-age=3600' };
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
        const visit = async (place, within = context, stay = undefined) => {
          const page = await within.newPage();
          const found = complaints(page);
          const there = page.waitForEvent('console', { predicate: (message) => message.text() === THERE, timeout: 20_000 }).catch((error) => {
            throw new Error([`${names[place] ?? place}: ${error.message}`, ...found].join('\n'));
          });
          await page.goto(`${address}${place}.html`);
          await there;
          const seen = await page.evaluate(() => ({ took: globalThis.took, answer: globalThis.answer, noted: globalThis.noted }));
          await stay?.(page);
          await page.evaluate(() => globalThis.settle?.());
          await page.close();
          return seen;
        };
        const { answer: ready } = await visit(FETCHED);
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
            { median: median(times[place]), best: Math.min(...times[place]), worst: Math.max(...times[place]), ratio: median(times[place].map((time, round) => base[round] / time)), above: median(times[place].map((time, round) => time - base[round])) },
          ]);
          return { name, baseline: names.at(-1), peers: Object.fromEntries(peers) };
        };
        await visit(VECTORS);
        let kept;
        await visit(0, context, async (page) => (kept = await codeKept(page)));
        for (let turn = 0; turn < BEFORE; turn += 1) for (const place of [0, 1, FETCHED, 'breakdown']) await visit(place);
        const warm = await measured('for-you, the best 12, warm', ROUNDS.warm, (place) => visit(place));
        const cold = await measured('for-you, the best 12, cold', ROUNDS.cold, async (place) => {
          const fresh = await context.browser().newContext();
          try {
            return await visit(place, fresh);
          } finally {
            await fresh.close();
          }
        });
        const visits = [];
        for (let round = 0; round < ROUNDS.warm; round += 1) visits.push(await visit('breakdown'));
        const told = kept ? `Chromium kept the compiled module after a visit of ${kept} s.` : `Chromium kept no compiled module within ${STAYS.most / 1_000} s.`;
        return { title, about: `${about} ${told}`, cases: [warm, cold], latencies: [], curves: [], parts: partsOf(visits) };
      }),
    { answer, headers },
  );
}

// Measures in one Chromium page and in Node, and writes what was found into benches/RESULTS.md:
//   node benches/browser/run.mjs [SUITE...]
// The suites are those of suites.mjs, and `navigation`. Where some are named, only those run, and have a part of their own in
// the results until all are measured again.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import init, { Engine } from '../../pkg/node.js';
import { withChromium } from '../../tests/js/chromium.mjs';
import { served } from '../../tests/js/serve.mjs';
import { bench } from './bench.mjs';
import { medusa } from './medusa.mjs';
import { navigation } from './navigation.mjs';
import { plot } from './plot.mjs';
import { drop, markdown, put } from './report.mjs';
import suites from './suites.mjs';
import { SIZES, shop } from './suites/growth.mjs';
import { bound, packVectors } from './vectors.mjs';
import { world } from './world.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const data = join(root, 'www/public/data');
const work = join(root, 'data/bench');
const regulars = join(root, 'target/release/regulars');
/** Beside those of suites.mjs: it measures whole pages, and only Chromium has those. */
const PAGES = 'navigation';
const known = [...suites.map(({ name }) => name), PAGES];
const asked = process.argv.slice(2);
const names = asked.length > 0 ? asked : known;
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) throw new Error(`no suite is called ${unknown.join(', ')}; there are ${known.join(', ')}`);

mkdirSync(work, { recursive: true });
const { households, now } = JSON.parse(readFileSync(join(data, 'index.json'), 'utf8'));
const index = { now, members: households.map(({ file }) => file) };

/** Where a file of the bench's data lies. */
const place = (file) => (file === 'catalog.json' ? join(root, 'data/demo/catalog.json') : file.startsWith('packed/') ? join(work, file) : join(data, file));

/** Made-up catalogues in their binary form. */
function pack() {
  mkdirSync(join(work, 'packed'), { recursive: true });
  const source = createHash('sha256').update(readFileSync(new URL('suites/growth.mjs', import.meta.url))).update(readFileSync(regulars)).digest('hex');
  const mark = join(work, 'packed/made-from');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === source) return;
  for (const count of SIZES) {
    console.error(`-- packing a catalogue of ${count} items`);
    const json = join(work, 'packed/growth.json');
    writeFileSync(json, JSON.stringify(shop(count)));
    execFileSync(regulars, ['pack', json, '-o', place(`packed/growth-${count}.rgl`)], { stdio: ['ignore', 'ignore', 'inherit'] });
    rmSync(json);
  }
  writeFileSync(mark, source);
}

async function inNode() {
  await init();
  const bytes = async (file) => new Uint8Array(readFileSync(place(file)));
  return bench(suites.filter(({ name, suite }) => names.includes(name) && !suite.pagesOnly).map(({ suite }) => suite), await world(Engine, bytes, index), (title) => console.error(`-- Node: ${title}`));
}

async function inChromium() {
  await build({ entryPoints: [join(root, 'benches/browser/page.mjs')], bundle: true, format: 'esm', outfile: join(work, 'page.js'), alias: { regulars: join(root, 'pkg/index.js') }, plugins: [medusa(join(root, 'benches/node_modules'))], logLevel: 'warning' });
  writeFileSync(join(work, 'index.html'), '<!doctype html><meta charset="utf-8"><title>bench</title><link rel="icon" href="data:,"><script type="module" src="page.js"></script>');
  // Isolated from other origins, a page gets a clock of 5 microseconds instead of 100.
  const headers = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };
  const routes = { '/': work, '/data/': data, '/data/catalog.json': join(root, 'data/demo/catalog.json'), '/data/packed/': join(work, 'packed'), '/libraries/tfjs/': join(root, 'benches/node_modules/@tensorflow/tfjs-backend-wasm/dist'), '/libraries/ort/': join(root, 'benches/node_modules/onnxruntime-web/dist'), '/libraries/zen/': join(root, 'benches/node_modules/@gorules/zen-engine-wasm/dist'), '/pkg/': join(root, 'pkg') };
  return served(
    routes,
    (address) =>
      withChromium(async (context) => {
        const page = await context.newPage();
        page.on('console', (message) => console.error(`-- Chromium: ${message.text()}`));
        await page.goto(`${address}index.html`);
        await page.waitForFunction(() => 'bench' in globalThis);
        if (!(await page.evaluate(() => crossOriginIsolated))) throw new Error('the page has only a coarse clock');
        const found = await page.evaluate(([names, index]) => globalThis.bench(names, index), [names, index]);
        return { found, version: context.browser()?.version() ?? (await page.evaluate(() => navigator.userAgent)) };
      }),
    { headers },
  );
}

if (names.includes('growth')) pack();
if (names.includes('vectors')) packVectors(regulars, join(work, 'packed'));
const before = loadavg()[0];
const bounds = names.includes('vectors') ? bound(work) : undefined;
const chromium = await inChromium();
if (bounds) bound(work, bounds).addTo(chromium.found);
if (names.includes(PAGES)) chromium.found.push(await navigation(root, work));
const node = await inNode();
const results = {
  machine: `${cpus()[0].model}, ${cpus().length} cores; ${process.platform} ${process.arch}`,
  load: `${before.toFixed(1)} before, ${loadavg()[0].toFixed(1)} after`,
  commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim(),
  hosts: { [`Chromium ${chromium.version}`]: chromium.found, [`Node ${process.versions.node}`]: node },
};
writeFileSync(join(work, 'browser.json'), JSON.stringify(results, null, 1));
for (const { curves } of chromium.found) {
  for (const curve of curves) {
    mkdirSync(join(root, 'benches/plots'), { recursive: true });
    writeFileSync(join(root, `benches/plots/${curve.name}.svg`), plot(curve));
  }
}
const report = join(root, 'benches/RESULTS.md');
if (asked.length > 0) {
  // Beside the whole, until the whole is measured again.
  const text = markdown(results, `make bench SUITES="${asked.join(' ')}"`);
  console.log(text);
  put(report, `browser, ${asked.join(' ')}`, text);
} else {
  put(report, 'browser', markdown(results, 'make bench'));
  drop(report, 'browser, ');
}
console.error('-- written to benches/RESULTS.md');

// Torn writes: node tests/faults/torn.mjs [TIMES]
//
// Kills the browser, 200 times or as often as asked, at a random instant while a new snapshot is fetched, checked and kept.
// Started again without network, the shop must open with the old snapshot or the new one, whole.
import assert from 'node:assert/strict';

import { KillableBrowser } from './browser.mjs';
import { faults, shopServer } from './server.mjs';
import { shop, workshop } from './snapshots.mjs';

const times = Number(process.argv[2] ?? 200);
const made = workshop();
const server = await shopServer();
const browser = new KillableBrowser();
const key = [...made.key('one')];
const ITEMS = 10_000;

/** Opens the shop in the page, and says at once which snapshot answers. */
const opened = async ({ key }) => {
  const { open } = await import('/pkg/index.js');
  globalThis.client = await open({ catalog: '/catalog', publicKeys: [new Uint8Array(key)], timeout: 3_000 });
  let version = null;
  try {
    version = Number(globalThis.client.engine.recommend({ strategy: 'new-arrivals', limit: 1 }).snapshot.split('-')[1]);
  } catch {
    // none
  }
  return { version, source: globalThis.client.status.source, codes: globalThis.client.status.reasons.map(({ code }) => code) };
};

async function page(context) {
  const page = await context.newPage();
  await page.goto(`${server.address}/blank`);
  return page;
}

let kept = 1;
let cut = 0;
let swapped = 0;
const codes = new Map();
try {
  server.state.catalog = made.pack('v', shop(1, { items: ITEMS }));
  {
    const first = await page(await browser.start());
    assert.equal((await first.evaluate(opened, { key })).version, 1);
    await first.evaluate(() => globalThis.client.close());
    await browser.kill();
  }
  // How long a swap takes here, from asking to having kept it.
  let swap = 300;
  for (let round = 1; round <= times; round += 1) {
    const version = round + 1;
    server.state.catalog = made.pack('v', shop(version, { items: ITEMS, price: 1_000 + version }));
    server.state.fault = {};
    const context = await browser.start();
    const shown = await page(context);
    const asked = server.state.requests.length;
    const opening = shown.evaluate(opened, { key }).catch(() => undefined);
    while (!server.state.requests.slice(asked).includes('GET /catalog')) await pause(1);
    const instant = Math.random() * swap;
    await pause(instant);
    await browser.kill();
    await opening;

    server.state.fault = { '/catalog': faults.offline };
    const after = await page(await browser.start());
    const seen = await after.evaluate(opened, { key });
    assert.ok([kept, version].includes(seen.version), `round ${round}, killed after ${instant.toFixed()} ms: ${JSON.stringify(seen)}, kept was ${kept}`);
    assert.equal(seen.source, 'cache');
    for (const code of seen.codes) codes.set(code, (codes.get(code) ?? 0) + 1);
    // Near the swap is where it may tear.
    if (seen.version === version) {
      swapped += 1;
      swap = Math.max(60, swap * 0.95);
    } else {
      cut += 1;
      swap = Math.min(2_000, swap * 1.05);
    }
    kept = seen.version;
    await browser.kill();
    if (round % 10 === 0) console.log(`${round} of ${times}: old snapshot ${cut}, new snapshot ${swapped}`);
  }
  console.log(`killed ${times} times mid-swap: ${cut} times the old snapshot, ${swapped} times the new one, never a broken one or none`);
  console.log(`told: ${[...codes].map(([code, count]) => `${code} ${count}`).join(', ')}`);
  assert.ok(!codes.has('rolled-back') && !codes.has('bad-digest'), 'a torn record was found');
} finally {
  await browser.remove();
  await server.close();
  made.remove();
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

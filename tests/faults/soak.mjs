// A soak: node tests/faults/soak.mjs [MINUTES] [SEED]
//
// Three tabs track events for ten minutes, or as long as asked, while tabs are killed and reloaded, the browser is killed,
// the server fails, is slow, or takes a batch and loses the answer. In the end every event that a tab knew to be kept must
// have been taken, once, and none twice.
import assert from 'node:assert/strict';

import { KillableBrowser } from './browser.mjs';
import { faults, shopServer } from './server.mjs';
import { shop, workshop } from './snapshots.mjs';

const minutes = Number(process.argv[2] ?? 10);
const seed = Number(process.argv[3] ?? Math.floor(Math.random() * 1e9));
const random = generator(seed);
const pick = (list) => list[Math.floor(random() * list.length)];
const made = workshop();
const server = await shopServer();
const browser = new KillableBrowser();
const key = [...made.key('one')];
const tracked = new Set();
const kept = new Set();
const counts = {};
const count = (name) => (counts[name] = (counts[name] ?? 0) + 1);
let context;
let pages = [];
let next = 0;

const opened = async ({ key }) => {
  const { open } = await import('/pkg/index.js');
  globalThis.client = await open({ catalog: '/catalog', member: '/member', events: '/events', publicKeys: [new Uint8Array(key)], timeout: 1_000 });
};
const happened = async (uids) => {
  for (const [uid, type] of uids) globalThis.client.engine.track({ type, item: 'i00001', uid });
  await globalThis.client.saved();
};

async function another() {
  const page = await context.newPage();
  await page.goto(`${server.address}/blank`);
  await page.evaluate(opened, { key });
  pages.push(page);
}

async function start() {
  context = await browser.start();
  pages = [];
  for (let place = 0; place < 3; place += 1) await another();
}

/** A tab tracks some events; those it says are kept must never be lost. */
async function track() {
  const page = pick(pages);
  const uids = Array.from({ length: 1 + Math.floor(random() * 30) }, () => [`u${next++}`, pick(['view', 'view', 'impression', 'add-to-cart', 'purchase'])]);
  for (const [uid] of uids) tracked.add(uid);
  await page.evaluate(happened, uids);
  for (const [uid] of uids) kept.add(uid);
  count('tracked');
}

const mishaps = {
  async 'tab killed'() {
    const page = pages.splice(Math.floor(random() * pages.length), 1)[0];
    const session = await context.newCDPSession(page);
    const gone = new Promise((resolve) => page.once('crash', resolve));
    void session.send('Page.crash').catch(() => {});
    await gone;
    await page.close();
    await another();
  },
  async 'tab closed'() {
    await pages.splice(Math.floor(random() * pages.length), 1)[0].close();
    await another();
  },
  async 'tab reloaded'() {
    const page = pick(pages);
    await page.reload();
    await page.evaluate(opened, { key });
  },
  async 'browser killed'() {
    const page = pick(pages);
    const uids = Array.from({ length: 20 }, () => [`u${next++}`, 'view']);
    for (const [uid] of uids) tracked.add(uid);
    const running = page.evaluate(happened, uids).catch(() => {});
    await pause(random() * 120);
    await browser.kill();
    await running;
    await start();
  },
  async 'server fails'() {
    server.state.fault = { '/events': faults.broken };
    await pause(random() * 1_500);
    server.state.fault = {};
  },
  async 'answers lost'() {
    server.state.fault = { '/events': { times: 1 + Math.floor(random() * 4), act: 'taken but unanswered' } };
    await flush();
    server.state.fault = {};
  },
};

async function flush() {
  await pick(pages).evaluate(() => globalThis.client.flush());
  count('flushed');
}

try {
  server.state.catalog = made.pack('v', shop(1));
  server.state.member = { id: 'm', version: 1 };
  console.log(`seed ${seed}, ${minutes} minutes`);
  await start();
  const end = Date.now() + minutes * 60_000;
  for (let told = Date.now(); Date.now() < end; ) {
    const dice = random();
    if (dice < 0.6) await track();
    else if (dice < 0.8) await flush();
    else {
      const [name, mishap] = pick(Object.entries(mishaps));
      await mishap();
      count(name);
    }
    if (Date.now() - told > 30_000) {
      told = Date.now();
      console.log(`${kept.size} events kept, ${server.books.ids.size} taken; ${summary()}`);
    }
  }
  // All is well again: what is left goes.
  server.state.fault = {};
  for (const page of pages.splice(1)) await page.close();
  const [last] = pages;
  for (let tries = 0; tries < 60; tries += 1) {
    await last.reload();
    await last.evaluate(opened, { key });
    await last.evaluate(() => globalThis.client.flush());
    if ([...kept].every((uid) => server.books.ids.has(uid))) break;
    await pause(500);
  }
  const missing = [...kept].filter((uid) => !server.books.ids.has(uid));
  const twice = [...server.books.ids].filter(([, times]) => times !== 1);
  const foreign = [...server.books.ids.keys()].filter((uid) => !tracked.has(uid));
  console.log(`tracked ${tracked.size}, known to be kept ${kept.size}, taken ${server.books.ids.size}; lost ${missing.length}, counted twice ${twice.length}`);
  console.log(`${server.books.arrivals} batches arrived, ${server.books.repeated} of them again; ${summary()}`);
  assert.deepEqual([missing, twice, foreign, server.books.dropped], [[], [], [], 0]);
} finally {
  await browser.remove();
  await server.close();
  made.remove();
}

function summary() {
  return Object.entries(counts).map(([name, times]) => `${name} ${times}`).join(', ');
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Mulberry32: the same seed, the same mishaps. */
function generator(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

// The same shop in every host: a page, a worker, a browser without WebAssembly, a script tag, Node, a web view inside a mini-program, a mini-program's own
// page. Each opens the example in www/hosts/, sees the same items, and its events arrive.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';

import { FLAGS, withChromium } from './chromium.mjs';
import { miniProgram } from './mini-program.mjs';
import { faults, shopServer } from '../faults/server.mjs';
import { shop, workshop } from '../faults/snapshots.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const made = workshop();
const key = made.key('one');
let server;
let expected;

before(async () => {
  server = await shopServer();
  server.state.catalog = made.pack('one', shop(1));
  server.state.member = { id: 'm1', version: 1 };
  const { default: init, Engine } = await import('../../pkg/node.js');
  await init();
  const engine = new Engine();
  engine.loadCatalog(server.state.catalog, { publicKeys: [key] });
  engine.loadMember(server.state.member);
  expected = engine.items(engine.recommend({ strategy: 'new-arrivals', limit: 5 }).items.map(({ id }) => id)).map(({ title }) => title);
  engine.free();
  assert.equal(expected.length, 5);
});

after(async () => {
  await server?.close();
  made.remove();
});

const listed = () => [...document.querySelectorAll('#items li')].map(({ textContent }) => textContent.split(',')[0]);

/** Opens an example as the shop's server would serve it, with its keys. */
async function inPage(path, use, options = {}) {
  await withChromium(async (context) => {
    await context.addInitScript((key) => {
      globalThis.publicKeys = [new Uint8Array(key)];
      if (location.pathname.includes('webview')) globalThis.wx = { miniProgram: { postMessage: (message) => (globalThis.posted ??= []).push(structuredClone(message)) } };
    }, [...key]);
    const page = await context.newPage();
    const wrong = [];
    page.on('pageerror', (error) => wrong.push(error.message));
    await page.goto(`${server.address}/www/hosts/${path}`);
    await page.waitForFunction(() => globalThis.client);
    assert.deepEqual(await page.evaluate(listed), expected);
    await use(page, context);
    assert.deepEqual(wrong, []);
  }, options);
}

async function arrives(uid) {
  for (let tries = 0; tries < 500 && !server.books.ids.has(uid); tries += 1) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(server.books.ids.get(uid), 1, `the event ${uid} arrived once`);
}

const happens = async (uid) => {
  await globalThis.client.engine.track({ type: 'view', item: 'i00001', uid });
  await globalThis.client.flush();
};

test('an ES module in a page, and again without network', async () => {
  await inPage('module/index.html', async (page) => {
    await page.evaluate(happens, 'module');
    await arrives('module');
    await page.evaluate(async () => {
      await globalThis.client.saved();
      await new Promise((resolve) => requestIdleCallback(() => setTimeout(resolve, 500)));
    });
    // What the next page shows before its engine is there.
    let arrive;
    const arrived = new Promise((resolve) => (arrive = resolve));
    await page.route('**/*.wasm', (route) => arrived.then(() => route.continue()));
    await page.reload();
    await page.locator('#items li').first().waitFor();
    assert.deepEqual(await page.evaluate(() => globalThis.client), undefined);
    assert.deepEqual(await page.evaluate(listed), expected);
    arrive();
    await page.waitForFunction(() => globalThis.client);
    await page.unroute('**/*.wasm');
    // The page itself is kept by whoever serves it; here the catalog, the module and the profile are what is looked at.
    server.state.fault = { '/catalog': faults.offline, '/member': faults.offline, '/pkg/wasm/regulars_bg.wasm': faults.offline };
    await page.reload();
    await page.waitForFunction(() => globalThis.client);
    assert.deepEqual(await page.evaluate(listed), expected);
    assert.equal(await page.evaluate(() => globalThis.client.status.stale), true);
    server.state.fault = {};
  });
});

test('the engine in a worker', async () => {
  await inPage('worker/index.html', async (page) => {
    await page.evaluate(happens, 'worker');
    await arrives('worker');
    const error = await page.evaluate(() => globalThis.client.engine.recommend({}).catch(({ name, code }) => ({ name, code })));
    assert.deepEqual(error, { name: 'RegularsError', code: 'malformed-request' });
    assert.equal(await page.evaluate(() => globalThis.client.engine.noSuchMethod().catch(({ code }) => code)), 'malformed-request');
    assert.equal(await page.evaluate(() => globalThis.client.status.source), 'network');
    await page.evaluate(() => globalThis.client.close());
  });
});

test('a browser without WebAssembly, as in a lockdown mode', async () => {
  // Without compilers there is no WebAssembly either, and JavaScript is as slow as it gets.
  await inPage(
    'no-webassembly/index.html',
    async (page) => {
      assert.equal(await page.evaluate(() => typeof WebAssembly), 'undefined');
      await page.evaluate(happens, 'no-webassembly');
      await arrives('no-webassembly');
      const code = await page.evaluate(async () => (await import('/pkg/index.js')).default().catch((error) => error.code));
      assert.equal(code, 'no-webassembly');
      assert.ok(server.state.requests.includes('GET /pkg/no-webassembly/regulars.js'));
    },
    { args: [...FLAGS, '--js-flags=--jitless'] },
  );
});

test('who has WebAssembly does not fetch the engine as JavaScript', async () => {
  server.state.requests = [];
  await inPage('no-webassembly/index.html', async () => {
    assert.ok(server.state.requests.includes('GET /pkg/wasm/regulars_bg.wasm'));
    assert.ok(!server.state.requests.includes('GET /pkg/no-webassembly/regulars.js'));
  });
});

test('a script tag', async () => {
  await inPage('script/index.html', async (page) => {
    await page.evaluate(happens, 'script');
    await arrives('script');
  });
});

test('rendered by Node', async () => {
  const child = spawn(process.execPath, [`${root}www/hosts/node/server.mjs`, `${server.address}/catalog`, Buffer.from(key).toString('hex')], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const address = await new Promise((resolve) => child.stdout.once('data', (text) => resolve(String(text).trim())));
    const html = await (await fetch(`${address}/?member=m1`)).text();
    assert.match(html, /<title>corner-1<\/title>/);
    assert.deepEqual([...html.matchAll(/<li>(.*?)<\/li>/g)].map(([, title]) => title), expected);
  } finally {
    child.kill();
    await new Promise((resolve) => child.once('exit', resolve));
  }
});

test('a web view inside a mini-program', async () => {
  await inPage(`webview/index.html#regulars=${encodeURIComponent('{"token":"t-1"}')}&tab=2`, async (page) => {
    assert.equal(new URL(page.url()).hash, '#tab=2', 'a shared address carries no token');
    server.state.fault = { '/events': faults.offline };
    const posted = await page.evaluate(async () => {
      await globalThis.client.engine.track({ type: 'purchase', item: 'i00001', uid: 'webview' });
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
      return globalThis.posted;
    });
    server.state.fault = {};
    // What the mini-program's page does with it (www/hosts/miniprogram/pages/web), and the page itself later.
    const { page: around } = miniProgram({ folder: `${root}www/hosts/miniprogram`, address: server.address, globalData: { server: server.address, token: 't-1' } }).open('pages/web/index.js');
    around.told({ detail: { data: posted.map(({ data }) => data) } });
    await arrives('webview');
    await page.evaluate(() => globalThis.client.flush());
    await arrives('webview');
  });
});

test("a mini-program's own page, with what the host has and nothing else", async () => {
  const program = miniProgram({
    folder: `${root}www/hosts/miniprogram`,
    regulars: `${root}pkg/miniprogram`,
    address: server.address,
    globalData: { server: server.address, publicKeys: [key], token: 't-1' },
  });
  const visit = program.open('pages/shop/index.js');
  await visit.page.onLoad();
  assert.deepEqual([...visit.page.data.items.map(({ title }) => title)], expected);
  assert.equal(visit.page.data.stale, false);
  assert.ok(program.requests.some(({ url, header }) => url.endsWith('/member') && header.authorization === 'Bearer t-1'));
  visit.page.client.engine.track({ type: 'view', item: 'i00001', uid: 'mini-program', note: '收银台 🛒' });
  program.hide();
  await visit.page.client.flush();
  await arrives('mini-program');
  assert.equal([...server.books.events.values()].find(({ uid }) => uid === 'mini-program').note, '收银台 🛒');
  await visit.page.onUnload();

  // Opened again without network: the files are still there.
  server.state.fault = { '/catalog': faults.offline, '/member': faults.offline };
  const again = program.open('pages/shop/index.js');
  const shown = [];
  const { setData } = again.page;
  again.page.setData = (data) => shown.push(Object.keys(data).join()) && setData.call(again.page, data);
  await again.page.onLoad();
  assert.deepEqual(shown.slice(0, 2), ['items', 'items,stale'], 'what was prepared, then what the engine says');
  assert.deepEqual([...again.page.data.items.map(({ title }) => title)], expected);
  assert.equal(again.page.data.stale, true);
  await again.page.onUnload();
  server.state.fault = {};
});

test("a mini-program's storages keep what they are given, whole or not at all", async () => {
  for (const kind of ['wxStorage', 'wxFiles']) {
    const program = miniProgram({ regulars: `${root}pkg/miniprogram`, address: server.address, globalData: {} });
    const storage = program.regulars()[kind]();
    assert.equal(await storage.get('none'), undefined);
    const large = Uint8Array.from({ length: 2_500_000 }, (_, place) => (place * 31) & 255);
    await storage.set('catalog a', large);
    await storage.set('catalog b', new Uint8Array([1, 2]));
    await storage.set('state', new Uint8Array());
    assert.deepEqual(Buffer.from(await storage.get('catalog a')), Buffer.from(large), kind);
    assert.deepEqual([...(await storage.get('state'))], []);
    assert.deepEqual([...(await storage.keys('catalog '))].sort(), ['catalog a', 'catalog b']);
    // No room for a second: what was there is still there, and nothing half is left behind.
    program.full(true);
    await assert.rejects(async () => storage.set('catalog a', large.slice(1)), { name: 'QuotaExceededError' });
    program.full(false);
    assert.equal((await storage.get('catalog a')).length, large.length);
    const before = program.used();
    await storage.set('catalog a', large.slice(1));
    assert.equal((await storage.get('catalog a')).length, large.length - 1);
    assert.ok(program.used() <= before, `${kind}: old parts are gone`);
    await storage.delete('catalog a');
    assert.equal(await storage.get('catalog a'), undefined);
    assert.deepEqual([...(await storage.keys(''))].sort(), ['catalog b', 'state']);
  }
});

test('what old web views must read is written in the language of 2018', async () => {
  const { parse } = await import('acorn');
  for (const file of ['pkg/regulars.global.js', 'pkg/regulars.iife.js', 'pkg/miniprogram/regulars.js', 'pkg/no-webassembly/regulars.js']) {
    const text = readFileSync(`${root}${file}`, 'utf8');
    parse(text, { ecmaVersion: 2018, sourceType: file.includes('no-webassembly') ? 'module' : 'script' });
    // Chrome 69 has none of these.
    const newer = text.match(/\b(Object\.fromEntries|queueMicrotask|structuredClone|WeakRef)\b|\.(matchAll|allSettled|replaceAll|replaceChildren|toSorted|at|hasOwn|randomUUID|findLast)\(/g) ?? [];
    assert.deepEqual(newer, [], file);
  }
});

test("a mini-program's own page in a WeChat that does not know `globalThis`", async () => {
  const program = miniProgram({
    folder: `${root}www/hosts/miniprogram`,
    regulars: `${root}pkg/miniprogram`,
    address: server.address,
    globalData: { server: server.address, publicKeys: [key], token: 't-1' },
    without: ['globalThis'],
  });
  const visit = program.open('pages/shop/index.js');
  assert.equal(visit.run('typeof globalThis'), 'undefined');
  await visit.page.onLoad();
  assert.deepEqual([...visit.page.data.items.map(({ title }) => title)], expected);
  visit.page.client.engine.track({ type: 'view', item: 'i00001', uid: 'old-wechat' });
  await visit.page.client.flush();
  await arrives('old-wechat');
  await visit.page.onUnload();
});

test('the tag starts in a browser that does not know `globalThis`', () => {
  const document = { currentScript: { src: 'https://shop.example/regulars.iife.js', dataset: {} } };
  class MutationObserver {
    observe() {}
  }
  const context = createContext({ document, URL, URLSearchParams, TextDecoder, TextEncoder, MutationObserver, setTimeout, clearTimeout });
  runInContext('var self = this; var window = this; delete this.globalThis;', context);
  runInContext(readFileSync(`${root}pkg/regulars.iife.js`, 'utf8'), context);
  // It names nothing to load, so it does nothing; but it ran.
  assert.equal(runInContext('typeof globalThis', context), 'object');
});

test('the script for pages without modules starts in a browser that does not know `globalThis`', () => {
  const context = createContext({ document: { currentScript: { src: 'https://shop.example/regulars.global.js' } }, URL, TextDecoder, TextEncoder });
  runInContext('var self = this; delete this.globalThis;', context);
  assert.equal(runInContext('typeof globalThis', context), 'undefined');
  runInContext(readFileSync(`${root}pkg/regulars.global.js`, 'utf8'), context);
  assert.equal(runInContext('typeof regulars.open', context), 'function');
});

// The demo shop in Chromium where the network fails, has news, or is not there.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';

import { regulars } from '../faults/snapshots.mjs';
import { accessible, address, data, DESKTOP, fits, households, ids, openShop, profile, root, shot, tab, takeOver } from './shop/visit.mjs';

openShop('networked');

test('a shop that cannot open says so, and opens when it can', async () => {
  await profile({}, async (page) => {
    let broken = true;
    await page.route('**/catalog.*', (route) => (broken ? route.fulfill({ body: Buffer.from([1, 2, 3]) }) : route.continue()));
    await page.goto(address());
    await page.locator('.failed').waitFor();
    assert.match(await page.locator('.failed').innerText(), /malformed-snapshot/);
    await accessible(page, 'failed');
    await shot(page, 'phone-failed');
    broken = false;
    await page.locator('.failed .button').click();
    await page.locator('.product').first().waitFor();
  });
});

/** The shop in a profile of its own that keeps what pages keep; what it complains of while things fail is no matter. */
async function lasting(options, use) {
  try {
    await profile(options, async (page, context) => {
      await page.goto(address());
      await page.locator('.product').first().waitFor({ state: 'attached' });
      await page.locator('[data-version]', { hasText: CONFIRMED }).waitFor({ state: 'attached' });
      await use(page, context);
    });
  } finally {
    takeOver();
  }
}

const CONFIRMED = /confirmed by the shop|已由店铺确认/;
const strip = (page) => page.locator('.freshness[data-shown="true"]');
const answers = (path, act) => (request, response) => {
  if (!new URL(request.url, address()).pathname.endsWith(path)) return false;
  act(response);
  return true;
};

/** Waits until the page keeps these records, told by what their names begin with, and no others. */
const keeps = async (page, wanted) => {
  let found = [];
  for (const end = Date.now() + 5_000; found.join() !== wanted.join() && Date.now() < end; ) found = await records(page);
  assert.deepEqual(found, wanted);
};
const records = (page) =>
  page.evaluate(async () => {
    const database = await new Promise((resolve) => (indexedDB.open('regulars').onsuccess = ({ target }) => resolve(target.result)));
    const keys = await new Promise((resolve) => (database.transaction('bytes').objectStore('bytes').getAllKeys().onsuccess = ({ target }) => resolve(target.result)));
    database.close();
    const told = (key) => `${key.split(' ')[0]}${key.endsWith(' ') ? ' of nobody' : ''}`;
    return [...new Set(keys.map(told))].sort();
  });

for (const [name, options] of [
  ['phone', {}],
  ['desktop-zh-dark', { viewport: DESKTOP, locale: 'zh-CN', colorScheme: 'dark' }],
]) {
  test(`without network the shop opens from this device, and says so: ${name}`, async () => {
    await lasting({ ...options, serviceWorkers: 'allow' }, async (page, context) => {
      await page.evaluate(() => navigator.serviceWorker.ready);
      await page.locator('[data-strategy="for-you"] .dismiss, [data-strategy="for-you"] .add').first().waitFor();
      const [first] = await ids(page, 'for-you');
      await page.locator('[data-strategy="for-you"] .product', { hasText: first }).getByRole('button', { name: /Not interested|不感兴趣/ }).click();
      const shown = await ids(page, 'for-you');
      assert.ok(!shown.includes(first));
      await page.waitForTimeout(1_600); // the module is put on its shelf, and the state is kept
      await context.setOffline(true);
      await page.reload();
      await page.locator('.product').first().waitFor();
      assert.deepEqual(await ids(page, 'for-you'), shown, 'what was done here still counts');
      await strip(page).waitFor();
      assert.equal(await strip(page).getAttribute('data-why'), 'fetch-failed');
      assert.match(await strip(page).innerText(), /No connection to the shop\. Prices as of Jan 1|连不上店铺。 价格和优惠以1月1日为准/);
      await accessible(page, `${name} offline`);
      await fits(page);
      await shot(page, `offline-${name}`);
      // Whoever was never here has no profile on this device.
      await page.locator('.household').click();
      await page.locator('dialog[open] .search').fill(households.at(-1).id);
      await page.locator('dialog[open] .choice').first().click();
      await page.locator('.notice[data-shown="true"]', { hasText: /no profile on this device|没有保存资料/ }).waitFor();
      assert.equal(await page.locator('.card-points').count(), 0, 'nothing of the one before is shown');
      await shot(page, `offline-stranger-${name}`);
      await page.locator('.household').click();
      await page.locator('dialog[open] .search').fill(households[0].id);
      await page.locator('dialog[open] .choice').first().click();
      await page.locator('.card-points').waitFor();
      assert.deepEqual(await ids(page, 'for-you'), shown, 'who comes back is known');
      await context.setOffline(false);
      await strip(page).getByRole('button').click();
      await strip(page).waitFor({ state: 'detached' });
    });
  });
}

for (const [name, options] of [
  ['phone', {}],
  ['desktop-zh-dark', { viewport: DESKTOP, locale: 'zh-CN', colorScheme: 'dark' }],
]) {
  test(`the first rails are there before the engine, and with what was done since: ${name}`, async () => {
    await lasting(options, async (page) => {
      const first = page.locator('.view-shop .rail').first();
      const seen = () => first.locator('.product-title').allTextContents();
      await first.locator('.dismiss').first().click();
      const wanted = await seen();
      await keeps(page, ['catalog', 'member', 'prepared', 'state']);
      let arrive;
      const arrived = new Promise((resolve) => (arrive = resolve));
      await page.route('**/*.wasm', (route) => arrived.then(() => route.continue()));
      await page.reload();
      await page.locator('.page[data-ahead] .product').first().waitFor();
      assert.deepEqual(await seen(), wanted);
      const top = () => first.evaluate((rail) => Math.round(rail.getBoundingClientRect().top));
      const before = await top();
      assert.match(await page.locator('.household').innerText(), new RegExp(households[0].id));
      await accessible(page, `${name} ahead`);
      await fits(page);
      await shot(page, `ahead-${name}`);
      arrive();
      await page.locator('.page:not([data-ahead]) .product').first().waitFor();
      assert.deepEqual(await seen(), wanted, 'the engine says the same');
      await page.locator('.pace [data-ahead]').waitFor({ state: 'attached' });
      assert.ok(Math.abs((await top()) - before) <= 8, 'nothing jumps');
    });
  });
}

test('what is stale says why', async () => {
  const catalog = readFileSync(`${data}/catalog.rgl`);
  const flipped = Buffer.from(catalog);
  flipped[catalog.length - 500] ^= 1;
  const ways = [
    ['http-error', (response) => response.writeHead(503).end(), /server answers 503/],
    ['wrong-type', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<form>sign in</form>'), /a page of its own/],
    ['bad-digest', (response) => response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(flipped), /refused \(bad-digest\)/],
  ];
  for (const locale of ['en', 'zh-CN']) {
    await lasting({ locale }, async (page) => {
      const before = await ids(page, 'for-you');
      for (const [code, act, words] of ways) {
        takeOver(answers('/data/catalog.rgl', act));
        await page.reload();
        await strip(page).waitFor();
        await page.locator(`.freshness[data-why="${code}"]`).waitFor();
        const text = await strip(page).innerText();
        if (locale === 'en') assert.match(text, words);
        else assert.match(text, /[\u4e00-\u9fff]/);
        assert.deepEqual(await ids(page, 'for-you'), before, 'what is kept is shown all the same');
        await shot(page, `stale-${code}-${locale}`);
      }
      takeOver();
      await page.reload();
      await page.locator('[data-version]', { hasText: CONFIRMED }).waitFor({ state: 'attached' });
      assert.equal(await strip(page).count(), 0);
    });
  }
});

test('signing out deletes the person from this device and keeps the catalogue', async () => {
  await lasting({}, async (page) => {
    await page.locator('[data-strategy="for-you"] .add').first().click();
    await keeps(page, ['catalog', 'member', 'prepared', 'state']);
    await tab(page, 'member');
    await page.getByRole('button', { name: 'Sign out on this device' }).click();
    await page.locator('.notice[data-shown="true"]', { hasText: 'Signed out' }).waitFor();
    await page.locator('.centre, .view-centre .empty').first().waitFor();
    await keeps(page, ['catalog', 'prepared of nobody']);
    await shot(page, 'phone-signed-out');
    takeOver(answers('/data/catalog.rgl', (response) => response.writeHead(503).end()));
    await page.reload();
    await page.locator('.product').first().waitFor({ state: 'attached' });
    assert.equal(await page.locator('.card-points').count(), 0);
    assert.match(await page.locator('.household').innerText(), /New visitor/);
  });
});

test('signing out in another tab reaches this one', async () => {
  await lasting({}, async (page, context) => {
    const other = await context.newPage();
    await other.goto(`${address()}#member`);
    await other.getByRole('button', { name: 'Sign out on this device' }).click();
    await page.locator('.household', { hasText: 'New visitor' }).waitFor();
    assert.equal(await page.locator('.card-points').count(), 0);
  });
});

test('new prices swap in whole, by a pushed delta and by a newer file, and the page shows them', async () => {
  const work = `${root}target/shop-news`;
  mkdirSync(work, { recursive: true });
  const catalog = JSON.parse(readFileSync(`${root}data/demo/catalog.json`));
  const made = (by, change) => {
    const json = { ...catalog, id: `corner-news-${by}`, version: catalog.version + by, items: catalog.items.map(change) };
    writeFileSync(`${work}/${by}.json`, JSON.stringify(json));
    execFileSync(regulars(), ['pack', `${work}/${by}.json`, '-o', `${work}/${by}.rgl`, '--issued-at', String(catalog.issuedAt + by), '--key', `${root}data/demo/shop.key`], { stdio: 'pipe' });
  };
  await lasting({}, async (page) => {
    const card = page.locator('[data-strategy="trending"] .product').first();
    const title = await card.locator('.product-title').innerText();
    const price = async () => Math.round(Number((await page.locator('[data-strategy="trending"] .product', { hasText: title }).first().locator('.price').first().innerText()).replace(/^[^$]*\$|[^0-9.].*$/gs, '')) * 100);
    const before = await price();
    const lower = (by) => (item) => (item.price === undefined ? item : { ...item, price: Math.max(1, item.price - by) });
    made(1, lower(7));
    made(2, lower(11));
    execFileSync(regulars(), ['delta', `${data}/catalog.rgl`, `${work}/1.rgl`, '-o', `${work}/1.rgd`, '--key', `${root}data/demo/shop.key`], { stdio: 'pipe' });
    takeOver(answers('/data/catalog.rgl', (response) => response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(readFileSync(`${work}/2.rgl`))));
    const push = (bytes) => page.evaluate((bytes) => postMessage({ regulars: { type: 'delta', bytes } }, location.origin), bytes.toString('base64'));
    await push(readFileSync(`${work}/1.rgd`));
    await page.locator(`[data-version="${catalog.version + 1}"]`).waitFor({ state: 'attached' });
    assert.equal(await price(), before - 7);
    assert.match(await page.locator('.notice').innerText(), /New prices and offers/);
    await shot(page, 'phone-news');
    // The network comes back, and the client asks.
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await page.locator(`[data-version="${catalog.version + 2}"]`).waitFor({ state: 'attached' });
    assert.equal(await price(), before - 11);
  });
});

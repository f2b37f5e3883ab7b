// The demo shop in Chromium, as a shopper uses it: by pointer and by keyboard, on a phone and on a desktop, in both
// languages and both colour schemes. Screenshots go to tests/js/output.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';

import { build } from 'vite';

import { complaints, withChromium } from './chromium.mjs';
import { served } from './serve.mjs';
import { regulars } from '../faults/snapshots.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const output = `${root}tests/js/output`;
const data = `${root}www/public/data`;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const { households } = JSON.parse(readFileSync(`${data}/index.json`));
const shops = JSON.parse(readFileSync(`${data}/shops.json`));

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 900 };

let browser;
let shop;
/** Takes a request for a file over, where a test wants the server to misbehave or to have news. */
let takeOver = () => false;
let finish;
let closed;

before(async () => {
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  const dist = `${root}target/shop`;
  await build({
    root: `${root}www`,
    configFile: `${root}www/vite.config.js`,
    logLevel: 'warn',
    publicDir: false,
    build: { outDir: dist, emptyOutDir: true },
  });
  await new Promise((resolve, reject) => {
    const routes = { '/': dist, '/data/': data, '/icon.svg': `${root}www/public/icon.svg` };
    const use = (address) =>
      withChromium(async (context) => {
        shop = address;
        browser = context.browser();
        resolve();
        await new Promise((end) => (finish = end));
      });
    closed = served(routes, use, { answer: (request, response) => takeOver(request, response) }).catch(reject);
  });
});

after(async () => {
  finish?.();
  await closed;
});

/** Opens the shop in a fresh profile and hands over its page; it must not complain of anything. */
async function visit({ viewport = PHONE, locale = 'en', colorScheme = 'light', query = '', ...options }, use) {
  const context = await browser.newContext({ viewport, locale, colorScheme, reducedMotion: 'reduce', serviceWorkers: 'block', ...options });
  context.setDefaultTimeout(20_000);
  try {
    const page = await context.newPage();
    const found = complaints(page);
    await page.goto(shop + query);
    await page.locator('.product').first().waitFor({ state: 'attached' });
    await use(page, found);
    assert.deepEqual(found, []);
  } finally {
    await context.close();
  }
}

const ids = (page, strategy) => page.locator(`[data-strategy="${strategy}"] > .rail-items .product-title`).allTextContents();
const tab = (page, name) => page.locator(`[data-tab="${name}"]`).click();
const shot = (page, name, options = {}) => page.screenshot({ path: `${output}/${name}.png`, ...options });

/** Fails on what axe finds: names, roles, contrast, order. */
async function accessible(page, where) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ target, failureSummary }) => `${target} ${failureSummary}`).join(' | ')}`);
  assert.deepEqual(told, [], where);
}

const fits = async (page) => assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out sideways');

test('a household sees its rails, its card, its reasons', async () => {
  await visit({}, async (page) => {
    await page.locator('.card-points').waitFor();
    for (const strategy of ['for-you', 'buy-again', 'next-basket', 'discover', 'trending', 'new-arrivals']) {
      assert.ok(await page.locator(`[data-strategy="${strategy}"]`).isVisible(), strategy);
    }
    assert.ok((await ids(page, 'for-you')).length >= 8);
    for (const text of await page.locator('[data-strategy="for-you"] .why').allTextContents()) assert.match(text, / /, 'a reason is a sentence, not a code');
    assert.match(await page.locator('.card').innerText(), /points/);
    await fits(page);
    await shot(page, 'phone-shop');
    await shot(page, 'phone-shop-whole', { fullPage: true });
  });
});

test('another household sees other things', async () => {
  await visit({}, async (page) => {
    const before = await ids(page, 'for-you');
    await page.locator('.household').click();
    await page.locator('dialog[open] .search').fill(households.at(-1).id);
    await shot(page, 'phone-households');
    await page.locator('dialog[open] .choice').first().click();
    await page.locator('.household', { hasText: households.at(-1).id }).waitFor();
    assert.notDeepEqual(await ids(page, 'for-you'), before);
    assert.equal(await page.locator('dialog[open]').count(), 0);
  });
});

test('a new visitor is served too', async () => {
  await visit({}, async (page) => {
    await page.locator('.household').click();
    await page.locator('dialog[open] .choice').first().click();
    await page.locator('.card .button').waitFor();
    assert.ok((await ids(page, 'for-you')).length >= 8);
    await shot(page, 'phone-visitor');
  });
});

test('without personalisation everybody sees the same, at once', async () => {
  const seen = [];
  for (const { id } of households.slice(0, 2)) {
    await visit({ query: `?household=${id}` }, async (page) => {
      const personal = await ids(page, 'for-you');
      const toggle = page.getByRole('switch');
      await toggle.click();
      assert.equal(await toggle.getAttribute('aria-checked'), 'false');
      const neutral = await ids(page, 'for-you');
      assert.notDeepEqual(neutral, personal);
      seen.push(neutral);
      await shot(page, 'phone-neutral');
      await toggle.click();
      assert.deepEqual(await ids(page, 'for-you'), personal);
    });
  }
  assert.deepEqual(seen[0], seen[1]);
});

test('what one does changes the next answers', async () => {
  await visit({}, async (page) => {
    const [first, second] = await page.locator('[data-strategy="buy-again"] .product').evaluateAll((cards) => cards.map((card) => card.querySelector('.product-title').textContent));
    const picked = page.locator('[data-strategy="buy-again"] .product').first();
    await picked.locator('.dismiss').click();
    assert.equal((await ids(page, 'buy-again'))[0], second);
    assert.notEqual(first, second);
    await page.locator('.notice[data-shown="true"]').waitFor();

    const bought = (await ids(page, 'for-you'))[0];
    await page.locator('[data-strategy="for-you"] .add').first().click();
    await page.locator('[data-strategy="bought-together"]').waitFor();
    assert.notEqual((await ids(page, 'for-you'))[0], bought, 'what is in the cart is not recommended again');
    assert.equal(await page.locator('[data-tab="cart"] .badge').textContent(), '1');
  });
});

test('a visit leads on at once, with reasons that are true', async () => {
  await visit({}, async (page) => {
    assert.equal(await page.locator('[data-strategy="session"]').count(), 0, 'nothing was looked at yet');
    const items = (strategy) => page.locator(`[data-strategy="${strategy}"] .product`).evaluateAll((all) => all.map(({ dataset }) => dataset.item));
    const [looked] = await ids(page, 'for-you');
    const [item] = await items('for-you');
    await page.locator('[data-strategy="for-you"] .product-title').first().click();
    await page.keyboard.press('Escape');
    await page.locator('[data-strategy="session"]').waitFor();
    const next = await items('session');
    assert.ok(next.length > 0 && !next.includes(item), 'what was looked at is not shown again');
    const why = await page.locator('[data-strategy="session"] .product .why').allTextContents();
    // What sells counts beside what goes with it, and may count more.
    assert.ok(why.some((text) => text.includes(looked)), `one of ${why.join(', ')} names ${looked}`);
    for (const text of why) assert.ok(text.includes(looked) || text === 'Popular with everybody here', text);
    await shot(page, 'session');
  });
});

test('the cart has its quote, and buying empties it', async () => {
  await visit({}, async (page) => {
    for (const place of [0, 1, 2]) await page.locator('[data-strategy="trending"] .add').nth(place).click();
    await tab(page, 'cart');
    await page.locator('.line').nth(2).waitFor();
    const amount = async (selector) => Number((await page.locator(selector).innerText()).replace(/[^0-9.]/g, ''));
    const lines = await page.locator('.line-total strong').allTextContents();
    const sum = lines.reduce((total, text) => total + Math.round(Number(text.replace(/[^0-9.]/g, '')) * 100), 0);
    const before = Math.round((await amount('.total dd')) * 100);
    assert.ok(before <= sum && before > 0);
    await page.locator('.stepper button').nth(1).click();
    assert.ok(Math.round((await amount('.total dd')) * 100) > before);
    await page.locator('.rejected summary').click();
    await accessible(page, 'cart');
    await fits(page);
    await shot(page, 'phone-cart', { fullPage: true });
    await page.locator('.cart .button').click();
    await page.locator('.cart-empty').waitFor();
    await shot(page, 'phone-cart-empty');
  });
});

test('coupons say where they stand and what is missing', async () => {
  await visit({}, async (page) => {
    for (const place of [0, 1, 2, 3]) await page.locator('[data-strategy="for-you"] .add').nth(place).click();
    await tab(page, 'coupons');
    const tickets = page.locator('.ticket');
    assert.ok((await tickets.count()) > 0);
    for (const status of ['eligible', 'nearly']) {
      const some = page.locator(`.ticket[data-status="${status}"]`);
      assert.ok((await some.count()) > 0, status);
      for (const text of await some.locator('.reasons li').allTextContents()) assert.doesNotMatch(text, /^[a-z]+(-[a-z]+)+$/, 'a reason is in words');
    }
    await shot(page, 'phone-coupons');
    await page.getByRole('button', { name: /Almost/ }).click();
    assert.equal(await page.locator('.ticket[data-status="eligible"]').count(), 0);
    await accessible(page, 'coupons');
    await fits(page);
  });
});

test('the first press of Tab leads past the bar', async () => {
  await visit({}, async (page) => {
    await page.keyboard.press('Tab');
    assert.ok(await page.evaluate(() => document.activeElement?.classList.contains('skip')));
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'main');
  });
});

test('the member centre tells of points, dates and what is known, and forgets a tag at once', async () => {
  const tagged = households.find(({ file }) => JSON.parse(readFileSync(`${data}/${file}`)).tags?.length > 1);
  await visit({ query: `?household=${tagged.id}#member` }, async (page) => {
    for (const block of ['points', 'ahead', 'benefits', 'tasks', 'rewards', 'draws', 'about', 'arms']) await page.locator(`[data-block="${block}"]`).waitFor();
    const lots = await page.locator('.lot strong').allTextContents();
    const balance = Number((await page.locator('.card-points strong').innerText()).replace(/[^0-9]/g, ''));
    const pending = await page.locator('.lot[data-pending="true"] strong').allTextContents();
    const sum = (texts) => texts.reduce((total, text) => total + Number(text.replace(/[^0-9]/g, '')), 0);
    assert.equal(sum(lots) - sum(pending), balance, 'lots add up to the balance');
    const before = await page.locator('.tag').count();
    assert.ok(before > 1);
    await accessible(page, 'member centre');
    await fits(page);
    await shot(page, 'phone-member', { fullPage: true });
    await page.locator('.tag button').first().click();
    assert.equal(await page.locator('.tag').count(), before - 1);
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: /JSON/ }).click()]);
    const along = JSON.parse(readFileSync(await download.path()));
    assert.equal(along.member.id, tagged.id);
    assert.equal(along.forgottenTags.length, 1);
    await page.getByRole('switch').click();
    assert.equal(await page.locator('.tag').count(), 0, 'nothing is read while personalisation is off');
    assert.equal(Number((await page.locator('.card-points strong').innerText()).replace(/[^0-9]/g, '')), balance, 'points are the member’s all the same');
  });
});

test('what the shop has to say can be waved away, and stays away', async () => {
  await visit({}, async (page) => {
    const news = page.locator('.news li');
    await news.first().waitFor();
    const before = await news.locator('p').allTextContents();
    for (const text of before) assert.doesNotMatch(text, /^[a-z]+(-[a-z]+)+$/, 'news are in words');
    await news.first().locator('button').click();
    assert.ok(!(await news.locator('p').allTextContents()).includes(before[0]));
  });
});

test('a cart that brings another tier says so', async () => {
  const near = households.find(({ tier }) => tier === 'member');
  await visit({ query: `?household=${near.id}` }, async (page) => {
    await page.locator('[data-strategy="for-you"] .add').first().click();
    await tab(page, 'cart');
    const more = page.locator('.stepper button').nth(1);
    for (let press = 0; press < 400 && !/makes you Silver/.test(await page.locator('.cart').innerText()); press += 1) await more.click();
    assert.match(await page.locator('.cart').innerText(), /makes you Silver/);
  });
});

test('an arm can be forced, by the panel and by the address', async () => {
  const order = (page) => page.locator('.view-shop > .rail').evaluateAll((rails) => rails.map((rail) => rail.dataset.strategy));
  const orders = [];
  for (const arm of [0, 1]) await visit({ query: `?rail-order=${arm}` }, async (page) => orders.push((await order(page)).join()));
  assert.notEqual(orders[0], orders[1]);
  await visit({ query: '#member' }, async (page) => {
    for (const arm of [0, 1]) {
      await page.locator('[data-block="arms"] .arm', { hasText: arm === 0 ? 'For you first' : 'Buy again first' }).click();
      assert.equal((await order(page)).join(), orders[arm]);
    }
  });
});

test('what searching for the best combination is worth stands in the cart', async () => {
  await visit({}, async (page) => {
    for (const place of [0, 1, 2, 3, 4, 5]) await page.locator('[data-strategy="for-you"] .add').nth(place).click();
    await tab(page, 'cart');
    const cents = async (locator) => Math.round(Number((await locator.innerText()).replace(/[^0-9.]/g, '')) * 100);
    const best = await cents(page.locator('.compared[data-best="true"] dd'));
    assert.equal(best, await cents(page.locator('.total dd')));
    assert.ok((await cents(page.locator('.compared[data-best="false"] dd'))) >= best);
    for (const text of await page.locator('.near-missing').allTextContents()) assert.match(text, /[0-9]|one more/, 'how much is missing is said');
  });
});

test('an empty cart offers the usual shop, and says what searching is worth', async () => {
  for (const [name, options] of [['phone', {}], ['phone-zh', { locale: 'zh-CN' }], ['desktop', { viewport: DESKTOP }]]) {
    await visit(options, async (page) => {
      if (!options.viewport) await tab(page, 'cart');
      const cents = async (locator) => Math.round(Number(/[0-9]+[.][0-9]+/.exec(await locator.innerText())[0]) * 100);
      await page.locator('.usual').scrollIntoViewIfNeeded();
      const best = await cents(page.locator('.usual .compared[data-best="true"] dd'));
      const other = await cents(page.locator('.usual .compared[data-best="false"] dd'));
      assert.ok(other > best, `${other} one by one, ${best} searched`);
      assert.equal(await cents(page.locator('.usual .worth')), other - best);
      await accessible(page, `usual ${name}`);
      await fits(page);
      await shot(page, `usual-${name}`, { fullPage: !options.viewport });
      await page.locator('.usual .button').click();
      await page.locator('.line').first().waitFor();
      assert.equal(await cents(page.locator('.total dd')), best);
      assert.equal(await page.locator('.usual').count(), 0);
      await shot(page, `usual-${name}-filled`, { fullPage: true });
    });
  }
});

test('each case shop is a shop of its own, for each of its members', async (t) => {
  for (const [place, { id, name, index }] of shops.slice(1).entries()) {
    const scheme = place % 2 === 0 ? 'light' : 'dark';
    await visit({ query: `?shop=${id}`, locale: 'zh-CN', colorScheme: scheme }, async (page) => {
      assert.match(await page.locator('.brand').innerText(), new RegExp(name['zh-CN']));
      await shot(page, `case-${id}`);
      await tab(page, 'member');
      await accessible(page, `${id} ${scheme}`);
      await fits(page);
      await shot(page, `case-${id}-member`, { fullPage: true });
      const { households: members } = JSON.parse(readFileSync(`${data}/${index}`));
      for (const who of members.slice(1)) {
        await page.locator('.household').click();
        await page.locator('dialog[open] .search').fill(who.id);
        await page.locator('dialog[open] .choice', { has: page.getByText(who.name['zh-CN'], { exact: true }) }).first().click();
        await page.locator('.household', { hasText: who.name['zh-CN'] }).waitFor();
        assert.equal(await page.locator('.centre .empty').count(), 0, `${id} ${who.id}`);
      }
    });
  }
  t.diagnostic(`${shops.length - 1} shops`);
});

test('shops are switched, and each keeps its own member', async () => {
  if (shops.length < 2) return;
  await visit({}, async (page) => {
    await page.locator('button.brand').click();
    await accessible(page, 'shops');
    await shot(page, 'phone-shops');
    await page.locator('dialog[open] .choice').nth(1).click();
    await page.locator('.brand', { hasText: shops[1].name.en }).waitFor();
    await page.locator('.card').waitFor();
    await page.locator('button.brand').click();
    await page.locator('dialog[open] .choice').first().click();
    await page.locator('.household', { hasText: households[0].id }).waitFor();
  });
});

test('details open and close by keyboard, and focus comes back', async () => {
  await visit({}, async (page) => {
    const title = page.locator('.product-title').first();
    await title.focus();
    await page.keyboard.press('Enter');
    await page.locator('dialog[open] [data-strategy="similar"]').waitFor();
    await accessible(page, 'details');
    await shot(page, 'phone-details');
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    assert.ok(await page.evaluate(() => document.activeElement !== document.body), 'focus is not lost');
  });
});

for (const [name, options] of [
  ['phone-zh', { locale: 'zh-CN' }],
  ['phone-dark', { colorScheme: 'dark' }],
  ['desktop', { viewport: DESKTOP }],
  ['desktop-zh-dark', { viewport: DESKTOP, locale: 'zh-CN', colorScheme: 'dark' }],
]) {
  test(`${name} is accessible and fits`, async () => {
    await visit(options, async (page) => {
      for (const place of [0, 1, 2, 3]) await page.locator('[data-strategy="buy-again"] .add').nth(place).click();
      await page.locator('.took').first().waitFor();
      assert.equal(await page.evaluate(() => document.documentElement.lang), options.locale ?? 'en');
      await accessible(page, name);
      await fits(page);
      await shot(page, name);
      await tab(page, 'coupons');
      await accessible(page, `${name} coupons`);
      await shot(page, `${name}-coupons`);
    });
  });
}

test('switching the language changes every word', async () => {
  await visit({ viewport: { width: 320, height: 700 } }, async (page) => {
    await page.locator('.language').click();
    await page.getByRole('heading', { name: '为你挑选' }).waitFor();
    for (const text of await page.locator('.why, .product-title').allTextContents()) assert.match(text, /[\u4e00-\u9fff]/, text);
    await fits(page);
    await shot(page, 'narrow-zh');
  });
});

test('nothing is asked of a server but the data', async () => {
  await visit({}, async (page) => {
    const asked = [];
    page.on('request', (request) => asked.push(request.url()));
    for (const place of [0, 1]) await page.locator('[data-strategy="for-you"] .add').nth(place).click();
    await tab(page, 'cart');
    await page.locator('.cart .button').click();
    await tab(page, 'shop');
    await page.getByRole('switch').click();
    assert.deepEqual(
      asked.filter((address) => !address.endsWith('/icon.svg')),
      [],
    );
  });
});

test('a shop that cannot open says so, and opens when it can', async () => {
  const context = await browser.newContext({ viewport: PHONE, locale: 'en' });
  try {
    const page = await context.newPage();
    let broken = true;
    await page.route('**/catalog.*', (route) => (broken ? route.fulfill({ body: Buffer.from([1, 2, 3]) }) : route.continue()));
    await page.goto(shop);
    await page.locator('.failed').waitFor();
    assert.match(await page.locator('.failed').innerText(), /malformed-snapshot/);
    await accessible(page, 'failed');
    await shot(page, 'phone-failed');
    broken = false;
    await page.locator('.failed .button').click();
    await page.locator('.product').first().waitFor();
  } finally {
    await context.close();
  }
});

/** The shop in a profile of its own that keeps what pages keep; what it complains of while things fail is no matter. */
async function lasting({ viewport = PHONE, locale = 'en', colorScheme = 'light', serviceWorkers = 'block' }, use) {
  const context = await browser.newContext({ viewport, locale, colorScheme, reducedMotion: 'reduce', serviceWorkers });
  context.setDefaultTimeout(20_000);
  try {
    const page = await context.newPage();
    await page.goto(shop);
    await page.locator('.product').first().waitFor({ state: 'attached' });
    await page.locator('[data-version]', { hasText: CONFIRMED }).waitFor({ state: 'attached' });
    await use(page, context);
  } finally {
    takeOver = () => false;
    await context.close();
  }
}

const CONFIRMED = /confirmed by the shop|已由店铺确认/;
const strip = (page) => page.locator('.freshness[data-shown="true"]');
const answers = (path, act) => (request, response) => {
  if (!new URL(request.url, shop).pathname.endsWith(path)) return false;
  act(response);
  return true;
};

/** What the page keeps, by what the names of the records begin with. */
const records = (page) =>
  page.evaluate(async () => {
    const database = await new Promise((resolve) => (indexedDB.open('regulars').onsuccess = ({ target }) => resolve(target.result)));
    const keys = await new Promise((resolve) => (database.transaction('bytes').objectStore('bytes').getAllKeys().onsuccess = ({ target }) => resolve(target.result)));
    database.close();
    return [...new Set(keys.map((key) => key.split(' ')[0]))].sort();
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
        takeOver = answers('/data/catalog.rgl', act);
        await page.reload();
        await strip(page).waitFor();
        await page.locator(`.freshness[data-why="${code}"]`).waitFor();
        const text = await strip(page).innerText();
        if (locale === 'en') assert.match(text, words);
        else assert.match(text, /[\u4e00-\u9fff]/);
        assert.deepEqual(await ids(page, 'for-you'), before, 'what is kept is shown all the same');
        await shot(page, `stale-${code}-${locale}`);
      }
      takeOver = () => false;
      await page.reload();
      await page.locator('[data-version]', { hasText: CONFIRMED }).waitFor({ state: 'attached' });
      assert.equal(await strip(page).count(), 0);
    });
  }
});

test('signing out deletes the person from this device and keeps the catalogue', async () => {
  await lasting({}, async (page) => {
    await page.locator('[data-strategy="for-you"] .add').first().click();
    await page.waitForTimeout(300);
    assert.deepEqual(await records(page), ['catalog', 'member', 'state']);
    await tab(page, 'member');
    await page.getByRole('button', { name: 'Sign out on this device' }).click();
    await page.locator('.notice[data-shown="true"]', { hasText: 'Signed out' }).waitFor();
    await page.locator('.centre, .view-centre .empty').first().waitFor();
    assert.deepEqual(await records(page), ['catalog']);
    await shot(page, 'phone-signed-out');
    takeOver = answers('/data/catalog.rgl', (response) => response.writeHead(503).end());
    await page.reload();
    await page.locator('.product').first().waitFor({ state: 'attached' });
    assert.equal(await page.locator('.card-points').count(), 0);
    assert.match(await page.locator('.household').innerText(), /New visitor/);
  });
});

test('signing out in another tab reaches this one', async () => {
  await lasting({}, async (page, context) => {
    const other = await context.newPage();
    await other.goto(`${shop}#member`);
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
    takeOver = answers('/data/catalog.rgl', (response) => response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(readFileSync(`${work}/2.rgl`)));
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

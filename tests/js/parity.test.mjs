// The native engine and the one in Chromium give the same answers to 200 households: the same ids in the same order,
// the same reasons, and scores that are equal bit for bit; the same tiers, coupons and prices.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import { withChromium } from './chromium.mjs';
import { served } from './serve.mjs';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const data = `${root}www/public/data`;
const regulars = `${root}target/release/regulars`;
const missing = [`${data}/index.json`, regulars].filter((path) => !existsSync(path));
const skip = missing.length > 0 && `needs ${missing.join(' and ')}: run scripts/build-cli.sh and scripts/demo-data.sh`;

const { catalog, households = [], now } = skip ? {} : JSON.parse(readFileSync(`${data}/index.json`));
const STRATEGIES = ['for-you', 'next-basket', 'buy-again', 'discover', 'trending', 'new-arrivals'];

/** What the native command answers, by member. */
async function native(question, request, more = []) {
  const { stdout } = await run(
    regulars,
    [question, `${data}/${catalog}`, '--member', `${data}/members`, '--now', new Date(now).toISOString(), '--request', JSON.stringify(request), ...more],
    { maxBuffer: 1 << 28 },
  );
  return new Map(stdout.trimEnd().split('\n').map((line) => JSON.parse(line)).map(({ member, answer }) => [member, answer]));
}

/** What the engine in the page answers, by member. */
async function inPage(page, question, request, neutral = false) {
  const answers = await page.evaluate(
    ([question, request, neutral]) => {
      const { engine, members, now } = globalThis.shop;
      return members.map((profile) => {
        const { id } = engine.loadMember(profile);
        engine.setPrivacy({ personalised: !neutral });
        return [id, JSON.stringify(engine[question]({ ...request, now }))];
      });
    },
    [question, request, neutral],
  );
  return new Map(answers.map(([member, answer]) => [member, JSON.parse(answer)]));
}

let page;
let finish;
let closed;

before(async () => {
  if (skip) return;
  const ready = new Promise((resolve, reject) => {
    closed = served({ '/': data, '/pkg/': `${root}pkg` }, (address) =>
      withChromium(async (context) => {
        page = await context.newPage();
        await page.goto(`${address}index.json`);
        await page.evaluate(
          async ([address, { catalog, publicKey, now, households }]) => {
            const { default: init, Engine } = await import(`${address}pkg/index.js`);
            const bytes = async (file) => new Uint8Array(await (await fetch(address + file)).arrayBuffer());
            await init();
            const engine = new Engine();
            engine.loadCatalog(await bytes(catalog), { publicKeys: [await bytes(publicKey)], now });
            const members = await Promise.all(households.map(({ file }) => bytes(file)));
            globalThis.shop = { engine, members, now };
          },
          [address, JSON.parse(readFileSync(`${data}/index.json`))],
        );
        resolve();
        await new Promise((done) => (finish = done));
      }),
    ).catch(reject);
  });
  await ready;
});

after(async () => {
  finish?.();
  await closed;
});

function same(one, other, t) {
  assert.equal(one.size, households.length);
  for (const [member, answer] of one) assert.deepStrictEqual(other.get(member), answer, `member ${member}`);
  t.diagnostic(`${one.size} members`);
}

for (const strategy of STRATEGIES) {
  test(`recommend ${strategy}`, { skip }, async (t) => {
    const request = { strategy, limit: 20 };
    const here = await inPage(page, 'recommend', request);
    same(await native('recommend', request), here, t);
    const scores = [...here.values()].flatMap(({ items }) => items.map(({ score }) => score));
    assert.ok(scores.length > households.length, 'there is something to compare');
    t.diagnostic(`${scores.length} scores, equal bit for bit`);
  });
}

test('recommend for-you without personalisation', { skip }, async (t) => {
  const request = { strategy: 'for-you', limit: 20 };
  const here = await inPage(page, 'recommend', request, true);
  same(await native('recommend', request, ['--neutral']), here, t);
  assert.equal(new Set([...here.values()].map((answer) => JSON.stringify(answer))).size, 1, 'everybody gets the same');
});

test('the command line is built from these sources', { skip }, () => {
  const sources = readdirSync(`${root}src`, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const newest = Math.max(...sources.map((entry) => statSync(`${entry.parentPath}/${entry.name}`).mtimeMs));
  assert.ok(statSync(regulars).mtimeMs >= newest, 'an older one answers as older sources did: run scripts/build-cli.sh');
});

test('membership', { skip }, async (t) => {
  const request = { horizonDays: 120 };
  same(await native('membership', request), await inPage(page, 'membership', request), t);
});

test('offers and quotes', { skip }, async (t) => {
  const [popular] = (await inPage(page, 'recommend', { strategy: 'trending', limit: 8 })).values();
  const baskets = [...(await inPage(page, 'recommend', { strategy: 'buy-again', limit: 20 })).values()];
  const cart = (answer) => answer.items.map(({ id }, place) => ({ item: id, quantity: (place % 3) + 1 }));
  const carts = [cart(popular), cart(baskets[0]), cart(baskets[100])];
  for (const lines of carts) same(await native('offers', { cart: lines }), await inPage(page, 'offers', { cart: lines }), t);
  for (const [place, lines] of carts.entries()) {
    const request = place === 0 ? { lines } : { lines, points: 'max' };
    const here = await inPage(page, 'quote', request);
    same(await native('quote', request), here, t);
    assert.ok(place === 0 || [...here.values()].some(({ discountTotal }) => discountTotal > 0), 'there is something to compare');
  }
});

// The demo shop as its tests open it: built once a file of tests, served beside its data, in Chromium. Screenshots go to
// tests/js/output.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';

import { build } from 'vite';

import { complaints, withChromium } from '../chromium.mjs';
import { served } from '../serve.mjs';

export const root = fileURLToPath(new URL('../../../', import.meta.url));
export const data = `${root}www/public/data`;
export const { households } = JSON.parse(readFileSync(`${data}/index.json`));
export const shops = JSON.parse(readFileSync(`${data}/shops.json`));

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 900 };

const output = `${root}tests/js/output`;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let browser;
let shop;
let answer = () => false;
let finish;
let closed;

/** The address of the shop, once it is served. */
export const address = () => shop;

/** Lets `act` take requests for files over, where a test wants the server to misbehave or to have news. */
export function takeOver(act = () => false) {
  answer = act;
}

/** Builds and serves the shop while the tests of this file run; `name` is that of its own copy. */
export function openShop(name) {
  before(async () => {
    mkdirSync(output, { recursive: true });
    const dist = `${root}target/shop/${name}`;
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
      closed = served(routes, use, { answer: (request, response) => answer(request, response) }).catch(reject);
    });
  });

  after(async () => {
    finish?.();
    await closed;
  });
}

/** A fresh profile of the browser while `use` runs. */
export async function profile({ viewport = PHONE, locale = 'en', colorScheme = 'light', serviceWorkers = 'block', ...options }, use) {
  const context = await browser.newContext({ viewport, locale, colorScheme, reducedMotion: 'reduce', serviceWorkers, ...options });
  context.setDefaultTimeout(20_000);
  try {
    return await use(await context.newPage(), context);
  } finally {
    await context.close();
  }
}

/** Opens the shop in a fresh profile and hands over its page; it must not complain of anything. */
export async function visit({ query = '', ...options }, use) {
  await profile(options, async (page) => {
    const found = complaints(page);
    await page.goto(shop + query);
    await page.locator('.product').first().waitFor({ state: 'attached' });
    await use(page, found);
    assert.deepEqual(found, []);
  });
}

export const ids = (page, strategy) => page.locator(`[data-strategy="${strategy}"] > .rail-items .product-title`).allTextContents();
export const tab = (page, name) => page.locator(`[data-tab="${name}"]`).click();
export const shot = (page, name, options = {}) => page.screenshot({ path: `${output}/${name}.png`, ...options });

/** Fails on what axe finds: names, roles, contrast, order. */
export async function accessible(page, where) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ target, failureSummary }) => `${target} ${failureSummary}`).join(' | ')}`);
  assert.deepEqual(told, [], where);
}

export const fits = async (page) => assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out sideways');

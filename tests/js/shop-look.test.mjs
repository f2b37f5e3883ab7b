// How the demo shop looks in Chromium: each case shop, on a phone and on a desktop, in both languages and colour schemes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { accessible, data, DESKTOP, fits, openShop, shops, shot, tab, visit } from './shop/visit.mjs';

openShop('looked-at');

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

// The demo shop in Chromium, as a shopper uses it, by pointer and by keyboard.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { accessible, data, DESKTOP, fits, households, ids, openShop, shops, shot, tab, visit } from './shop/visit.mjs';

openShop('used');

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
    for (const strategy of ['for-you', 'discover']) {
      for (const place of [0, 1, 2, 3, 4, 5]) await page.locator(`[data-strategy="${strategy}"] .add`).nth(place).click();
    }
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

test('shops are switched, and each keeps its own member', async () => {
  if (shops.length < 2) return;
  await visit({}, async (page) => {
    await page.locator('button.brand').click();
    await page.locator('dialog[open] .choice').first().waitFor();
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

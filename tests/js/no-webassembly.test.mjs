// The engine as JavaScript says what the engine in WebAssembly says, where there is no WebAssembly.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';

const now = Date.UTC(2026, 5, 18, 2);
const DAY = 86_400_000;
const items = Array.from({ length: 60 }, (_, place) => ({
  id: `i${place}`,
  title: { en: `Item ${place}`, 'zh-CN': `商品${place}` },
  price: 100 + ((place * 7919) % 5000),
  category: `c${place % 7}`,
  tags: [`t${place % 3}`],
  addedAt: now - place * DAY,
}));
const catalog = {
  format: 1,
  id: 'c',
  version: 1,
  issuedAt: 0,
  currency: { code: 'CNY' },
  zone: { name: 'Asia/Shanghai', offsets: [[0, 28800]] },
  locales: ['en', 'zh-CN'],
  items,
  offers: [
    { id: 'a', thresholds: [{ amount: 3000 }], effects: [{ kind: 'percent', percent: 12.5, where: { 'item.category': { $in: ['c1', 'c2'] } } }] },
    { id: 'b', codes: ['Été'], effects: [{ kind: 'amount', on: 'order', amount: 333 }] },
  ],
  programme: {
    id: 'p',
    tiers: [{ id: 'one' }, { id: 'two', criteria: { metric: 'spend', atLeast: 10000 } }],
    points: { wallets: [{ id: 'w' }], earning: [{ id: 'e', on: 'purchase', points: 1, per: 100 }], redemption: { points: 100, value: 100 } },
  },
  features: { features: { f: { defaultValue: 0.1, rules: [{ variations: ['x', 'y'], hashAttribute: 'id', key: 'f' }] } } },
};
const member = {
  id: 'm',
  joinedAt: now - 460 * DAY,
  attributes: { age: 31 },
  history: Array.from({ length: 40 }, (_, place) => ({
    id: `b${place}`,
    at: now - place * 10 * DAY,
    lines: [{ item: `i${(place * 3) % 60}`, quantity: 1 + (place % 2), paid: 500 }],
  })),
};

function answers({ Engine }) {
  const engine = new Engine();
  engine.loadCatalog(new TextEncoder().encode(JSON.stringify(catalog)), { now });
  engine.loadMember(new TextEncoder().encode(JSON.stringify(member)));
  engine.setLocale('zh-CN');
  const lines = [1, 2, 8, 9].map((place) => ({ item: `i${place}`, quantity: place }));
  const said = {
    recommend: ['for-you', 'new-arrivals', 'buy-again', 'trending'].map((strategy) => engine.recommend({ strategy, limit: 12, now })),
    membership: engine.membership({ now, cart: lines }),
    offers: engine.offers({ now, cart: lines, codes: ['été'] }),
    quote: engine.quote({ now, lines, codes: ['ÉTÉ'], points: 'max' }),
    feature: engine.feature('f', { now, attributes: { id: 'm' }, peek: true }),
    items: engine.items(['i1', 'i59']),
  };
  let code = 'none';
  try {
    engine.quote({ lines: 7 });
  } catch (error) {
    code = error.code;
  }
  // Memory that grows under views that the glue holds.
  const large = { ...catalog, version: 2, items: Array.from({ length: 20_000 }, (_, place) => ({ ...items[place % 60], id: `l${place}` })) };
  engine.loadCatalog(new TextEncoder().encode(JSON.stringify(large)), { now });
  const grown = engine.recommend({ strategy: 'new-arrivals', limit: 3, now });
  for (let count = 0; count < 300; count += 1) engine.track({ type: 'view', item: 'l1', at: now, note: '收银台 🛒' });
  const saved = engine.saveState();
  engine.restoreState(saved);
  const waiting = engine.eventsWaiting();
  engine.free();
  return { said, code, grown, waiting, saved: saved.length > 0 };
}

test('both say the same', async () => {
  const standard = await import('../../pkg/node.js');
  await standard.default();
  const expected = answers(standard);
  assert.ok(expected.said.quote.discountTotal > 0 && expected.said.recommend[0].items.length > 0 && expected.code === 'malformed-request');

  // Node's own requests are made by WebAssembly: it is set up before that goes.
  const server = createServer((request, response) => response.end());
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  await (await fetch(`http://127.0.0.1:${server.address().port}`)).text();
  server.closeAllConnections();
  server.close();
  const { WebAssembly } = globalThis;
  delete globalThis.WebAssembly;
  try {
    const plain = await import('../../pkg/no-webassembly/regulars.js');
    assert.throws(() => new plain.Engine(), { code: 'not-initialised' });
    await plain.default();
    assert.deepEqual(answers(plain), expected);
  } finally {
    globalThis.WebAssembly = WebAssembly;
  }
});

// The engine as JavaScript says what the engine in WebAssembly says, where there is no WebAssembly.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';

import { catalog, items, member, now } from './sixty.mjs';

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

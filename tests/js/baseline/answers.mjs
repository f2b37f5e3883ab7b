// Asks an engine everything and prints the answers: `node PROGRAM MODULE`, in any Node whose JavaScript is that of 2018.
import { readFileSync } from 'node:fs';
import { Engine, initSync } from '../../../pkg/wasm/regulars.js';

const now = Date.UTC(2026, 5, 18, 2);
const items = Array.from({ length: 60 }, (_, place) => ({
  id: `i${place}`,
  title: { en: `Item ${place}`, 'zh-CN': `商品${place}` },
  price: 100 + ((place * 7919) % 5000),
  category: `c${place % 7}`,
  tags: [`t${place % 3}`],
  addedAt: now - place * 86400000,
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
  joinedAt: now - 4e10,
  attributes: { age: 31 },
  history: Array.from({ length: 40 }, (_, place) => ({
    id: `b${place}`,
    at: now - place * 9e8,
    lines: [{ item: `i${(place * 3) % 60}`, quantity: 1 + (place % 2), paid: 500 }],
  })),
};

initSync({ module: readFileSync(process.argv[2]) });
const engine = new Engine();
const bytes = (value) => new TextEncoder().encode(JSON.stringify(value));
engine.loadCatalog(bytes(catalog), { now });
engine.loadMember(bytes(member));
const lines = [1, 2, 8, 9].map((place) => ({ item: `i${place}`, quantity: place }));
const answers = {
  recommend: ['for-you', 'new-arrivals', 'buy-again'].map((strategy) => engine.recommend({ strategy, limit: 12, now })),
  membership: engine.membership({ now, cart: lines }),
  offers: engine.offers({ now, cart: lines, codes: ['été'] }),
  quote: engine.quote({ now, lines, codes: ['ÉTÉ'], points: 'max' }),
  feature: engine.feature('f', { now, attributes: { id: 'm' }, peek: true }),
  state: Array.from(engine.saveState()).length > 0,
};
process.stdout.write(JSON.stringify(answers));

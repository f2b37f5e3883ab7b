// A made-up shop of sixty items and a member of it, for tests that put the same questions to two builds of the engine.

export const now = Date.UTC(2026, 5, 18, 2);
const DAY = 86_400_000;
export const items = Array.from({ length: 60 }, (_, place) => ({
  id: `i${place}`,
  title: { en: `Item ${place}`, 'zh-CN': `商品${place}` },
  price: 100 + ((place * 7919) % 5000),
  category: `c${place % 7}`,
  tags: [`t${place % 3}`],
  addedAt: now - place * DAY,
}));
export const catalog = {
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
export const member = {
  id: 'm',
  joinedAt: now - 460 * DAY,
  attributes: { age: 31 },
  history: Array.from({ length: 40 }, (_, place) => ({
    id: `b${place}`,
    at: now - place * 10 * DAY,
    lines: [{ item: `i${(place * 3) % 60}`, quantity: 1 + (place % 2), paid: 500 }],
  })),
};

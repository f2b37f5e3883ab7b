// How cost grows with work: made-up shops and members, one quantity growing at a time.
export const title = 'Cost as work grows';
export const about = 'Made-up shops, the same for everybody (a fixed seed); one quantity grows, the rest stays. Medians of repeated calls.';

/** Sizes of catalogues; the bench packs them beforehand. */
export const SIZES = [1_000, 3_000, 10_000, 30_000, 100_000];

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 18, 12);

/** Numbers in [0, 1) from a seed (mulberry32). */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const idOf = (place) => `i${String(place).padStart(7, '0')}`;

/** A shop of `count` items with popularity and twenty neighbours each; `more` is the rest of the catalogue. */
export function shop(count, more = {}) {
  const next = random(count);
  const below = (limit) => Math.floor(next() * limit);
  const items = Array.from({ length: count }, (_, place) => ({
    id: idOf(place),
    title: `Item ${place}`,
    price: 100 + below(5000),
    department: `d${place % 12}`,
    category: `c${place % 150}`,
    kind: `k${place % 900}`,
    brand: `b${below(300)}`,
    addedAt: NOW - below(700) * DAY,
  }));
  const neighbours = () => {
    const wire = { offsets: [0], items: [], scores: [] };
    for (let place = 0; place < count; place += 1) {
      const found = new Set();
      while (found.size < Math.min(20, count - 1)) {
        const other = below(count);
        if (other !== place) found.add(other);
      }
      [...found].forEach((other, rank) => {
        wire.items.push(other);
        wire.scores.push(1 / (2 + rank));
      });
      wire.offsets.push(wire.items.length);
    }
    return wire;
  };
  const share = () => Array.from({ length: count }, () => next() ** 4 * 0.2);
  const knowledge = {
    format: 1,
    until: NOW,
    baskets: 100_000,
    members: 5_000,
    items: items.map(({ id }) => id),
    popularity: share(),
    recent: share(),
    trend: Array.from({ length: count }, () => next() - 0.5),
    rhythmDays: Array.from({ length: count }, () => 5 + below(60)),
    rhythmSpread: Array.from({ length: count }, () => 0.7),
    boughtTogether: neighbours(),
    inSequence: neighbours(),
    similar: neighbours(),
  };
  return { format: 1, id: `growth-${count}`, version: 1, issuedAt: NOW - DAY, currency: { code: 'USD' }, locales: ['en'], items, knowledge, ...more };
}

/** A member who bought `lines` lines, ten a basket, three days apart. */
function member(lines, items) {
  const next = random(lines + 1);
  const history = Array.from({ length: Math.ceil(lines / 10) }, (_, back) => ({
    id: `o${back}`,
    at: NOW - (back + 1) * 3 * DAY,
    lines: Array.from({ length: Math.min(10, lines - back * 10) }, () => ({ item: idOf(Math.floor(next() ** 2 * items)), quantity: 1, paid: 500 })),
  }));
  return { id: 'm', history };
}

/** Offers of many kinds: on classes, on the order, for quantities. */
function offers(count) {
  const next = random(count);
  const below = (limit) => Math.floor(next() * limit);
  const kinds = [
    () => ({ effects: [{ kind: 'percent', percent: 5 + below(20), where: { 'item.category': `c${below(150)}` } }] }),
    () => ({ thresholds: [{ amount: 2000 + below(20_000) }], effects: [{ kind: 'amount', on: 'order', amount: 100 + below(900) }] }),
    () => ({ effects: [{ kind: 'percent', percent: 10 + below(20), where: { 'item.department': `d${below(12)}` } }] }),
    () => ({ effects: [{ kind: 'buy-get', buy: { quantity: 2 }, get: { quantity: 1 }, where: { 'item.kind': `k${below(900)}` } }] }),
  ];
  return Array.from({ length: count }, (_, place) => ({ id: `o${place}`, group: `g${place % 4}`, ...kinds[place % kinds.length]() }));
}

function features(count) {
  const features = {};
  for (let place = 0; place < count; place += 1) {
    features[`feature-${place}`] = {
      defaultValue: 0,
      rules: [
        { condition: { country: { $in: ['CN', 'US', 'DE'] }, age: { $gte: 18 }, plan: { $ne: 'none' }, visits: { $lt: 100 + place } }, key: `experiment-${place}`, hashAttribute: 'id', hashVersion: 2, seed: `s${place}`, variations: [0, 1], weights: [0.5, 0.5] },
      ],
    };
  }
  return { features };
}

function median(call, least = 30, calls = 400) {
  const times = [];
  const began = performance.now();
  call();
  while (times.length < 5 || (performance.now() - began < least && times.length < calls)) {
    const start = performance.now();
    call();
    times.push(performance.now() - start);
  }
  return times.sort((one, other) => one - other)[times.length >> 1];
}

const encode = (value) => new TextEncoder().encode(JSON.stringify(value));

function opened(Engine, catalog) {
  const engine = new Engine();
  engine.loadCatalog(encode(catalog), { now: NOW });
  return engine;
}

export async function curves({ Engine, bytes: fetched }) {
  const byItems = [];
  for (const count of SIZES) {
    const bytes = await fetched(`packed/growth-${count}.rgl`);
    const engine = new Engine();
    engine.loadCatalog(bytes, { now: NOW });
    engine.loadMember(member(300, count));
    const load = () => {
      const other = new Engine();
      other.loadCatalog(bytes, { now: NOW });
      other.free();
    };
    const ask = (strategy) => () => engine.recommend({ strategy, limit: 12, now: NOW });
    byItems.push({ x: count, y: { 'open the snapshot': median(load), 'for-you': median(ask('for-you')), 'trending': median(ask('trending')), 'buy-again': median(ask('buy-again')) } });
    engine.free();
  }

  const byHistory = [];
  const small = opened(Engine, shop(10_000));
  for (const lines of [0, 10, 100, 500, 1_000, 2_000, 5_000]) {
    const who = member(lines, 10_000);
    const load = median(() => small.loadMember(who));
    byHistory.push({ x: lines, y: { 'load the member': load, 'for-you': median(() => small.recommend({ strategy: 'for-you', limit: 12, now: NOW })), membership: median(() => small.membership({ now: NOW })) } });
  }
  small.free();

  const cart = (lines) => Array.from({ length: lines }, (_, place) => ({ item: idOf((place * 7) % 1_000), quantity: (place % 3) + 1 }));
  const groups = { stacking: { groups: [{ id: 'g0', mode: 'highest' }, { id: 'g1', mode: 'stack' }, { id: 'g2', mode: 'highest' }, { id: 'g3', mode: 'highest' }] } };
  const byOffers = [];
  for (const count of [1, 10, 30, 100, 200, 500]) {
    const engine = opened(Engine, shop(1_000, { offers: offers(count), ...groups }));
    byOffers.push({ x: count, y: { 'quote, 20 lines': median(() => engine.quote({ lines: cart(20), now: NOW })), 'offers, 20 lines': median(() => engine.offers({ cart: cart(20), now: NOW })) } });
    engine.free();
  }
  const byLines = [];
  const thirty = opened(Engine, shop(1_000, { offers: offers(30), ...groups }));
  for (const lines of [1, 5, 20, 50, 100, 200, 500]) {
    byLines.push({ x: lines, y: { 'quote, 30 offers': median(() => thirty.quote({ lines: cart(lines), now: NOW })), 'offers, 30 offers': median(() => thirty.offers({ cart: cart(lines), now: NOW })) } });
  }
  thirty.free();

  const byFeatures = [];
  const attributes = { id: 'u1', country: 'CN', age: 30, plan: 'pro', visits: 3 };
  for (const count of [1, 10, 100, 300, 1_000]) {
    const engine = new Engine();
    engine.loadFeatures(features(count));
    const request = { attributes, now: NOW, peek: true };
    byFeatures.push({ x: count, y: { 'all features in one call': median(() => engine.features(request)), 'one feature': median(() => engine.feature('feature-0', request)) } });
    engine.free();
  }

  return [
    { name: 'items', x: 'items in the catalogue', points: byItems, explained: 'Opening reads every byte once (digest, checks), so it grows with the bytes. `for-you` and `trending` score every item; `buy-again` scores only what the member bought, and stays flat.' },
    { name: 'history', x: 'lines the member bought', points: byHistory, explained: 'Reading a profile grows with its lines. A recommendation gathers what was bought and its twenty neighbours each, then scores all items: the floor is the scoring, the slope the gathering. `membership` is of a member who was asked about before: where they stand is known, and the answer has as many lots as there are.' },
    { name: 'offers', x: 'offers in the snapshot', points: byOffers, explained: 'Each offer is looked at once for the cart; what can apply is then searched for the best combination within the budget of nodes.' },
    { name: 'lines', x: 'lines in the cart', points: byLines, explained: 'Conditions and effects run over lines, never over pieces; the search weighs each combination over all lines it touches.' },
    { name: 'features', x: 'features in the payload', points: byFeatures, explained: 'One feature costs the same however many others there are. All in one call cost each one’s evaluation and the objects of the answer.' },
  ];
}

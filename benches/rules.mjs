// Quotes beside json-rules-engine, in one run of Node, on the same carts and the same offers; both must come to the same price.
//
//   node benches/rules.mjs [ROUNDS]        after scripts/build-wasm.sh and scripts/need/node.sh benches
//
// Offers are what both can say: from so much money's worth of a category on, a share off its goods, each counted on the
// price before offers. json-rules-engine decides which apply; what they take off is worked out here, as its users must.
// The engine also says why each other offer does not apply, and what the least step to the next is: as it ships, and
// without those steps (`nudges: 0`).
import init, { Engine } from '../pkg/node.js';
import { Engine as Rules } from 'json-rules-engine';

const rounds = Number(process.argv[2] ?? 40);
const NOW = Date.UTC(2026, 5, 10);

/** Numbers that are the same in every run. */
function numbers(seed) {
  let state = seed >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

function shop(offerCount, seed) {
  const below = numbers(seed);
  const items = Array.from({ length: 300 }, (_, place) => ({ id: `i${place}`, price: 100 + below(4000), category: `c${place % 12}` }));
  const offers = Array.from({ length: offerCount }, (_, place) => ({
    id: `o${place}`, category: `c${below(12)}`, from: 500 + below(20000), percent: 2 + below(8), capacity: 0,
  }));
  return { items, offers };
}

function ours({ items, offers }) {
  const engine = new Engine();
  engine.loadCatalog(
    new TextEncoder().encode(JSON.stringify({
      format: 1, id: 'rules', shop: 'rules', version: 1, issuedAt: 0, currency: { code: 'CNY', minorUnits: 2 },
      zone: { name: 'UTC', offsets: [] }, locales: ['en'], items, stacking: { mode: 'stack', base: { product: 'original' } },
      offers: offers.map((offer) => {
        const where = { 'item.category': offer.category };
        return { id: offer.id, thresholds: [{ amount: offer.from, where }], effects: [{ kind: 'percent', percent: offer.percent, where }] };
      }),
    })),
    { now: NOW },
  );
  return engine;
}

function theirs({ offers }) {
  const engine = new Rules([], { allowUndefinedFacts: true });
  for (const offer of offers) {
    engine.addRule({
      conditions: { all: [{ fact: 'totals', path: `$.${offer.category}`, operator: 'greaterThanInclusive', value: offer.from }] },
      event: { type: offer.id, params: offer },
    });
  }
  return engine;
}

async function priceOfTheirs(engine, cart, byId) {
  const totals = {};
  for (const line of cart) {
    const item = byId.get(line.item);
    totals[item.category] = (totals[item.category] ?? 0) + item.price * line.quantity;
  }
  const { events } = await engine.run({ totals });
  const applied = events.map((event) => event.params).sort((one, other) => (one.id < other.id ? -1 : 1));
  let total = 0;
  for (const line of cart) {
    const item = byId.get(line.item);
    const before = item.price * line.quantity;
    let left = before;
    for (const offer of applied) {
      if (offer.category === item.category) left -= Math.min(left, Math.floor((before * offer.percent + 50) / 100));
    }
    total += left;
  }
  return total;
}

const at = (times, share) => times.toSorted((one, other) => one - other)[Math.round((times.length - 1) * share)];

await init();
console.log('offers lines |   regulars p50    p99 | no nudges p50    p99 | json-rules-engine p50    p99 | p50 ratio, no nudges');
for (const [offerCount, lineCount] of [[5, 5], [30, 20], [30, 50], [100, 50]]) {
  const world = shop(offerCount, offerCount);
  const byId = new Map(world.items.map((item) => [item.id, item]));
  const [engine, rules] = [ours(world), theirs(world)];
  const below = numbers(lineCount);
  const carts = Array.from({ length: 50 }, () => {
    const ids = new Set();
    while (ids.size < lineCount) ids.add(`i${below(world.items.length)}`);
    return [...ids].map((item) => ({ item, quantity: 1 + below(4) }));
  });
  const times = { shipped: [], plain: [], rules: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const cart of carts) {
      let start = performance.now();
      const quote = engine.quote({ lines: cart, now: NOW });
      const shipped = performance.now() - start;
      start = performance.now();
      engine.quote({ lines: cart, now: NOW, nudges: 0 });
      const plain = performance.now() - start;
      start = performance.now();
      const total = await priceOfTheirs(rules, cart, byId);
      const other = performance.now() - start;
      if (total !== quote.total) throw new Error(`${offerCount} offers, ${lineCount} lines: ${quote.total} here, ${total} there`);
      if (round > 4) { // the first rounds warm all of them up
        times.shipped.push(shipped);
        times.plain.push(plain);
        times.rules.push(other);
      }
    }
  }
  const cell = (list, share) => at(list, share).toFixed(3).padStart(8);
  const ratio = (at(times.rules, 0.5) / at(times.plain, 0.5)).toFixed(1);
  console.log(
    `${String(offerCount).padStart(6)} ${String(lineCount).padStart(5)} |  ${cell(times.shipped, 0.5)} ms ${cell(times.shipped, 0.99)} | ${cell(times.plain, 0.5)} ms ${cell(times.plain, 0.99)} | ${cell(times.rules, 0.5)} ms        ${cell(times.rules, 0.99)} | ${ratio}x`,
  );
}

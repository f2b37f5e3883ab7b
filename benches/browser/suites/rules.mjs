// Carts priced beside rules engines, in one run on the same carts and offers; all must come to the same price.
//
// Offers are what all can say: from so much money's worth of a category on, a share off its goods, each counted on the
// price before offers. A rules engine decides which apply; what they take off is worked out here, as its users must.
import { Engine as Rules } from 'json-rules-engine';

export const title = 'Quotes beside rules engines';
export const about =
  'Offers that all can say: from so much of a category on, a share off its goods. json-rules-engine 7.3.1 and ZEN (`@gorules/zen-engine-wasm` 0.23.1, whose browser module evaluates expressions: one for all offers) tell which apply, and JavaScript takes it off. regulars searches the best combination, proves it, allocates it to lines and says why each other offer does not apply; `as it ships` also tries out and quotes the next steps worth knowing. All totals are checked to be equal. Medusa is the logic of its `computeActions` (`@medusajs/promotion` 2.21.2: a promotion’s rules, then its adjustments, without the service that fetches promotions from a database); it counts each percentage on what those before have left and does not round, so its totals are checked to be that instead.';

const NOW = Date.UTC(2026, 5, 10);
/** Offers, and lines in a cart. */
const SIZES = [[5, 5], [30, 20], [30, 50], [100, 50]];
const CARTS = 50;

/** Numbers that are the same in every run. */
function numbers(seed) {
  let state = seed >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

function shop(offerCount) {
  const below = numbers(offerCount);
  const items = Array.from({ length: 300 }, (_, place) => ({ id: `i${place}`, price: 100 + below(4000), category: `c${place % 12}` }));
  const offers = Array.from({ length: offerCount }, (_, place) => ({ id: `o${place}`, category: `c${below(12)}`, from: 500 + below(20000), percent: 2 + below(8) }));
  return { items, offers };
}

function regularsOf(Engine, { items, offers }) {
  const engine = new Engine();
  const wire = {
    format: 1, id: 'rules', shop: 'rules', version: 1, issuedAt: 0, currency: { code: 'CNY', minorUnits: 2 },
    zone: { name: 'UTC', offsets: [] }, locales: ['en'], items, stacking: { mode: 'stack', base: { product: 'original' } },
    offers: offers.map(({ id, category, from, percent }) => {
      const where = { 'item.category': category };
      return { id, thresholds: [{ amount: from, where }], effects: [{ kind: 'percent', percent, where }] };
    }),
  };
  engine.loadCatalog(new TextEncoder().encode(JSON.stringify(wire)), { now: NOW });
  return engine;
}

function rulesOf({ offers }) {
  const engine = new Rules([], { allowUndefinedFacts: true });
  for (const offer of offers) {
    engine.addRule({
      conditions: { all: [{ fact: 'totals', path: `$.${offer.category}`, operator: 'greaterThanInclusive', value: offer.from }] },
      event: { type: offer.id, params: offer },
    });
  }
  return engine;
}

/** The offers as Medusa's promotions. Without a number of pieces it would discount one of each line. */
function promotionsOf({ offers }) {
  const one = (attribute, operator, value) => [{ attribute, operator, values: [{ value: `${value}` }] }];
  return offers.map(({ id, category, from, percent }) => ({
    code: id,
    is_tax_inclusive: false,
    rules: one(`totals.${category}`, 'gte', from),
    application_method: { type: 'percentage', target_type: 'items', allocation: 'each', value: percent, max_quantity: 1e9, target_rules: one('items.category', 'eq', category) },
  }));
}

/** What a cart costs by Medusa's adjustments. */
function adjusted({ areRulesValidForContext, getComputedActionsForItems }, cart, byId, promotions) {
  const items = cart.map(({ item, quantity }) => {
    const { category, price } = byId.get(item);
    return { id: item, category, quantity, subtotal: price * quantity, original_total: price * quantity };
  });
  const context = { totals: totalsOf(cart, byId) };
  const applied = new Map();
  let total = items.reduce((sum, { subtotal }) => sum + subtotal, 0);
  for (const promotion of promotions) {
    if (!areRulesValidForContext(promotion.rules, context, 'order')) continue;
    for (const { amount } of getComputedActionsForItems(promotion, items, applied)) total -= Number(amount);
  }
  return total;
}

/** What it should come to: each percentage of what those before have left, nothing rounded. */
function unrounded(cart, byId, offers) {
  const totals = totalsOf(cart, byId);
  return cart.reduce((sum, { item, quantity }) => {
    const { category, price } = byId.get(item);
    const own = offers.filter((offer) => offer.category === category && (totals[category] ?? 0) >= offer.from);
    return sum + own.reduce((left, { percent }) => left * (1 - percent / 100), price * quantity);
  }, 0);
}

/** What rules engines are asked with: money by category. */
function totalsOf(cart, byId) {
  const totals = {};
  for (const { item, quantity } of cart) {
    const { category, price } = byId.get(item);
    totals[category] = (totals[category] ?? 0) + price * quantity;
  }
  return totals;
}

/** The price of a cart under the offers that apply. */
function priced(cart, byId, applied) {
  let total = 0;
  for (const { item, quantity } of cart) {
    const { category, price } = byId.get(item);
    const before = price * quantity;
    let left = before;
    for (const offer of applied) if (offer.category === category) left -= Math.min(left, Math.floor((before * offer.percent + 50) / 100));
    total += left;
  }
  return total;
}

/** For one size: the carts, and what each peer does with one, as a function to its price. */
async function peersOf(Engine, { zen, medusa }, [offerCount, lineCount]) {
  const world = shop(offerCount);
  const byId = new Map(world.items.map((item) => [item.id, item]));
  const below = numbers(lineCount);
  const carts = Array.from({ length: CARTS }, () => {
    const ids = new Set();
    while (ids.size < lineCount) ids.add(`i${below(world.items.length)}`);
    return [...ids].map((item) => ({ item, quantity: 1 + below(4) }));
  });
  const [engine, rules] = [regularsOf(Engine, world), rulesOf(world)];
  const asked = `[${world.offers.map(({ category, from }) => `(totals.${category} ?? 0) >= ${from}`).join(', ')}]`;
  const peers = {
    'json-rules-engine': async (cart) => {
      const { events } = await rules.run({ totals: totalsOf(cart, byId) });
      return priced(cart, byId, events.map(({ params }) => params));
    },
    ...(zen && {
      ZEN: (cart) => {
        const holds = zen.evaluateExpression(asked, { totals: totalsOf(cart, byId) });
        return priced(cart, byId, world.offers.filter((_, place) => holds[place]));
      },
    }),
    'regulars, no next steps': (cart) => engine.quote({ lines: cart, now: NOW, nudges: 0 }).total,
    'regulars, as it ships': (cart) => engine.quote({ lines: cart, now: NOW }).total,
  };
  const promotions = promotionsOf(world);
  for (const cart of carts) {
    const [found, wanted] = medusa ? [adjusted(medusa, cart, byId, promotions), unrounded(cart, byId, world.offers)] : [0, 0];
    if (Math.abs(found - wanted) > 1e-6) throw new Error(`${offerCount} offers, ${lineCount} lines: Medusa comes to ${found}, not ${wanted}`);
    const totals = await Promise.all(Object.values(peers).map((price) => price(cart)));
    if (new Set(totals).size > 1) throw new Error(`${offerCount} offers, ${lineCount} lines: ${Object.keys(peers).join(', ')} come to ${totals.join(', ')}`);
  }
  if (medusa) peers["Medusa's computeActions"] = (cart) => adjusted(medusa, cart, byId, promotions);
  return { name: `${offerCount} offers, ${lineCount} lines`, carts, peers, free: () => engine.free() };
}

/** ZEN's module, where the host can fetch it: its package is for pages. */
async function zenFor(libraries) {
  if (!libraries) return undefined;
  const zen = await import('@gorules/zen-engine-wasm/dist/zen_engine_wasm.js');
  await zen.default(`${libraries}zen/zen_engine_wasm_bg.wasm`);
  return zen;
}

/** Medusa's logic, which only the page's bundle holds. */
async function medusaFor(libraries) {
  if (!libraries) return undefined;
  const [items, rules] = await Promise.all([import('@medusajs/promotion/dist/utils/compute-actions/line-items.js'), import('@medusajs/promotion/dist/utils/validations/promotion-rule.js')]);
  return { ...items, ...rules };
}

const othersFor = async (libraries) => ({ zen: await zenFor(libraries), medusa: await medusaFor(libraries) });

export async function* cases({ Engine, libraries }) {
  const others = await othersFor(libraries);
  for (const size of SIZES) {
    const { name, carts, peers, free } = await peersOf(Engine, others, size);
    let turn = 0;
    const next = () => carts[turn++ % carts.length];
    yield {
      name: `The price of a cart: ${name}`,
      baseline: 'json-rules-engine',
      peers: Object.fromEntries(Object.entries(peers).map(([peer, price]) => [peer, () => price(next())])),
      after: free,
    };
  }
}

export async function latencies({ Engine, libraries }) {
  const others = await othersFor(libraries);
  const found = [];
  for (const size of SIZES) {
    const { name, carts, peers } = await peersOf(Engine, others, size);
    for (const [peer, price] of Object.entries(peers)) {
      found.push({ name: `${name}: ${peer}`, calls: carts.map((cart) => ({ before: () => {}, call: () => price(cart) })) });
    }
  }
  return found;
}

// One recommendation: the engine against plain JavaScript that gives the same answer.
import { forYou, history, prepare } from '../scorer.mjs';

export const title = 'One recommendation';
export const about =
  'The peer is benches/browser/scorer.mjs: plain JavaScript over typed arrays that gives the same items, scores (to 1e-9) and reasons, checked for every household before it is timed. Both answer as plain objects. Timed without the learned ranker, which the peer does not have; the engine as the demo ships it, with the ranker\'s trees, is timed below it, call by call.';

/** What both sides weigh with; without a ranker both are the same sum. */
const WEIGHTS = { basketDecay: 0.96, halfLifeDays: 0, popularity: 0.3, rhythm: 0, together: 1, sequence: 1, similar: 0.3, category: 0.5, trend: 0.05, novelty: 0.05, noveltyHalfLifeDays: 14, session: 1, rating: 0.5, diversity: 0 };
const LIMIT = 12;
const STRATEGIES = ['for-you', 'next-basket', 'buy-again', 'discover', 'trending', 'new-arrivals'];

function same(found, expected, who) {
  const told = (list) => JSON.stringify(list.map(({ id, reasons }) => [id, reasons.map(({ code, facts }) => [code, facts])]));
  if (told(found) !== told(expected)) throw new Error(`household ${who}: not the same answer: ${told(found)} and ${told(expected)}`);
  found.forEach(({ score }, place) => {
    if (Math.abs(score - expected[place].score) > 1e-9 * Math.max(1, Math.abs(score))) throw new Error(`household ${who}: not the same score: ${score}, ${expected[place].score}`);
  });
}

export async function cases({ Engine, text, members, now }) {
  const catalog = JSON.parse(await text('catalog.json'));
  catalog.knowledge.weights = WEIGHTS;
  delete catalog.knowledge.ranker;
  const bytes = new TextEncoder().encode(JSON.stringify(catalog));
  const shop = prepare(catalog);
  // One engine a household, as each has a page of its own; the plain scorer gets its baskets decoded beforehand likewise.
  const pairs = members.slice(0, 8).map((member) => {
    const engine = new Engine();
    engine.loadCatalog(bytes, { now });
    engine.loadMember(member);
    return { engine, baskets: history(shop, member), who: member.id };
  });
  for (const { engine, baskets, who } of pairs) same(engine.recommend({ strategy: 'for-you', limit: LIMIT, now }).items, forYou(shop, baskets, now, LIMIT), who);
  let turn = 0;
  const next = () => pairs[(turn += 1) % pairs.length];
  return [
    {
      name: `for-you, the best ${LIMIT} of ${shop.ids.length.toLocaleString('en')} items`,
      baseline: 'plain JavaScript',
      peers: {
        regulars: () => next().engine.recommend({ strategy: 'for-you', limit: LIMIT, now }),
        'plain JavaScript': () => {
          const { baskets } = next();
          return forYou(shop, baskets, now, LIMIT);
        },
      },
      after: () => pairs.forEach(({ engine }) => engine.free()),
    },
  ];
}

export async function latencies({ shopOf, members, now, text }) {
  const { ranker } = JSON.parse(await text('catalog.json')).knowledge;
  if (!ranker?.nextBasket?.length || !ranker.discover?.length) throw new Error('the demo has no learned ranker: run scripts/demo-data.sh with demo/ranker.cbor in its place');
  const engine = await shopOf();
  const asked = members.flatMap((member) => STRATEGIES.map((strategy) => ({ member, strategy })));
  return STRATEGIES.map((strategy) => ({
    name: `recommend ${strategy}, as it ships (with trees), ${members.length} households`,
    calls: asked
      .filter((ask) => ask.strategy === strategy)
      .map(({ member }) => ({ before: () => engine.loadMember(member), call: () => engine.recommend({ strategy, limit: LIMIT, now }) })),
  }));
}

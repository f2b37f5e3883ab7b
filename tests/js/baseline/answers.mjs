// Asks an engine everything and prints the answers: `node PROGRAM MODULE`, in any Node whose JavaScript is that of 2018.
import { readFileSync } from 'node:fs';
import { Engine, initSync } from '../../../pkg/wasm/regulars.js';
import { catalog, member, now } from '../sixty.mjs';

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

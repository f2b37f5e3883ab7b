import { readFileSync } from 'node:fs';
import init, { Engine } from 'regulars';

await init();
const engine = new Engine();
engine.loadCatalog(readFileSync(new URL('./small.json', import.meta.url)), { now: 0 });
const { items } = engine.recommend({ strategy: 'new-arrivals', limit: 3, now: 1767225600000 });
console.log(JSON.stringify(items.map(({ id }) => id)));

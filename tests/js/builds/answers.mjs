// Prints which build this Node chose, and what it answers.
import { chosenBuild } from '../../../pkg/builds.js';
import init, { Engine } from '../../../pkg/node.js';
import { shop } from './shop.mjs';

await init();
const answers = [[3001, 64], [500, 24]].map(([count, dimensions]) => {
  const { catalog, query } = shop(count, dimensions);
  const engine = new Engine();
  engine.loadCatalog(new TextEncoder().encode(JSON.stringify(catalog)), { now: 0 });
  return [
    engine.nearest({ limit: 20, vector: query }),
    engine.nearest({ limit: 20, vector: query, where: { 'item.category': 'c2' } }),
    engine.recommend({ strategy: 'similar', item: 'i00007', limit: 9, now: 1 }),
  ];
});
process.stdout.write(JSON.stringify({ chosen: chosenBuild(), answers }));

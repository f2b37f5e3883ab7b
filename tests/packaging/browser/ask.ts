// What every consumer does: initialise, load, ask. In the words of the package's README.
import init, { Engine, RegularsError, matches, type ModuleSource, type RecommendResult } from 'regulars';

export async function ask(catalog: Uint8Array, source?: ModuleSource): Promise<{ items: string[]; code: string; matches: boolean }> {
  let code = '';
  try {
    new Engine();
  } catch (error) {
    if (!(error instanceof RegularsError)) throw error;
    code = error.code;
  }
  await (source === undefined ? init() : init(source));
  const engine = new Engine();
  engine.loadCatalog(catalog, { now: 0 });
  const result: RecommendResult = engine.recommend({ strategy: 'new-arrivals', limit: 3, now: 1767225600000 });
  const items = result.items.map(({ id, score, reasons }) => (Number.isFinite(score) && Array.isArray(reasons) ? id : ''));
  engine.free();
  return { items, code, matches: matches({ age: { $gte: 18 } }, { age: 21 }) };
}

/** A catalogue of `count` items with made-up vectors of `dimensions` small numbers. */
export function shop(count, dimensions) {
  let state = 7;
  const any = (below) => ((state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 8) % below;
  const id = (place) => `i${String(place).padStart(5, '0')}`;
  const items = Array.from({ length: count }, (_, place) => ({ id: id(place), price: 100, category: `c${place % 3}` }));
  // Numbers up to 127 of which one is 127, and all vectors of one length, so that codes are the numbers themselves.
  const values = items.flatMap(() => Array.from({ length: dimensions }, () => any(2) * 127));
  const catalog = { format: 1, id: 'c', version: 1, issuedAt: 0, currency: { code: 'CNY' }, items, vectors: { dimensions, items: items.map(({ id }) => id), values } };
  const query = Array.from({ length: dimensions }, () => any(41) - 20);
  return { catalog, query, values };
}

// The page's first rails as the page before left them: shown until the shop is open.
import { signal } from '@preact/signals';
import type { Currency, Engine, ItemInfo, RecommendResult } from 'regulars';

export const RAILS = ['for-you', 'buy-again', 'next-basket', 'discover', 'trending', 'new-arrivals'] as const;
/** So many items has a rail. */
export const LENGTH = 12;
/** So many messages of the shop stand at the top, at most. */
export const NEWS = 2;
/** So many rails are to be seen before the shopper scrolls. */
const FIRST = 2;

export interface FirstRails {
  currency: Currency | null;
  /** So many messages stand above them. */
  news: number;
  rails: { strategy: string; result: RecommendResult; items: ItemInfo[] }[];
}

/** `null` where nothing was left, or it no longer holds. */
export const ahead = signal<FirstRails | null>(null);
/** Milliseconds from navigation until they were shown; `null` where the first list came from the engine. */
export const shownAfter = signal<number | null>(null);

/** The rails in the order of an experiment, where the shop runs one. */
export function inOrder(order: unknown): string[] {
  const known: readonly string[] = RAILS;
  const first = Array.isArray(order) ? order.filter((name): name is string => known.includes(name as string)) : [];
  return [...first, ...known.filter((name) => !first.includes(name))];
}

/** What `ask` gives; `none` where this shop, or this visitor, has nothing to ask about (no experiments, no member). */
function orNone<T>(none: T, ask: () => T): T {
  try {
    return ask();
  } catch {
    return none;
  }
}

/** What the next page shows first. */
export function firstRails(engine: Engine): FirstRails {
  const rails: FirstRails['rails'] = [];
  const order = orNone<unknown>(null, () => engine.feature('rail-order', { url: location.href }).value);
  // What the visit leads on to comes before all others.
  for (const strategy of ['session', ...inOrder(order)]) {
    const result = engine.recommend({ strategy, limit: LENGTH } as Parameters<Engine['recommend']>[0]);
    if (result.items.length > 0) rails.push({ strategy, result, items: engine.items(result.items.map(({ id }) => id)) });
    if (rails.length === FIRST) break;
  }
  const news = orNone(0, () => engine.nextActions({ surface: 'home', limit: NEWS }).length);
  return { currency: engine.catalogInfo().currency ?? null, news, rails };
}

// What the engine answers, asked again whenever something changed. An answer that throws is shown as such.
import { computed, type ReadonlySignal } from '@preact/signals';
import type { ItemInfo, Membership, OffersResult, Quote, RecommendRequest, RecommendResult } from 'regulars';

import { cart, household, revision, shop, type Open } from './session';

export type Answer<T> = { value: T } | { error: Error };

function asked<T>(question: (open: Open) => T): ReadonlySignal<Answer<T> | null> {
  return computed(() => {
    revision.value;
    const open = shop.value;
    if (!open) return null;
    try {
      return { value: question(open) };
    } catch (error) {
      return { error: error as Error };
    }
  });
}

export const RAILS = ['for-you', 'buy-again', 'next-basket', 'discover', 'trending', 'new-arrivals'] as const;
const LENGTH = 12;

/** The items of an answer with what people read of them. */
export interface Recommended {
  result: RecommendResult;
  items: ReadonlyMap<string, ItemInfo>;
}

function recommended(open: Open, request: Omit<RecommendRequest, 'now' | 'limit'>): Recommended {
  const result = open.engine.recommend({ limit: LENGTH, now: open.now(), cart: cart.value, ...request } as RecommendRequest);
  const known = open.engine.items(result.items.map(({ id }) => id));
  return { result, items: new Map(known.map((item) => [item.id, item])) };
}

const made = new Map<string, ReadonlySignal<Answer<Recommended> | null>>();

/** The rail of a strategy; `item` is its anchor. */
export function rail(strategy: string, item?: string): ReadonlySignal<Answer<Recommended> | null> {
  const key = `${strategy} ${item ?? ''}`;
  let answer = made.get(key);
  if (!answer) {
    answer = asked((open) => recommended(open, item === undefined ? { strategy } : { strategy, item }));
    made.set(key, answer);
  }
  return answer;
}

export const membership = asked<Membership | null>((open) => (household.value ? open.engine.membership({ now: open.now(), cart: cart.value }) : null));

export const offers = asked<OffersResult>((open) => open.engine.offers({ now: open.now(), cart: cart.value }));

export const quote = asked<Quote | null>((open) => (cart.value.length > 0 ? open.engine.quote({ lines: cart.value, now: open.now() }) : null));

/** What people read of the items in the cart. */
export const cartItems = computed<ReadonlyMap<string, ItemInfo>>(() => {
  revision.value;
  const known = shop.value?.engine.items(cart.value.map(({ item }) => item)) ?? [];
  return new Map(known.map((item) => [item.id, item]));
});

/** The name of a tier, offer or benefit in the page's language; its id where it has none. */
export function nameOf(kind: string, id: string): string {
  revision.value;
  return shop.value?.engine.nameOf(kind, id) ?? id;
}

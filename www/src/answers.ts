// What the engine answers, asked again whenever something changed. An answer that throws is shown as such.
import { computed, signal, type ReadonlySignal } from '@preact/signals';
import type { CartLine, FeatureResult, Growth, ItemInfo, MemberTag, Membership, NextAction, OffersResult, Quote, RecommendRequest, RecommendResult } from 'regulars';

import { LENGTH, NEWS, ahead, inOrder as ordered } from './ahead';
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

/** The items of an answer with what people read of them. */
export interface Recommended {
  result: RecommendResult;
  items: ReadonlyMap<string, ItemInfo>;
}

function recommended(open: Open, request: Omit<RecommendRequest, 'limit'>): Recommended {
  const result = open.engine.recommend({ limit: LENGTH, cart: cart.value, ...request } as RecommendRequest);
  const known = open.engine.items(result.items.map(({ id }) => id));
  return { result, items: new Map(known.map((item) => [item.id, item])) };
}

/** Arms forced for looking at them, by experiment. What is forced counts as nobody's exposure. */
export const forced = signal<Readonly<Record<string, number>>>({});

/** With the page's address, which may force an arm too: `?rail-order=1`. */
const asks = () => ({ url: location.href, overrides: { variations: forced.value } });

/** Every feature as it is for this member; only looked at. */
export const features = asked<Record<string, FeatureResult>>((open) => open.engine.features(asks()));

/** The order of the rails: an experiment's, where the shop runs one. Asking counts as exposure. */
const railOrder = asked<unknown>((open) => open.engine.feature('rail-order', asks()).value);

export const rails = computed<readonly string[]>(() => {
  const answer = railOrder.value;
  return ordered(answer && 'value' in answer ? answer.value : null);
});

/** The rail as the page before left it. */
function leftBy(strategy: string): Answer<Recommended> | null {
  const left = ahead.value?.rails.find((rail) => rail.strategy === strategy);
  return left ? { value: { result: left.result, items: new Map(left.items.map((item) => [item.id, item])) } } : null;
}

const made = new Map<string, ReadonlySignal<Answer<Recommended> | null>>();

/** The rail of a strategy; `item` is its anchor. */
export function rail(strategy: string, item?: string): ReadonlySignal<Answer<Recommended> | null> {
  const key = `${strategy} ${item ?? ''}`;
  let answer = made.get(key);
  if (!answer) {
    const found = asked((open) => recommended(open, item === undefined ? { strategy } : { strategy, item }));
    answer = computed(() => found.value ?? leftBy(strategy));
    made.set(key, answer);
  }
  return answer;
}

/** All goods of a shop of few. */
export const goods = computed<ItemInfo[]>(() => {
  revision.value;
  return shop.value?.engine.items(shop.value.index.goods ?? []) ?? [];
});

export const membership = asked<Membership | null>((open) => (household.value ? open.engine.membership({ cart: cart.value }) : null));

/** Tasks, rewards and draws of the member. */
export const growth = asked<Growth | null>((open) => (household.value ? open.engine.growth() : null));

/** What the shop has to say at the top of its page. */
export const nextActions = asked<NextAction[]>((open) =>
  household.value ? open.engine.nextActions({ surface: 'home', limit: NEWS, cart: cart.value }) : [],
);

export const offers = asked<OffersResult>((open) => open.engine.offers({ cart: cart.value }));

export const quote = asked<Quote | null>((open) => (cart.value.length > 0 ? open.engine.quote({ lines: cart.value }) : null));

/** `lines` with every coupon that can be used, one after the other, the first to run out first: what a till does that
 * does not search. Nothing where there is no choice. */
function oneByOne(open: Open, lines: CartLine[], listed: OffersResult): Quote | null {
  const usable = listed.offers.filter(({ status }) => status === 'eligible');
  usable.sort((one, other) => (one.endsAt ?? Infinity) - (other.endsAt ?? Infinity));
  return usable.length > 1 ? open.engine.quote({ lines, offers: usable.map(({ id }) => id) }) : null;
}

/** The cart with coupons in the order they run out. */
export const inOrder = asked<Quote | null>((open) => {
  const listed = offers.value;
  return cart.value.length > 0 && listed && 'value' in listed ? oneByOne(open, cart.value, listed.value) : null;
});

/** What is due again, for so many weeks: so many things, so many pieces each. */
const USUAL = 16;
const USUAL_PIECES = 2;

export interface Usual {
  lines: CartLine[];
  best: Quote;
  inOrder: Quote | null;
}

/** Beside an empty cart: what the member usually buys, with its price. */
export const usual = asked<Usual | null>((open) => {
  if (cart.value.length > 0 || !household.value) return null;
  const { items } = open.engine.recommend({ strategy: 'buy-again', limit: USUAL });
  const lines = items.map(({ id }) => ({ item: id, quantity: USUAL_PIECES }));
  if (lines.length === 0) return null;
  return { lines, best: open.engine.quote({ lines, nudges: 0 }), inOrder: oneByOne(open, lines, open.engine.offers({ cart: lines })) };
});

/** Coupons of which so much more of something is missing, those that need least first. */
export const almost = computed(() => {
  const listed = offers.value;
  if (cart.value.length === 0 || !listed || 'error' in listed) return [];
  return listed.value.offers.filter(({ status, missing }) => status === 'nearly' && missing.length > 0 && missing.every(({ facts }) => typeof facts.missing === 'number'));
});

/** What people read of the items in the cart. */
export const cartItems = computed<ReadonlyMap<string, ItemInfo>>(() => {
  revision.value;
  const known = shop.value?.engine.items(cart.value.map(({ item }) => item)) ?? [];
  return new Map(known.map((item) => [item.id, item]));
});

/** Tags of the member with what reads them; none without personalisation. */
export const tags = computed<MemberTag[]>(() => {
  revision.value;
  return household.value ? (shop.value?.engine.tags() ?? []) : [];
});

/** The name of a tier, offer or benefit in the page's language; its id where it has none. */
export function nameOf(kind: string, id: string): string {
  revision.value;
  return shop.value?.engine.nameOf(kind, id) ?? id;
}

// The engine, what is loaded in it, and what the shopper did. Everything shown follows from `revision` and the signals
// here: an action changes them, and every answer is asked for again.
import { batch, computed, signal } from '@preact/signals';
import init, { Engine, type CartLine, type SnapshotInfo } from 'regulars';

import { useCurrency } from './format';
import { locale } from './words';

export interface Household {
  id: string;
  /** Where the profile lies. */
  file: string;
  /** `Household 381 · 2 people · weekly`, by locale. */
  name: Record<string, string>;
  tier: string | null;
  baskets: number;
}

interface Index {
  catalog: string;
  publicKey: string;
  now: number;
  households: Household[];
}

export interface Open {
  engine: Engine;
  index: Index;
  info: SnapshotInfo;
  /** What opening the snapshot took, in milliseconds. */
  opening: number;
  /** The shop's clock stands where the data ends, and runs from there. */
  now: () => number;
  /** The shop's time zone. */
  zone: string;
}

export type Phase = { name: 'loading' } | { name: 'failed'; error: Error } | { name: 'open'; open: Open };

export const phase = signal<Phase>({ name: 'loading' });
export const household = signal<Household | null>(null);
export const personalised = signal(true);
export const cart = signal<CartLine[]>([]);
export const revision = signal(0);
/** What was just done, said once and taken away again. */
export const notice = signal('');
export const noticeShown = signal(false);
let hiding: ReturnType<typeof setTimeout> | undefined;

export function say(text: string): void {
  clearTimeout(hiding);
  batch(() => {
    notice.value = text;
    noticeShown.value = true;
  });
  hiding = setTimeout(() => (noticeShown.value = false), 4000);
}

const KEPT = 'shop.household';
const data = (file: string) => new URL(`data/${file}`, document.baseURI);

async function fetched(url: URL): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.pathname}: ${response.status}`);
  return response;
}

export async function start(): Promise<void> {
  phase.value = { name: 'loading' };
  try {
    const [index] = await Promise.all([fetched(data('index.json')).then((response) => response.json() as Promise<Index>), init()]);
    const [catalog, key] = await Promise.all([index.catalog, index.publicKey].map((file) => fetched(data(file)).then((response) => response.arrayBuffer())));
    const engine = new Engine();
    const began = performance.now();
    const info = engine.loadCatalog(new Uint8Array(catalog as ArrayBuffer), { publicKeys: [new Uint8Array(key as ArrayBuffer)], now: index.now });
    const opening = performance.now() - began;
    engine.setLocale(locale.value);
    if (info.currency) useCurrency(info.currency);
    const loaded = Date.now();
    const now = () => index.now + (Date.now() - loaded);
    phase.value = { name: 'open', open: { engine, index, info, opening, now, zone: info.zone || 'UTC' } };
    const wanted = new URLSearchParams(location.search).get('household') ?? localStorage.getItem(KEPT);
    const known = index.households.find(({ id }) => id === wanted) ?? index.households[0];
    if (known && wanted !== '') await enter(known);
  } catch (error) {
    phase.value = { name: 'failed', error: error as Error };
  }
}

/** The shop, once it is open. */
export const shop = computed(() => (phase.value.name === 'open' ? phase.value.open : null));

/** A household comes in, or somebody the shop knows nothing of. */
export async function enter(who: Household | null): Promise<void> {
  const open = shop.peek();
  if (!open) return;
  if (who) {
    const profile = await fetched(data(who.file)).then((response) => response.arrayBuffer());
    open.engine.loadMember(new Uint8Array(profile));
  } else {
    open.engine.loadMember({ id: 'visitor' });
  }
  // What one member switched off is not switched off for the next: here the switch belongs to the page.
  open.engine.setPrivacy({ personalised: personalised.peek() });
  localStorage.setItem(KEPT, who?.id ?? '');
  batch(() => {
    household.value = who;
    cart.value = [];
    revision.value += 1;
  });
}

/** Tells the engine what happened; every answer is asked for again. */
export function tell(type: string, fields: Record<string, unknown> = {}): void {
  const open = shop.peek();
  if (!open) return;
  open.engine.track({ type, at: open.now(), ...fields });
  revision.value += 1;
}

export function setPersonalised(on: boolean): void {
  shop.peek()?.engine.setPrivacy({ personalised: on });
  batch(() => {
    personalised.value = on;
    revision.value += 1;
  });
}

/** Puts `change` pieces more (or fewer) of an item into the cart. */
export function putInCart(item: string, change: number): void {
  const lines = cart.peek();
  const before = lines.find((line) => line.item === item)?.quantity ?? 0;
  const quantity = Math.max(0, before + change);
  const line = { item, quantity };
  const rest = before > 0 ? lines.map((known) => (known.item === item ? line : known)) : [...lines, line];
  batch(() => {
    cart.value = rest.filter((known) => known.quantity > 0);
    tell(change > 0 ? 'add-to-cart' : 'remove-from-cart', { item });
  });
}

let orders = 0;

/** Buys what is in the cart at the prices of `lines`, and uses the offers `applied`. */
export function buy(lines: { item: string; quantity: number; paid: number }[], applied: { offer: string; saved: number }[]): void {
  orders += 1;
  batch(() => {
    tell('purchase', { order: `demo-${orders}`, lines });
    for (const use of applied) tell('offer-used', use);
    cart.value = [];
  });
}

locale.subscribe((tag) => {
  shop.peek()?.engine.setLocale(tag);
  revision.value += 1;
});

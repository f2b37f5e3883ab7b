// The engine, what is loaded in it, and what the shopper did. Everything shown follows from `revision` and the signals
// here: an action changes them, and every answer is asked for again.
import { batch, computed, signal } from '@preact/signals';
import init, { Engine, type CartLine, type SnapshotInfo } from 'regulars';

import { useCurrency } from './format';
import { keep, kept } from './kept';
import { locale } from './words';

/** Words by locale. */
export type Titles = Record<string, string>;

export interface Household {
  id: string;
  /** Where the profile lies, from the shop's index. */
  file: string;
  /** `Household 381 · 2 people · weekly`, by locale. */
  name: Titles;
  tier: string | null;
  baskets: number;
}

/** A shop that the page can be: its own programme, goods and members. */
export interface ShopEntry {
  id: string;
  name: Titles;
  slogan: Titles;
  /** Hue of its colours, in degrees; the page's own where absent. */
  hue?: number;
  /** Where its index lies, from `shops.json`. */
  index: string;
}

interface Index {
  catalog: string;
  publicKey: string;
  now: number;
  /** Every item of a shop of few goods. */
  goods?: string[];
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
  /** Which of the shops it is. */
  entry: ShopEntry;
  /** Address of a file beside the shop's index. */
  file: (name: string) => URL;
}

export type Phase = { name: 'loading' } | { name: 'failed'; error: Error } | { name: 'open'; open: Open };

export const phase = signal<Phase>({ name: 'loading' });
/** The shops there are; the first is the page's own. */
export const shops = signal<ShopEntry[]>([]);
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

const KEPT_SHOP = 'shop.shop';
const keptMember = (entry: ShopEntry) => `shop.household.${entry.id}`;
const data = (file: string) => new URL(`data/${file}`, document.baseURI);

async function fetched(url: URL): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.pathname}: ${response.status}`);
  return response;
}

/** Opens the shop called `wanted`, else the one the address or the last visit names, else the first. */
export async function start(wanted?: string): Promise<void> {
  const before = shop.peek()?.engine;
  phase.value = { name: 'loading' };
  try {
    const [list] = await Promise.all([fetched(data('shops.json')).then((response) => response.json() as Promise<ShopEntry[]>), init()]);
    shops.value = list;
    const address = new URLSearchParams(location.search);
    const asked = wanted ?? address.get('shop') ?? kept(KEPT_SHOP);
    const entry = list.find(({ id }) => id === asked) ?? list[0];
    if (!entry) throw new Error('there is no shop in shops.json');
    const at = data(entry.index);
    const index = (await (await fetched(at)).json()) as Index;
    const file = (name: string) => new URL(name, at);
    const [catalog, key] = await Promise.all([index.catalog, index.publicKey].map((name) => fetched(file(name)).then((response) => response.arrayBuffer())));
    const engine = new Engine();
    const began = performance.now();
    const info = engine.loadCatalog(new Uint8Array(catalog as ArrayBuffer), { publicKeys: [new Uint8Array(key as ArrayBuffer)], now: index.now });
    const opening = performance.now() - began;
    engine.setLocale(locale.value);
    if (info.currency) useCurrency(info.currency);
    const loaded = Date.now();
    const now = () => index.now + (Date.now() - loaded);
    keep(KEPT_SHOP, entry.id);
    dress(entry);
    batch(() => {
      cart.value = [];
      household.value = null;
      phase.value = { name: 'open', open: { engine, index, info, opening, now, zone: info.zone || 'UTC', entry, file } };
    });
    before?.free();
    const who = (wanted === undefined ? address.get('household') : null) ?? kept(keptMember(entry));
    const member = index.households.find(({ id }) => id === who) ?? index.households[0];
    if (member && who !== '') await enter(member);
  } catch (error) {
    phase.value = { name: 'failed', error: error as Error };
  }
}

/** Puts on a shop's colours. */
function dress({ hue }: ShopEntry): void {
  const { style, dataset } = document.documentElement;
  if (hue === undefined) {
    delete dataset.theme;
  } else {
    dataset.theme = 'case';
    style.setProperty('--hue', String(hue));
  }
}

/** The shop, once it is open. */
export const shop = computed(() => (phase.value.name === 'open' ? phase.value.open : null));

/** A household comes in, or somebody the shop knows nothing of. */
export async function enter(who: Household | null): Promise<void> {
  const open = shop.peek();
  if (!open) return;
  if (who) {
    const profile = await fetched(open.file(who.file)).then((response) => response.arrayBuffer());
    open.engine.loadMember(new Uint8Array(profile));
  } else {
    open.engine.loadMember({ id: 'visitor' });
  }
  // What one member switched off is not switched off for the next: here the switch belongs to the page.
  open.engine.setPrivacy({ personalised: personalised.peek() });
  keep(keptMember(open.entry), who?.id ?? '');
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

/** Forgets a tag: nothing reads it from now on. */
export function forgetTag(tag: string): void {
  shop.peek()?.engine.forgetTag(tag);
  revision.value += 1;
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

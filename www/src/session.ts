// The client, what is loaded in it, and what the shopper did. Everything shown follows from `revision` and the signals
// here: an action changes them, and so does what arrives from the network; then every answer is asked for again.
import { batch, computed, signal } from '@preact/signals';
import { open as openClient, type CartLine, type Client, type ClientStatus, type Engine, type OpenOptions, type Reason, type SnapshotInfo } from 'regulars';

import { ahead, firstRails, shownAfter, type FirstRails } from './ahead';
import { useCurrency } from './format';
import { keep, kept } from './kept';
import { locale, words } from './words';

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
  client: Client;
  engine: Engine;
  index: Index;
  /** From asking for the client until it could answer, in milliseconds. */
  opening: number;
  /** Whether that came from this device. */
  fromDevice: boolean;
  /** The shop's clock: it stands where the data ends, and runs while somebody is here. */
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
/** How the client stands: whether what is shown was confirmed, and if not, why. */
export const status = signal<ClientStatus>({ source: 'none', stale: true, reasons: [] });
/** The catalogue in use. */
export const catalogue = signal<SnapshotInfo | null>(null);
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
const keptClock = (entry: ShopEntry) => `shop.clock.${entry.id}`;
const data = (file: string) => new URL(`data/${file}`, document.baseURI);

async function fetched(url: URL): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.pathname}: ${response.status}`);
  return response;
}

/** The client in use, also while it has no catalogue yet. */
let running: Client | null = null;
/** Who is to be here when their profile is. */
let coming: Household | null = null;

/** Opens the shop called `wanted`, else the one the address or the last visit names, else the first. */
export async function start(wanted?: string): Promise<void> {
  batch(() => {
    phase.value = { name: 'loading' };
    catalogue.value = null;
    household.value = null;
    cart.value = [];
    ahead.value = null;
    shownAfter.value = null;
  });
  const before = running;
  running = null;
  try {
    await before?.close();
    const list = (await (await fetched(data('shops.json'))).json()) as ShopEntry[];
    shops.value = list;
    const address = new URLSearchParams(location.search);
    const asked = wanted ?? address.get('shop') ?? kept(KEPT_SHOP);
    const entry = list.find(({ id }) => id === asked) ?? list[0];
    if (!entry) throw new Error('there is no shop in shops.json');
    const at = data(entry.index);
    const index = (await (await fetched(at)).json()) as Index;
    const file = (name: string) => new URL(name, at);
    const key = new Uint8Array(await (await fetched(file(index.publicKey))).arrayBuffer());
    keep(KEPT_SHOP, entry.id);
    dress(entry);
    const who = (wanted === undefined ? address.get('household') : null) ?? kept(keptMember(entry));
    const member = index.households.find(({ id }) => id === who) ?? (who === '' ? null : (index.households[0] ?? null));
    coming = member;
    const began = performance.now();
    const now = clockOf(entry, index.now);
    const client = await openClient({
      ...sources(entry, file(index.catalog)),
      publicKeys: [key],
      locale: locale.value,
      now,
      prepare: { first: firstRails, isPersonal: isPersonalised },
      prepared: ({ first, isPersonal }) => first && showAhead(first, isPersonal),
      ...(member ? { member: file(member.file) } : {}),
    });
    running = client;
    const open = { client, engine: client.engine, index, opening: performance.now() - began, fromDevice: client.status.source === 'cache', now, zone: 'UTC', entry, file };
    client.on('status', (how) => {
      status.value = how;
      if (phase.peek().name !== 'open' && how.source === 'none') failed(how.reasons);
    });
    client.on('snapshot', ({ kind, info }) => (kind === 'catalog' ? stocked(open, info) : known(open, info)));
    status.value = client.status;
    if (client.info.catalog) stocked(open, client.info.catalog);
    else failed(client.status.reasons);
    // What somebody decided here before still stands.
    personalised.value = isPersonalised(client.engine);
    known(open, client.info.member);
  } catch (error) {
    phase.value = { name: 'failed', error: error as Error };
  }
}

/** Where the catalogue comes from and events go: the page's own shop may have a server behind it, the others are files. */
function sources(entry: ShopEntry, catalog: URL): Pick<OpenOptions, 'catalog' | 'deltas' | 'stream' | 'events' | 'push'> {
  const live: string | undefined = import.meta.env.VITE_LIVE;
  if (!live || entry.hue !== undefined) return { catalog, push: ['poll', 'message'] };
  const at = (name: string) => new URL(live + name, document.baseURI);
  return { catalog: at('catalog'), deltas: at('deltas'), stream: at('stream'), events: at('events'), push: ['sse', 'message'] };
}

/** Time goes on from the last visit, and while somebody is here: never back behind what has happened. */
function clockOf(entry: ShopEntry, from: number): () => number {
  const start = Math.max(from, Number(kept(keptClock(entry)) ?? 0)) - performance.now();
  const now = () => Math.round(start + performance.now());
  addEventListener('pagehide', () => keep(keptClock(entry), String(now())));
  return now;
}

/** Shows what the page before left. */
function showAhead(first: FirstRails, isPersonal = true): void {
  if (first.currency) useCurrency(first.currency);
  batch(() => {
    ahead.value = first;
    household.value = coming;
    personalised.value = isPersonal;
    shownAfter.value = performance.now();
  });
}

/** A catalogue is there, the first or a newer one. */
function stocked(open: Open, info: SnapshotInfo | null): void {
  if (!info || open.client !== running) return;
  const isNews = catalogue.peek() !== null && catalogue.peek()?.version !== info.version;
  if (info.currency) useCurrency(info.currency);
  batch(() => {
    catalogue.value = info;
    if (phase.peek().name === 'open') revision.value += 1;
    else phase.value = { name: 'open', open: { ...open, zone: info.zone || 'UTC' } };
  });
  if (isNews) say(words().freshness.arrived);
}

/** Somebody's profile is there, or nobody's any more. */
function known(open: Open, info: SnapshotInfo | null): void {
  if (open.client !== running) return;
  const who = info ? coming : null;
  batch(() => {
    if (household.peek()?.id !== who?.id) cart.value = [];
    household.value = who;
    revision.value += 1;
  });
  // Another tab may have signed out.
  if (!info && !coming) keep(keptMember(open.entry), '');
  // What one member switched off is not switched off for the next: here the switch belongs to the page.
  if (isPersonalised(open.engine) !== personalised.peek()) open.engine.setPrivacy({ personalised: personalised.peek() });
}

const isPersonalised = (engine: Engine) => (engine.exportData() as { personalised: boolean }).personalised;

function failed(reasons: Reason[]): void {
  const { code = 'failed', facts } = reasons.find(({ facts }) => facts.document === 'catalog') ?? reasons[0] ?? {};
  phase.value = { name: 'failed', error: Object.assign(new Error(String(facts?.message ?? words().freshness.why(code, facts ?? {}))), { code }) };
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

/** A household comes in; or whoever is here leaves, and nothing of them stays on this device but the catalogue. */
export async function enter(who: Household | null): Promise<void> {
  const open = shop.peek();
  if (!open) return;
  coming = who;
  keep(keptMember(open.entry), who?.id ?? '');
  if (!who) return open.client.signOut();
  await open.client.signIn(open.file(who.file));
  if (coming === who && household.peek() !== who) throw new Error(words().freshness.noProfile);
}

/** Tells the engine what happened; every answer is asked for again. */
export function tell(type: string, fields: Record<string, unknown> = {}): void {
  const open = shop.peek();
  if (!open) return;
  open.engine.track({ type, ...fields });
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

/** Puts `lines` into the empty cart. */
export function fillCart(lines: CartLine[]): void {
  batch(() => {
    cart.value = lines;
    for (const { item } of lines) tell('add-to-cart', { item });
  });
}

/** Forgets a tag: nothing reads it from now on. */
export function forgetTag(tag: string): void {
  shop.peek()?.engine.forgetTag(tag);
  revision.value += 1;
}

/** Buys what is in the cart at the prices of `lines`, and uses the offers `applied`. */
export function buy(lines: { item: string; quantity: number; paid: number }[], applied: { offer: string; saved: number }[]): void {
  batch(() => {
    tell('purchase', { order: `demo-${shop.peek()?.now()}`, lines });
    for (const use of applied) tell('offer-used', use);
    cart.value = [];
  });
}

locale.subscribe((tag) => {
  running?.engine.setLocale(tag);
  revision.value += 1;
});

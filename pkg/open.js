// What `open()` does before there is a client: it reads the options and asks for all that the first answer needs.

import { chosenBuild } from './builds.js';
import { CatalogCache, PersonCache } from './cache.js';
import { recall } from './catalog.js';
import { Client } from './client.js';
import { RegularsError, safely } from './error.js';
import { ask, idle, pause } from './network.js';
import { recordOf, stillHolding } from './prepared.js';
import { storageFor } from './storage.js';
import { joinTabs, leftBehind } from './tabs.js';
import { vaultFor } from './vault.js';

/** What lies ready is waited for so long before the module is, in milliseconds. */
const LOOK_FOR = 200;

/** Makes the `open` of an entry, which knows how to instantiate the module. */
export function opener(init) {
  return async function open(options) {
    const settings = settingsOf(options);
    // All that the first answer needs is asked for at once: what is kept, and the module; where nothing is, the network.
    // What lies ready is shown first: compiling takes the page's thread.
    let shown;
    const showing = settings.prepare && new Promise((resolve) => (shown = resolve));
    const looking = storageFor(settings.storage, (storage) => looked(storage, settings, shown));
    looking.catch(() => {}); // awaited below
    const instantiated = (async () => {
      if (showing) await Promise.race([showing, pause(LOOK_FOR)]);
      await init(settings.module);
    })();
    instantiated.catch(() => {}); // awaited below
    const { storage, found, missing } = await looking;
    if (!found.recalled?.pointer) found.early = askedEarly(settings);
    await instantiated.catch((error) => {
      found.left?.release();
      found.tabs.leave();
      throw error;
    });
    const client = new Client(settings, storage, found);
    if (missing) client.tell('storage-unavailable', { error: missing });
    await client.start(found);
    // Where the page named the module itself, nobody has tried the loop yet; the first answer does not wait for it.
    void idle().then(() => {
      const { because } = chosenBuild();
      if (because === 'simd-differs') client.tell('baseline-build', { because });
    });
    return client;
  };
}

/** Reads what the first answer needs of what is kept; rejects where the storage does not answer and is none of the page's. */
async function looked(storage, settings, shown) {
  const { catalog, member, publicKeys, prepare } = settings;
  const vault = vaultFor(storage);
  const person = new PersonCache(storage, vault, { catalog, member });
  const record = prepare && (await person.prepared().then(recordOf, () => undefined));
  if (prepare) shown(show(record, settings));
  const cache = new CatalogCache(storage, catalog);
  const recalling = recall(cache, publicKeys);
  recalling.catch(() => {}); // awaited below
  const tabs = joinTabs(`regulars ${catalog}`, { shared: Boolean(storage.shared) });
  const profile = member ? person.profile() : Promise.resolve();
  profile.catch(() => {}); // awaited when the catalog is there
  const left = leftBehind(tabs, person);
  await vault.ready;
  try {
    return { cache, recalled: await recalling, tabs, profile, vault, person, left, record };
  } catch (error) {
    if (storage.kind !== 'indexeddb') return { cache, tabs, profile, vault, person, left, record };
    left.release();
    tabs.leave();
    throw error;
  }
}

/** Hands the page what lies ready. What is not there, or cannot be read, will be answered by the engine. */
function show(record, { prepare, prepared, locale, now = Date.now }) {
  const found = stillHolding(record, prepare, { locale, now: now() });
  if (found) safely(() => prepared(found.answers, found.at));
}

/** Both documents, for one who was never here. */
function askedEarly({ catalog, member, headers, wait }) {
  const early = { catalog: ask(catalog, { wait }), member: member && headers().then((headers) => ask(member, { credentials: 'include', headers, wait })) };
  early.catalog.catch(() => {}); // awaited by the first refresh
  early.member?.catch(() => {});
  return early;
}

function settingsOf(options) {
  const wrong = (message) => new RegularsError('malformed-request', message);
  const given = options ?? {};
  const address = (name) => {
    const value = given[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'string' && !(value instanceof URL)) throw wrong(`\`${name}\` is an address`);
    return String(value);
  };
  const { publicKeys, locale, shop, storage, push = 'off', pushOrigins, headers, timeout = 10_000, now, prepare, prepared, module } = given;
  if (address('catalog') === undefined) throw wrong('`catalog` is the address of a snapshot');
  if (now !== undefined && typeof now !== 'function') throw wrong('`now` is a function that gives milliseconds since 1970');
  const isQuestions = typeof prepare === 'object' && prepare !== null && Object.values(prepare).every((ask) => typeof ask === 'function');
  if (prepare !== undefined && !isQuestions) throw wrong('`prepare` has functions that ask the engine, by names');
  if (typeof prepared !== (prepare ? 'function' : 'undefined')) throw wrong('`prepared` is the function that gets what `prepare` asked for: give both');
  const ways = Array.isArray(push) ? push : [push];
  for (const way of ways) if (!['sse', 'message', 'poll', 'off'].includes(way)) throw wrong(`no way of push is called '${way}'`);
  if (ways.includes('sse') && address('stream') === undefined) throw wrong("push by 'sse' needs `stream`, the address of the events");
  const [catalog, member, events, deltas, news] = ['catalog', 'member', 'events', 'deltas', 'stream'].map(address);
  // Who is there may change while the page is open.
  const personal = async () => ({ ...(typeof headers === 'function' ? await headers() : headers) });
  return { catalog, member, events, deltas, news, publicKeys, locale, shop, storage, ways, pushOrigins, headers: personal, wait: timeout, now, prepare, prepared, module };
}

import { RegularsError } from './error.js';
import { FeatureResults } from './features.js';
import { vouched } from './verify.js';
import { hostWords } from './words.js';
import instantiate, { Engine as WasmEngine, bucketing as wasmBucketing, initSync, matches as wasmMatches } from './wasm/regulars.js';

let ready = false;
let pending = null;

/**
 * Instantiates the module once: a second call waits for the first, and a call after a failure tries again.
 * `locate` gives the source where the caller named none, `start` instantiates from it.
 */
export function initialise(source, locate, start = startHere) {
  if (ready) return Promise.resolve();
  pending ??= load(source, locate, start).finally(() => {
    pending = null;
  });
  return pending;
}

async function load(source, locate, start) {
  if (typeof WebAssembly === 'undefined') {
    throw new RegularsError('no-webassembly', 'this host has no WebAssembly (an old web view, or a lockdown mode): import regulars/no-webassembly there');
  }
  try {
    await start((await source) ?? (await locate()));
  } catch (error) {
    if (error instanceof RegularsError) throw error;
    throw new RegularsError('initialisation-failed', `the WebAssembly module could not be loaded: ${error?.message ?? error}`);
  }
  ready = true;
}

async function startHere(given) {
  if (given instanceof WebAssembly.Module || ArrayBuffer.isView(given) || given instanceof ArrayBuffer) {
    // Compiling off the main thread, where bytes are given.
    const module = given instanceof WebAssembly.Module ? given : await WebAssembly.compile(given);
    initSync({ module });
  } else {
    await instantiate({ module_or_path: await kept(given) });
  }
}

/** Where the file of the module is kept for when the network does not have it. */
const SHELF = 'regulars-module';
/** A page waits for the network so long before it looks on the shelf. */
const PATIENCE = 4_000;

/** The response for `source`: the network's, and where it does not answer well or in time, the one it gave before. */
async function kept(source) {
  if (typeof Response === 'function' && source instanceof Response) return checked(source);
  const address = typeof source === 'string' || source instanceof URL ? new Request(source) : source;
  const fetched = checked(address);
  // Looked at only where it is needed: whoever has the file in the browser's own cache waits for neither.
  const shelf = once(() => Promise.resolve(globalThis.caches?.open(SHELF)).catch(() => undefined)); // none outside of secure contexts
  const known = once(() => shelf().then((shelf) => shelf?.match(address)).catch(() => undefined));
  let fresh;
  fetched.then((response) => (fresh = response)).catch(() => {}); // told of below
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, PATIENCE);
  }).then(async () => (await known()) ?? fetched);
  const failed = async (error) => {
    const response = await known();
    if (response) return response;
    throw error;
  };
  const response = await Promise.race([fetched.catch(failed), late]).finally(() => clearTimeout(timer));
  if (response === fresh) shelve(shelf, known, address, response);
  return response;
}

/** `act`, done when it is first asked for, and not again. */
function once(act) {
  let result;
  return () => (result ??= act());
}

/** Puts a response that is not on the shelf yet there, when the page has nothing more urgent to do. */
function shelve(shelf, known, address, response) {
  const mark = ({ headers }) => ['etag', 'last-modified', 'content-length'].map((name) => headers.get(name)).join();
  // What no cache keeps has to be copied on its way; else what streams into the compiler is left alone, for browsers keep
  // what they compiled with it, and the file is taken from the browser's cache once more.
  const copy = /no-store/.test(response.headers.get('cache-control') ?? '') ? response.clone() : undefined;
  const put = async () => {
    const before = await known();
    if (before && mark(response) !== ',,' && mark(before) === mark(response)) return copy?.body?.cancel();
    await (await shelf())?.put(address, copy ?? (await checked(new Request(address.url, { cache: 'force-cache' }))));
  };
  // Quota, or a private window: then it is fetched again the next time.
  setTimeout(() => put().catch(() => {}), 1_000);
}

/** Says what is wrong where a server answers with something else, most often a page for an address it does not know. */
async function checked(source) {
  const response = typeof Response === 'function' && source instanceof Response ? source : await fetch(source);
  const kind = response.headers.get('content-type') ?? '';
  if (!response.ok || kind.startsWith('text/html')) {
    const got = response.ok ? kind : `status ${response.status}`;
    throw new RegularsError(
      'initialisation-failed',
      `no WebAssembly module at ${response.url || source} (${got}): pass its address to init(), as the package's README shows for your bundler`,
    );
  }
  return response;
}

function needed(call) {
  if (!ready) throw new RegularsError('not-initialised', `the module is not instantiated yet: call \`await init()\` before \`${call}\``);
}

/** Whether attributes meet a condition. */
export function matches(condition, attributes, savedGroups) {
  needed('matches()');
  return wasmMatches(condition, attributes, savedGroups);
}

/** One step from a unit's id to its arm. */
export function bucketing(step, given) {
  needed('bucketing()');
  return wasmBucketing(step, given);
}

/** `value` as JSON where that says the same: it crosses to WebAssembly at once, rather than piece by piece. */
function asText(value) {
  try {
    return isPlain(value, DEEPEST) ? JSON.stringify(value) : value;
  } catch {
    return value; // what throws when it is read is told of where arguments are read
  }
}

/** Deeper than this nothing is read as text. */
const DEEPEST = 32;

/** Whether `JSON.stringify` writes `value` just as it is: no dates, no numbers without end, nothing that writes itself. */
function isPlain(value, depth) {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || depth === 0) return false;
  if (Array.isArray(value)) return value.every((element) => isPlain(element, depth - 1));
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  for (const name of Object.keys(value)) if (value[name] !== undefined && !isPlain(value[name], depth - 1)) return false;
  return true;
}

/** Lots of points out of plain numbers, three each; what is no number is `null`. */
function lots(numbers) {
  const list = [];
  const given = (number) => (Number.isNaN(number) ? null : number);
  for (let place = 0; place < numbers.length; place += 3) {
    list.push({ amount: numbers[place], expiresAt: given(numbers[place + 1]), availableAt: given(numbers[place + 2]) });
  }
  return list;
}

/** A calendar out of one list: code, text, how many names (0: those before), names, facts, and so on. */
function calendar(flat) {
  const list = [];
  let names;
  for (let place = 0; place < flat.length; ) {
    const code = flat[place];
    const text = flat[place + 1];
    const first = place + 3;
    place = first + flat[place + 2];
    if (place > first) names = flat.slice(first, place);
    const facts = {};
    for (const name of names) facts[name] = flat[place++];
    list.push({ at: facts.at, event: text === null ? { code, facts } : { code, facts, text } });
  }
  return list;
}

/** Pure computation over one catalog snapshot and one member profile. */
export class Engine extends WasmEngine {
  #freed = false;
  #results;

  constructor() {
    needed('new Engine()');
    super();
    this.setWords(hostWords);
    // What is known by its place was counted, or is set by hand and counts for nothing: asking for it whole only looks.
    this.#results = new FeatureResults(this, (key, known) => super.feature(key, known ? { peek: true } : undefined), () => super.features());
  }

  feature(key, request) {
    return request === undefined && typeof key === 'string' ? this.#results.one(key) : super.feature(key, request);
  }

  features(request) {
    return request === undefined ? this.#results.all() : super.features(request);
  }

  loadCatalog(bytes, options) {
    this.#results.forget();
    return super.loadCatalog(bytes, vouched(bytes, options));
  }

  loadFeatures(payload, options) {
    this.#results.forget();
    return super.loadFeatures(payload, options);
  }

  applyDelta(bytes, options) {
    this.#results.forget();
    return super.applyDelta(bytes, vouched(bytes, options));
  }

  loadMember(profile) {
    this.#results.forgetUnits();
    return super.loadMember(profile);
  }

  restoreState(bytes) {
    this.#results.forgetUnits();
    return super.restoreState(bytes);
  }

  setPrivacy(settings) {
    this.#results.forgetUnits();
    return super.setPrivacy(settings);
  }

  setExperimentContext(context) {
    this.#results.forgetUnits();
    return super.setExperimentContext(asText(context));
  }

  free() {
    if (this.#freed) return;
    this.#freed = true;
    super.free();
    // Every method reads the handle first; from now on that says what happened.
    Object.defineProperty(this, '__wbg_ptr', {
      get() {
        throw new RegularsError('freed', 'this engine was freed: make a new one');
      },
    });
  }
}

const { membership } = WasmEngine.prototype;
// Builds without it have none.
if (membership) {
  Object.defineProperty(Engine.prototype, 'membership', {
    configurable: true,
    writable: true,
    value(request) {
      const found = membership.call(this, request);
      for (const wallet of found.wallets) if (!Array.isArray(wallet.lots)) wallet.lots = lots(wallet.lots);
      found.calendar = calendar(found.calendar);
      const [first] = found.wallets;
      if (first) ({ lots: found.points.lots, expiring: found.points.expiring } = first);
      return found;
    },
  });
}

if (Symbol.dispose) {
  Object.defineProperty(Engine.prototype, Symbol.dispose, {
    value() {
      this.free();
    },
  });
}

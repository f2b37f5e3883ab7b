// The catalog of a client: from what is kept, from the network, by deltas; each time the engine says whether it is taken.

import { RegularsError } from './error.js';
import { FetchFailure, ask, persistently } from './network.js';
import { checkedByHost, digestOf, isBinary } from './verify.js';

/** Damage on the way: the same bytes may come whole the next time. */
const DAMAGED = new Set(['truncated-snapshot', 'bad-digest', 'malformed-snapshot', 'malformed-json']);

/** What is kept: the pointer, and promises of the bytes in use and of what the host's cryptography finds in them. */
export async function recall(cache, publicKeys) {
  const { pointer, bytes } = await cache.newest();
  const checked = bytes.then((bytes) => bytes && checkedByHost(bytes, publicKeys));
  checked.catch(() => {}); // told of where the bytes are awaited
  return { pointer, bytes, checked };
}

export class CatalogSource {
  #engine;
  #cache;
  #options;
  #seen;
  #kept;
  #failed;
  #etag = '';
  #digest = '';
  #version = 0;
  #shop;
  #loaded = false;
  /** A delta led to the catalog in use, and its file is not kept yet. */
  #unkept = null;
  #keeping = Promise.resolve();

  /**
   * `options`: `catalog`, `deltas`, `publicKeys`, `shop`, `wait`. `seen` gets each response, `unkept` why bytes were not
   * kept, `kept` hears that they were.
   */
  constructor(engine, cache, options, { seen, kept, unkept }) {
    this.#engine = engine;
    this.#cache = cache;
    this.#options = options;
    this.#shop = options.shop;
    this.#seen = seen;
    this.#kept = kept;
    this.#failed = unkept;
  }

  /** Whether a catalog is in use. */
  get loaded() {
    return this.#loaded;
  }

  get version() {
    return this.#version;
  }

  /** Resolves when what was taken is kept, or could not be. */
  get keeping() {
    return this.#keeping;
  }

  /**
   * Takes what is kept: the generation in use, or the one before where that is damaged. Gives `{ info, reasons }`;
   * without `info` nothing could be taken, and the reasons say why. `recalled` is what `recall` has found already.
   */
  async remembered(recalled) {
    const reasons = [];
    const found = recalled ?? (await recall(this.#cache, this.#options.publicKeys));
    const { pointer } = found;
    if (!pointer) return { reasons };
    this.#shop ??= pointer.shop;
    // What was once in use can't be undercut by the network, even where it cannot be read any more.
    this.#version = Math.max(this.#version, pointer.version ?? 0);
    for (const generation of [pointer.current, pointer.previous]) {
      if (!generation) continue;
      const newest = generation === pointer.current;
      const bytes = await (newest ? found.bytes : this.#cache.bytes(generation));
      if (!bytes) continue;
      try {
        const info = await this.#load(bytes, newest ? pointer.etag : '', { floor: newest, checked: newest ? found.checked : undefined });
        if (!newest) reasons.push({ code: 'rolled-back', facts: { version: info.version } });
        return { info, reasons };
      } catch (error) {
        reasons.push(reasonOf(error, 'catalog'));
      }
    }
    return { reasons };
  }

  /** Asks the network for what is new. Gives the info where something was, `null` where nothing is; throws a failure. */
  async refresh({ early, failed, signal }) {
    const byDelta = await this.#byDelta({ failed, signal });
    if (byDelta !== undefined) return byDelta;
    let first = early;
    return persistently(
      async () => {
        const before = Date.now();
        const asked = first ?? this.#ask(this.#options.catalog, { etag: this.#etag }, signal);
        first = undefined;
        const answer = await asked;
        this.#seen(answer.response, before);
        if (answer.unchanged) return null;
        try {
          return await this.take(answer.bytes, answer.etag);
        } catch (error) {
          if (!DAMAGED.has(error.code)) throw error;
          throw new FetchFailure(error.code, { message: error.message });
        }
      },
      { failed, signal },
    );
  }

  /** Takes the bytes of a whole snapshot. They are kept behind it: `keeping`. */
  async take(bytes, etag = '') {
    const info = await this.#load(bytes, etag, { floor: true });
    this.#unkept = null;
    this.#keep(bytes, info);
    return info;
  }

  /** What is in use stays in use where it cannot be kept. */
  #keep(bytes, { version, shop }) {
    const etag = this.#etag;
    const keep = () => this.#cache.keep(bytes, { etag, version, shop });
    this.#keeping = this.#keeping.then(keep).then(this.#kept, this.#failed);
    return this.#keeping;
  }

  /** Takes the bytes of a delta. The file it leads to is kept by `settle`. */
  async takeDelta(bytes) {
    const { publicKeys } = this.#options;
    const checked = await checkedByHost(bytes, publicKeys);
    const info = this.#engine.applyDelta(bytes, { publicKeys, checked });
    const before = this.#digest;
    this.#digest = Array.from(bytes.subarray(192 + 32 + 64, 192 + 32 + 96), (byte) => byte.toString(16).padStart(2, '0')).join('');
    // Where a server names its answers by their digest, the next one's name is known.
    this.#etag = this.#etag === `"${before}"` ? `"${this.#digest}"` : '';
    this.#version = info.version;
    this.#unkept = info;
    return info;
  }

  /**
   * Keeps what deltas led to, after its digest was computed over the whole file. `false` where that does not fit: then
   * the whole snapshot is needed.
   */
  async settle() {
    const info = this.#unkept;
    if (!info) return true;
    this.#unkept = null;
    const bytes = this.#engine.catalogBytes();
    if (!bytes || this.#version !== info.version) return true;
    const checked = await checkedByHost(bytes, this.#options.publicKeys);
    if (checked && !checked.digest.every((byte, place) => byte === bytes[64 + place])) {
      this.#etag = '';
      this.#digest = '';
      return false;
    }
    await this.#keep(bytes, info);
    return true;
  }

  async #byDelta({ failed, signal }) {
    const { deltas } = this.#options;
    if (!deltas || this.#digest === '') return undefined;
    for (let taken; ; ) {
      const address = `${deltas}${deltas.endsWith('/') ? '' : '/'}${this.#digest}`;
      const before = Date.now();
      let answer;
      try {
        answer = await persistently(() => this.#ask(address, { missing: true }, signal), { failed: taken ? undefined : failed, signal, tries: 1 });
      } catch {
        return taken; // the whole is asked for, unless there is news already
      }
      this.#seen(answer.response, before);
      if (answer.unchanged) return taken ?? null;
      if (answer.missing) return taken;
      try {
        taken = await this.takeDelta(answer.bytes);
      } catch (error) {
        if (!(error instanceof RegularsError)) throw error;
        // A gap, a mismatch, a foreign hand: the whole snapshot says what is right.
        this.#etag = '';
        return undefined;
      }
    }
  }

  async #load(bytes, etag, { floor, checked }) {
    const { publicKeys } = this.#options;
    const found = await (checked ?? checkedByHost(bytes, publicKeys));
    // What the first list of items does not need can wait for it.
    const options = { publicKeys, checked: found, shop: this.#shop, atLeast: floor ? this.#version : undefined, later: !this.#loaded };
    const info = this.#engine.loadCatalog(bytes, options);
    this.#loaded = true;
    this.#etag = etag;
    this.#digest = isBinary(bytes) ? digestOf(bytes) : '';
    this.#version = floor ? info.version : this.#version;
    this.#shop ??= info.shop;
    return info;
  }

  #ask(address, options, signal) {
    return ask(address, { ...options, wait: this.#options.wait, signal });
  }
}

/** What the page is told of an error. */
export function reasonOf(error, document) {
  const facts = error instanceof FetchFailure ? error.facts : { message: String(error?.message ?? error) };
  return { code: typeof error?.code === 'string' ? error.code : 'failed', facts: { document, ...facts } };
}

// The I/O shell around the engine: fetches, has the engine verify, remembers, sends what happened. It decides nothing.

import { Engine } from './engine.js';
import { RegularsError } from './error.js';
import { storageFor } from './storage.js';

const POLL_EVERY = 5 * 60_000;
const WAIT_FOR_RESPONSE = 30_000;
const EVENTS_PER_BATCH = 200;

/** Makes the `open` of an entry, which knows how to instantiate the module. */
export function opener(init) {
  return async function open(options) {
    const { catalog, member, events, storage, publicKeys, locale, push = 'off' } = options ?? {};
    if (typeof catalog !== 'string' && !(catalog instanceof URL)) {
      throw new RegularsError('malformed-request', '`catalog` is the address of a snapshot');
    }
    if (push !== 'off' && push !== 'poll') {
      throw new RegularsError('not-available', `push by '${push}' is not built yet: use 'poll', or call refresh()`);
    }
    await init();
    const chosen = await storageFor(storage);
    const client = new Client({ catalog: String(catalog), member: member && String(member), events: events && String(events), publicKeys, locale }, chosen);
    await client.start(push);
    return client;
  };
}

class Client {
  #options;
  #storage;
  #lasting = [];
  #listeners = { snapshot: new Set(), status: new Set(), exposure: new Set() };
  #status = { source: 'none', stale: true, reasons: [] };
  #etags = {};
  #sending = null;
  #refreshing = null;
  #closed = false;
  #stops = [];

  constructor(options, { storage, missing }) {
    this.#options = options;
    this.#storage = storage;
    if (missing) this.#lasting.push(reason('storage-unavailable', { error: missing }));
    this.engine = new Engine();
    if (options.locale) this.engine.setLocale(options.locale);
  }

  get status() {
    return this.#status;
  }

  /** What was remembered answers at once, and the network is asked behind it; else the network is waited for. */
  async start(push) {
    await this.#restore();
    const remembered = await this.#remembered('catalog');
    if (remembered) {
      await this.#remembered('member');
      this.#setStatus('cache', false, []);
      void this.refresh();
    } else {
      await this.refresh();
    }
    if (push === 'poll') {
      const timer = setInterval(() => void this.refresh(), POLL_EVERY);
      timer.unref?.();
      this.#stops.push(() => clearInterval(timer));
    }
    if (typeof document !== 'undefined') {
      const hidden = () => {
        if (document.visibilityState === 'hidden') this.#leave();
      };
      document.addEventListener('visibilitychange', hidden);
      this.#stops.push(() => document.removeEventListener('visibilitychange', hidden));
    }
  }

  /** Asks the network for both documents. Never rejects: `status` says how it went. */
  refresh() {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #refresh() {
    const reasons = [];
    const catalog = await this.#fetched('catalog', reasons);
    if (this.#closed) return;
    if (this.#options.member && catalog !== 'none') await this.#fetched('member', reasons);
    if (this.#closed) return;
    const source = catalog === 'fresh' ? 'network' : this.#status.source;
    this.#setStatus(source, reasons.length > 0 || source === 'none', reasons);
  }

  /**
   * Fetches one document and has the engine accept it. Only then it is remembered with its validator, so that a
   * broken document is never asked for again as 'unchanged'.
   */
  async #fetched(kind, reasons) {
    const address = this.#options[kind];
    const loaded = kind in this.#etags;
    try {
      const before = Date.now();
      const etag = this.#etags[kind];
      const response = await fetch(address, {
        headers: etag ? { 'if-none-match': etag } : {},
        credentials: kind === 'member' ? 'include' : 'same-origin',
        signal: AbortSignal.timeout(WAIT_FOR_RESPONSE),
      });
      this.#observeClock(response, before);
      if (response.status === 304) return 'fresh';
      if (!response.ok) throw Object.assign(new Error(response.statusText), { status: response.status });
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (this.#closed) return 'none';
      const info = this.#load(kind, bytes);
      this.#etags[kind] = response.headers.get('etag') ?? '';
      await this.#store(kind, pack(this.#etags[kind], bytes));
      this.#emit('snapshot', { kind, info });
      return 'fresh';
    } catch (error) {
      if (error instanceof RegularsError) reasons.push(reason(error.code, { document: kind, message: error.message }));
      else reasons.push(reason('fetch-failed', { document: kind, status: error.status ?? null, message: String(error.message ?? error) }));
      return loaded ? 'kept' : 'none';
    }
  }

  #load(kind, bytes) {
    return kind === 'catalog' ? this.engine.loadCatalog(bytes, { publicKeys: this.#options.publicKeys }) : this.engine.loadMember(bytes);
  }

  async #remembered(kind) {
    if (!this.#options[kind]) return false;
    try {
      const kept = await this.#storage.get(this.#key(kind));
      if (!kept) return false;
      const { etag, bytes } = unpack(kept);
      const info = this.#load(kind, bytes);
      this.#etags[kind] = etag;
      this.#emit('snapshot', { kind, info });
      return true;
    } catch {
      // What was kept is of no use: expired, damaged, or written for another version.
      await this.#storage.delete(this.#key(kind)).catch(() => {});
      return false;
    }
  }

  async #restore() {
    try {
      const kept = await this.#storage.get(this.#key('state'));
      if (kept) this.engine.restoreState(kept);
    } catch (error) {
      this.#lasting.push(reason('state-not-restored', { code: error.code ?? null }));
    }
  }

  /** Sends what waits in the outbox, batch by batch; what the server does not take stays. */
  flush() {
    this.#sending ??= this.#flush().finally(() => {
      this.#sending = null;
    });
    return this.#sending;
  }

  async #flush() {
    if (this.#options.events) {
      for (let batch = this.engine.drainEvents(EVENTS_PER_BATCH); batch.events.length > 0; batch = this.engine.drainEvents(EVENTS_PER_BATCH)) {
        let taken = false;
        try {
          const before = Date.now();
          const response = await fetch(this.#options.events, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(batch),
            credentials: 'include',
            signal: AbortSignal.timeout(WAIT_FOR_RESPONSE),
          });
          this.#observeClock(response, before);
          taken = response.ok;
        } catch {
          // Offline: the batch stays.
        }
        if (!taken) {
          this.engine.returnEvents(batch);
          break;
        }
        this.engine.confirmEvents(batch);
      }
    }
    await this.#store('state', this.engine.saveState());
  }

  /** The page may not come back: hands the outbox to the browser, and keeps the state. */
  #leave() {
    if (this.#closed || this.#sending) return;
    if (this.#options.events && typeof navigator.sendBeacon === 'function') {
      const batch = this.engine.drainEvents(EVENTS_PER_BATCH);
      if (batch.events.length > 0) {
        const body = new Blob([JSON.stringify(batch)], { type: 'application/json' });
        // Queued is not taken, but the server takes a batch once by its id, and nobody is left to hear the answer.
        if (navigator.sendBeacon(this.#options.events, body)) this.engine.confirmEvents(batch);
        else this.engine.returnEvents(batch);
      }
    }
    void this.#store('state', this.engine.saveState());
  }

  on(event, listener) {
    const listeners = this.#listeners[event];
    if (!listeners) throw new RegularsError('malformed-request', `no event is called '${event}'`);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Sends what waits, keeps the state, and frees the engine. */
  async close() {
    if (this.#closed) return;
    for (const stop of this.#stops) stop();
    await this.flush();
    this.#closed = true;
    this.engine.free();
  }

  #setStatus(source, stale, reasons) {
    this.#status = Object.freeze({ source, stale, reasons: [...this.#lasting, ...reasons] });
    this.#emit('status', this.#status);
  }

  #emit(event, detail) {
    for (const listener of this.#listeners[event]) listener(detail);
  }

  /** The server's clock counts. A response from a cache on the way says how old it is. */
  #observeClock(response, before) {
    const date = Date.parse(response.headers.get('date') ?? '');
    if (Number.isNaN(date)) return;
    const age = Number(response.headers.get('age') ?? 0) * 1000;
    // The header has whole seconds; the middle of the second, seen in the middle of the journey.
    const server = date + (age || 0) + 500 + Math.round((Date.now() - before) / 2);
    if (Math.abs(server - Date.now()) > 2_000) this.engine.observeServerTime(server);
  }

  async #store(kind, bytes) {
    try {
      await this.#storage.set(this.#key(kind), bytes);
    } catch (error) {
      if (!this.#lasting.some((known) => known.code === 'storage-failed')) {
        this.#lasting.push(reason('storage-failed', { error: error?.name ?? 'Error' }));
      }
    }
  }

  #key(kind) {
    const { catalog, member } = this.#options;
    return kind === 'catalog' ? `catalog ${catalog}` : `${kind} ${catalog} ${member ?? ''}`;
  }
}

const reason = (code, facts) => ({ code, facts });

/** One record holds a document and its validator, so that the two can't part. */
function pack(etag, bytes) {
  const head = new TextEncoder().encode(etag);
  const record = new Uint8Array(4 + head.length + bytes.length);
  new DataView(record.buffer).setUint32(0, head.length);
  record.set(head, 4);
  record.set(bytes, 4 + head.length);
  return record;
}

function unpack(record) {
  const length = new DataView(record.buffer, record.byteOffset).getUint32(0);
  return { etag: new TextDecoder().decode(record.subarray(4, 4 + length)), bytes: record.subarray(4 + length) };
}

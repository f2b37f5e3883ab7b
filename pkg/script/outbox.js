// Events that wait for the server, shared between the tabs of a site. They survive a page that goes at once.

const MOST_COUNTED = 1_000;
const MOST_BATCHES = 50;
/** What a browser takes along from a page that goes, in bytes. */
const MOST_KEPT_ALIVE = 60_000;

export class Outbox {
  #store;
  #address;
  #window;
  #told;
  #flying = new Set();
  #counted = { of: undefined, keys: new Set() };

  /** `told` is called with each event that counts. */
  constructor(window, store, address, told) {
    this.#window = window;
    this.#store = store;
    this.#address = address;
    this.#told = told;
    if (!address) return;
    const leave = () => this.send(true);
    window.addEventListener('pagehide', leave);
    window.document.addEventListener('visibilitychange', () => window.document.visibilityState === 'hidden' && leave());
  }

  /** Takes events. An exposure that any tab has counted does not count again. */
  take(events) {
    const fresh = events.filter((event) => event.type !== 'exposure' || this.#isFirst(event));
    if (fresh.length === 0) return;
    if (this.#address) {
      const batches = this.#batches();
      batches.push({ id: drawn(this.#window), events: fresh, dropped: 0 });
      this.#store.set('outbox', batches.slice(-MOST_BATCHES));
    }
    fresh.forEach(this.#told);
  }

  #isFirst({ hashAttribute, hashValue, experiment, variation }) {
    const key = [hashAttribute, hashValue, experiment, variation].join('|');
    const kept = this.#store.get('counted');
    if (this.#counted.of !== kept || kept === null) this.#counted = { of: kept, keys: new Set(this.#list('counted')) };
    if (this.#counted.keys.has(key)) return false;
    this.#store.set('counted', [...this.#counted.keys, key].slice(-MOST_COUNTED));
    return true;
  }

  /** Sends what waits: as a beacon where the page goes, else so that the answer tells what to keep. */
  send(leaving = false) {
    if (!this.#address) return;
    for (const batch of this.#batches()) {
      const body = JSON.stringify(batch);
      if (leaving) {
        if (this.#beacon(body)) this.#sent(batch.id);
        continue;
      }
      if (this.#flying.has(batch.id)) continue;
      this.#flying.add(batch.id);
      const taken = (response) => response.ok && this.#sent(batch.id);
      this.#post(body)
        .then(taken, () => {})
        .finally(() => this.#flying.delete(batch.id));
    }
  }

  #beacon(body) {
    const { navigator } = this.#window;
    try {
      // A plain text needs no permission of another site's server, which a page that goes could not wait for.
      if (navigator.sendBeacon?.(this.#address, new Blob([body], { type: 'text/plain' }))) return true;
    } catch {
      // refused by a policy
    }
    this.#post(body).catch(() => {});
    return false;
  }

  #post(body) {
    return this.#window.fetch(this.#address, {
      method: 'POST',
      body,
      headers: { 'content-type': 'text/plain' },
      credentials: 'include',
      keepalive: body.length < MOST_KEPT_ALIVE,
    });
  }

  #sent(id) {
    this.#store.set(
      'outbox',
      this.#batches().filter((batch) => batch.id !== id),
    );
  }

  #batches() {
    return this.#list('outbox');
  }

  #list(name) {
    const kept = this.#store.get(name);
    return Array.isArray(kept) ? [...kept] : [];
  }
}

function drawn(window) {
  return Array.from(window.crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

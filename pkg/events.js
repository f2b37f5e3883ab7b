// Sends what waits in the engine's outbox. A batch is kept before it is sent, and stays until the server says it took it.

import { jittered, pauseAsked } from './network.js';

const EVENTS_PER_BATCH = 100;
/** After a day without the server: each batch costs saving all that waits. */
const EVENTS_PER_LARGE_BATCH = 500;
/** What a browser takes along when a page goes: 64 kB altogether. */
const MOST_OF_BEACON = 60_000;
/** Events wait for company for so long; what is worth most goes sooner. */
const GATHER = 5_000;
const GATHER_URGENT = 300;
const URGENT = new Set(['purchase', 'offer-used', 'offer-claimed', 'return']);
const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = 10 * 60_000;
/** Answers that will not change: the server understood and refuses these very bytes. */
const REFUSED = new Set([400, 413, 422]);

export class Sender {
  #engine;
  #address;
  #headers;
  #keep;
  #seen;
  #told;
  #wait;
  #sending = null;
  #timer;
  #due = Infinity;
  #pause = 0;
  #stopped = false;

  /**
   * `headers` gives what each request carries; `keep` saves the device's state and resolves when it is safe; `seen` gets each response; `told` gets a code and
   * facts of what the page should know.
   */
  constructor(engine, address, { headers, keep, seen, told, wait = 30_000 }) {
    this.#engine = engine;
    this.#address = address;
    this.#headers = headers;
    this.#keep = keep;
    this.#seen = seen;
    this.#told = told;
    this.#wait = wait;
  }

  /** Something happened: it is sent soon. */
  noticed(type) {
    if (this.#address) this.#sendIn(this.#pause || (URGENT.has(type) ? GATHER_URGENT : GATHER));
  }

  /** Sends everything now. Resolves when nothing waits any more, or the server does not take it. */
  flush() {
    this.#sending ??= this.#flush().finally(() => {
      this.#sending = null;
    });
    return this.#sending;
  }

  async #flush() {
    clearTimeout(this.#timer);
    this.#due = Infinity;
    if (!this.#address || this.#stopped) return this.#keep();
    for (;;) {
      const batch = this.#engine.drainEvents(this.#engine.eventsWaiting() > 10 * EVENTS_PER_BATCH ? EVENTS_PER_LARGE_BATCH : EVENTS_PER_BATCH);
      if (batch.events.length === 0) break;
      // Before it leaves: after a crash the same events go under the same id.
      await this.#keep();
      if (this.#stopped) return;
      const outcome = await this.#send(batch);
      if (this.#stopped) return;
      if (outcome === 'kept') {
        this.#engine.returnEvents(batch);
        this.#pause = Math.min(Math.max(this.#pause * 2, FIRST_PAUSE), LONGEST_PAUSE);
        this.#sendIn(this.#after ?? jittered(this.#pause));
        break;
      }
      if (outcome === 'refused') this.#told('events-refused', { events: batch.events.length });
      if (batch.dropped > 0) this.#told('events-dropped', { events: batch.dropped });
      this.#engine.confirmEvents(batch);
      this.#pause = 0;
    }
    await this.#keep();
  }

  #after;

  async #send(batch) {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), this.#wait);
    this.#after = undefined;
    try {
      const before = Date.now();
      const response = await fetch(this.#address, {
        method: 'POST',
        headers: { ...(await this.#headers()), 'content-type': 'application/json' },
        body: JSON.stringify(batch),
        credentials: 'include',
        signal: limit.signal,
      });
      this.#seen(response, before);
      if (response.ok && !response.redirected) return 'taken';
      this.#after = pauseAsked(response);
      return REFUSED.has(response.status) ? 'refused' : 'kept';
    } catch {
      return 'kept'; // offline, or too slow
    } finally {
      clearTimeout(timer);
    }
  }

  #sendIn(milliseconds) {
    const due = Date.now() + milliseconds;
    if (this.#stopped || due >= this.#due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => void this.flush(), milliseconds);
    this.#timer.unref?.();
  }

  /** The network is back: no need to wait any longer. */
  retry() {
    this.#pause = 0;
    if (this.#address && this.#engine.eventsWaiting() > 0) void this.flush();
  }

  /**
   * The page may not come back: hands what waits to the browser. What it takes stays here as well, since nobody is left
   * to hear whether it arrived; the server takes each batch once by its id.
   */
  leave() {
    if (this.#address && !this.#sending && typeof globalThis.navigator?.sendBeacon === 'function') {
      const given = [];
      for (let room = MOST_OF_BEACON; ; ) {
        const batch = this.#engine.drainEvents(EVENTS_PER_BATCH);
        if (batch.events.length === 0) break;
        given.push(batch);
        const body = new Blob([JSON.stringify(batch)], { type: 'application/json' });
        room -= body.size;
        if (room < 0 || !navigator.sendBeacon(this.#address, body)) break;
      }
      for (const batch of given.reverse()) this.#engine.returnEvents(batch);
    }
    return this.#keep();
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }
}

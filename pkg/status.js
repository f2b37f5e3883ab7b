// How a client stands: where the catalog in use was confirmed, whether it is stale, and why.

/** Makes a catalog stale while it lasts. */
const EXPIRED = 'expired-snapshot';

export class Status {
  #changed;
  #told = Object.freeze({ source: 'none', stale: true, reasons: [] });
  /** What stays true from one refresh to the next, by name. */
  #lasting = new Map();
  /** What the last refresh or push said. */
  #passing = [];

  /** `changed` gets what is told whenever it is told anew. */
  constructor(changed) {
    this.#changed = changed;
  }

  /** `{ source, stale, reasons }`, as the page sees it. */
  get told() {
    return this.#told;
  }

  /** The reasons that the last refresh or push gave. */
  get passing() {
    return this.#passing;
  }

  set(source, stale, reasons) {
    this.#passing = reasons;
    this.#told = Object.freeze({ source, stale: stale || this.#lasting.has(EXPIRED), reasons: [...this.#lasting.values(), ...reasons] });
    this.#changed(this.#told);
  }

  /** Stale for `reasons`, wherever the catalog comes from. */
  doubt(reasons, stale = true) {
    this.set(this.#told.source, stale, reasons);
  }

  /** Adds what the page should know and what does not go by with the next refresh. */
  tell(code, facts, name = code) {
    const known = this.#lasting.get(name);
    if (known && JSON.stringify(known.facts) === JSON.stringify(facts)) return;
    this.#lasting.set(name, { code, facts });
    this.doubt(this.#passing, this.#told.stale);
  }

  forget(name) {
    if (this.#lasting.delete(name)) this.doubt(this.#passing, this.#told.stale);
  }

  /** Another catalog is in use: what is said next says so, too. */
  renewed() {
    this.#lasting.delete(EXPIRED);
  }
}

// Answers that are there before the engine is: the page before this one left them ready.

import { safely } from './error.js';
import { idle } from './network.js';

/** What was made ready longer ago than a visit lasts is not given out, in milliseconds. */
const FRESH_FOR = 30 * 60_000;

/** Makes ready what the next page shows first: asks `questions` of the engine when something has happened and there is time. */
export class Preparation {
  #engine;
  #questions;
  #shell;
  #asking = false;
  #soon = false;
  #outdated = false;
  #keeping = Promise.resolve();

  /**
   * `shell.moment` gives what there is to know of this moment, `{ locale, documents, person }`, or nothing where it is none to ask
   * in; `kept` hears that answers were kept, `unkept` why not.
   */
  constructor(engine, questions, shell) {
    this.#engine = engine;
    this.#questions = questions;
    this.#shell = shell;
  }

  /** Whether answers may differ by now from those that lie ready. */
  get outdated() {
    return this.#outdated;
  }

  /** Resolves when what was asked is kept, or could not be. */
  get keeping() {
    return this.#keeping;
  }

  /** Something happened. What a question does to the engine leads to no other question. */
  differs() {
    this.#outdated ||= !this.#asking;
  }

  soon() {
    if (!this.#questions || this.#soon || this.#asking) return;
    this.#soon = true;
    void idle().then(() => {
      this.#soon = false;
      const moment = this.#shell.moment();
      if (moment) this.#keeping = moment.person.keepPrepared(this.#asked(moment)).then(this.#shell.kept, this.#shell.unkept);
    });
  }

  /** The record of the answers; nothing counts as exposure. A question that throws is left out. */
  #asked({ locale = null, documents }) {
    const ends = documents.flatMap((document) => document?.expiresAt ?? []);
    const until = ends.length > 0 ? Math.min(...ends) : null;
    const answers = {};
    this.#outdated = false;
    this.#asking = true;
    this.#engine.setPeek(true);
    for (const [name, ask] of Object.entries(this.#questions)) safely(() => (answers[name] = JSON.stringify(ask(this.#engine))));
    this.#engine.setPeek(false);
    this.#asking = false;
    return new TextEncoder().encode(JSON.stringify({ at: this.#engine.now(), until, locale, answers }));
  }
}

/** `{ answers, at }` of a record that still holds at `now`: the answers to `questions` that it has. */
export function stillHolding(bytes, questions, { locale = null, now }) {
  try {
    const { at, until, locale: spoken, answers } = JSON.parse(new TextDecoder().decode(bytes));
    // A clock that was set back makes nothing younger.
    if (!(at <= now && now - at <= FRESH_FOR) || (until !== null && now >= until) || spoken !== locale) return undefined;
    const names = Object.keys(questions).filter((name) => answers[name] !== undefined);
    return names.length > 0 ? { at, answers: Object.fromEntries(names.map((name) => [name, JSON.parse(answers[name])])) } : undefined;
  } catch {
    return undefined; // of another release
  }
}

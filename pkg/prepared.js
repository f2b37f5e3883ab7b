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
  /** What pages that ask something else left: it holds as long as nothing happens. */
  #left;
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

  /** What lies there, `record`, follows from what the engine knows now. */
  follows(record) {
    this.#outdated = false;
    this.#left = record;
  }

  /** Something happened. What a question does to the engine leads to no other question. */
  differs() {
    if (this.#asking) return;
    this.#outdated = true;
    this.#left = undefined;
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
    const at = this.#engine.now();
    const ends = documents.flatMap((document) => document?.expiresAt ?? []);
    const until = Math.min(at + FRESH_FOR, ...ends);
    const answers = locale === this.#left?.locale ? { ...this.#left.answers } : {};
    this.#outdated = false;
    this.#asking = true;
    this.#engine.setPeek(true);
    for (const [name, ask] of Object.entries(this.#questions)) {
      delete answers[name];
      safely(() => (answers[name] = { at, until, text: JSON.stringify(ask(this.#engine)) }));
    }
    this.#engine.setPeek(false);
    this.#asking = false;
    return new TextEncoder().encode(JSON.stringify({ locale, answers }));
  }
}

/** What a record holds, `{ locale, answers }`; nothing where it is damaged, or of a release that writes another form. */
export function recordOf(bytes) {
  try {
    const record = JSON.parse(new TextDecoder().decode(bytes));
    return typeof record.answers === 'object' ? record : undefined;
  } catch {
    return undefined;
  }
}

/** `{ answers, at }` of a record that still hold at `now`: the answers to `questions`, and when the oldest was given. */
export function stillHolding(record, questions, { locale = null, now }) {
  if (!record || record.locale !== locale) return undefined;
  const found = { at: now, answers: {} };
  for (const [name, { at, until, text }] of Object.entries(record.answers)) {
    // A clock that was set back makes nothing younger.
    if (!(name in questions) || text === undefined || at > now || now >= until) continue;
    safely(() => {
      found.answers[name] = JSON.parse(text);
      found.at = Math.min(found.at, at);
    });
  }
  return Object.keys(found.answers).length > 0 ? found : undefined;
}

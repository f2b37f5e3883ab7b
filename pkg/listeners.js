// Who listens to what a client tells.

import { RegularsError, safely } from './error.js';

export class Listeners {
  #of;

  /** `events` are the names of what can be listened to. */
  constructor(...events) {
    this.#of = new Map(events.map((event) => [event, new Set()]));
  }

  /** Calls `listener` whenever `event` is told of, until the function given back is called. */
  on(event, listener) {
    const listeners = this.#of.get(event);
    if (!listeners) throw new RegularsError('malformed-request', `no event is called '${event}'`);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Tells of `event`. A listener that throws keeps nobody else from hearing. */
  emit(event, detail) {
    for (const listener of this.#of.get(event)) safely(() => listener(detail));
  }
}

// Asking the network: with a limit of time, with what is known, again where that may help.

import { isHidden } from './page.js';

const WAIT = 10_000;
const TRIES = 3;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 60_000;

/** Why a document did not come. `again` where asking once more may help. */
export class FetchFailure extends Error {
  constructor(code, facts, { again = true, after } = {}) {
    super(code);
    this.code = code;
    this.facts = facts;
    this.again = again;
    this.after = after;
  }
}

/**
 * Asks once. Gives `{ unchanged: true, response }` or `{ bytes, etag, response }`; throws a `FetchFailure`.
 * `etag` is that of the bytes in use.
 */
export async function ask(address, { etag, credentials = 'same-origin', headers = {}, wait = WAIT, missing = false, signal } = {}) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), wait);
  const stop = () => limit.abort();
  signal?.addEventListener('abort', stop);
  try {
    const response = await fetch(address, { headers: etag ? { ...headers, 'if-none-match': etag } : headers, credentials, signal: limit.signal, ...(etag ? {} : { cache: 'no-cache' }) });
    if (response.status === 304) {
      if (etag) return { unchanged: true, response };
      // A cache on the way answers for bytes that nobody here has.
      throw new FetchFailure('unexpected-304', {}, { again: true });
    }
    if (missing && (response.status === 404 || response.status === 410)) return { missing: true, response };
    if (missing && response.status === 204) return { unchanged: true, response };
    if (!response.ok) {
      const again = response.status >= 500 || response.status === 408 || response.status === 429;
      throw new FetchFailure('http-error', { status: response.status }, { again, after: pauseAsked(response) });
    }
    const type = (response.headers.get('content-type') ?? '').split(';')[0].trim();
    if (type === 'text/html') {
      // Most often a page to sign in at: of this network (a hotel's), or of the shop after a session has ended.
      throw new FetchFailure('wrong-type', { type, redirected: response.redirected }, { again: false });
    }
    const bytes = new Uint8Array(await response.arrayBuffer());
    const length = response.headers.get('content-length');
    const encoded = response.headers.get('content-encoding');
    if (length && !encoded && Number(length) !== bytes.length) {
      throw new FetchFailure('truncated', { expected: Number(length), got: bytes.length });
    }
    return { bytes, etag: response.headers.get('etag') ?? '', response };
  } catch (error) {
    if (error instanceof FetchFailure) throw error;
    if (limit.signal.aborted && !signal?.aborted) throw new FetchFailure('timed-out', { after: wait });
    throw new FetchFailure('fetch-failed', { message: String(error?.message ?? error) });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

/** Calls `act` until it succeeds or three times failed; `failed` hears of each failure at once. */
export async function persistently(act, { failed, signal, tries = TRIES } = {}) {
  for (let count = 1; ; count += 1) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof FetchFailure)) throw error;
      failed?.(error);
      if (!error.again || count >= tries || signal?.aborted) throw error;
      await pause(error.after ?? jittered(FIRST_PAUSE * 2 ** (count - 1)), signal);
      if (signal?.aborted) throw error;
    }
  }
}

/** Half to one and a half of `milliseconds`: devices that failed together don't come back together. */
export const jittered = (milliseconds) => milliseconds * (0.5 + Math.random());

/** Waits; ends early where `signal` is aborted. */
export function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Resolves when the page has nothing more urgent to do, or after a second. A page that nobody sees has nothing: there hosts slow timers down. */
export function idle() {
  if (isHidden()) return Promise.resolve();
  return new Promise((resolve) => (typeof requestIdleCallback === 'function' ? requestIdleCallback(resolve, { timeout: 1_000 }) : setTimeout(resolve)));
}

/** How long the server asks to wait, in milliseconds. */
export function pauseAsked(response) {
  const value = response.headers.get('retry-after');
  if (!value) return undefined;
  const seconds = Number(value);
  const wait = Number.isNaN(seconds) ? Date.parse(value) - Date.now() : seconds * 1000;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), LONGEST_PAUSE);
}

/**
 * The server's time just now, by the header of a response; nothing where it has none. A response from a cache on the way
 * says how old it is.
 */
export function serverTime(response, before) {
  const date = Date.parse(response.headers.get('date') ?? '');
  if (Number.isNaN(date)) return undefined;
  const age = Number(response.headers.get('age') ?? 0) * 1000;
  // The header has whole seconds; the middle of the second, seen in the middle of the journey.
  return date + (age || 0) + 500 + Math.round((Date.now() - before) / 2);
}

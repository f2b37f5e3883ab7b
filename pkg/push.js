// How news arrive: asked for from time to time, streamed by a server, or handed over by a host page.

import { jittered } from './network.js';

const POLL_EVERY = 5 * 60_000;
const RECONNECT_FIRST = 1_000;
const RECONNECT_LONGEST = 5 * 60_000;

/** Asks every five minutes, give or take: devices that opened together don't ask together. */
export function poll(refresh, every = POLL_EVERY) {
  let timer;
  const next = () => {
    timer = setTimeout(() => {
      void refresh();
      next();
    }, jittered(every));
    timer.unref?.();
  };
  next();
  return () => clearTimeout(timer);
}

/**
 * Listens to server-sent events at `address`: each is a message as `messageOf` reads it. `connected` is called whenever
 * the stream stands: what came in between was missed. Connects again with growing pauses.
 */
export function stream(address, { heard, connected }) {
  const stopping = new AbortController();
  let pause = RECONNECT_FIRST;
  let timer;

  const stands = () => {
    pause = RECONNECT_FIRST;
    connected();
  };
  const again = () => {
    if (stopping.signal.aborted) return;
    timer = setTimeout(connect, jittered(pause));
    timer.unref?.();
    pause = Math.min(pause * 2, RECONNECT_LONGEST);
  };
  const connect = () => {
    if (stopping.signal.aborted) return;
    if (typeof EventSource === 'function') {
      const source = new EventSource(address, { withCredentials: true });
      const stop = () => source.close();
      stopping.signal.addEventListener('abort', stop);
      source.onopen = stands;
      source.onmessage = ({ data }) => heard(messageOf(data));
      source.onerror = () => {
        // The browser's own attempts don't grow apart, and end after some errors.
        stopping.signal.removeEventListener('abort', stop);
        source.close();
        again();
      };
    } else {
      read(address, stopping.signal, stands, (data) => heard(messageOf(data))).then(again, again);
    }
  };
  connect();
  return () => {
    stopping.abort();
    clearTimeout(timer);
  };
}

/** Server-sent events by `fetch`, for hosts without `EventSource`. Resolves when the stream ends. */
async function read(address, signal, stands, take) {
  const response = await fetch(address, { headers: { accept: 'text/event-stream' }, credentials: 'include', signal });
  if (!response.ok || !response.body) throw new Error(`status ${response.status}`);
  stands();
  const decoder = new TextDecoder();
  let text = '';
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return;
    text += decoder.decode(value, { stream: true });
    const events = text.split(/\r?\n\r?\n/);
    text = events.pop();
    for (const event of events) {
      const lines = event.split(/\r?\n/).filter((line) => line.startsWith('data:'));
      if (lines.length > 0) take(lines.map((line) => line.slice(5).replace(/^ /, '')).join('\n'));
    }
  }
}

/**
 * Listens to what the host page, or the mini-program around a web view, hands over by `postMessage`:
 * `{ regulars: message }`. Only messages from `origins` count; where none are given, from this page's own.
 */
export function messages({ heard, origins }) {
  if (typeof globalThis.addEventListener !== 'function') return () => {};
  const trusted = new Set(origins ?? [globalThis.location?.origin]);
  const listener = (event) => {
    if (!trusted.has(event.origin)) return;
    const { data } = event;
    if (typeof data === 'object' && data !== null && 'regulars' in data) heard(messageOf(data.regulars));
  };
  globalThis.addEventListener('message', listener);
  return () => globalThis.removeEventListener('message', listener);
}

/**
 * A message, however it came: `{ type: 'refresh' | 'catalog' | 'member' | 'delta' | 'snapshot' | 'profile' }`, the last
 * three with `bytes` (bytes, or their base64) or `profile`. Nothing where it is none.
 */
export function messageOf(given) {
  try {
    const message = typeof given === 'string' ? JSON.parse(given) : given;
    if (typeof message !== 'object' || message === null || typeof message.type !== 'string') return undefined;
    return 'bytes' in message ? { ...message, bytes: bytesOf(message.bytes) } : message;
  } catch {
    return undefined;
  }
}

function bytesOf(given) {
  if (typeof given === 'string') return Uint8Array.from(atob(given), (letter) => letter.charCodeAt(0));
  return given instanceof Uint8Array ? given : new Uint8Array(given);
}

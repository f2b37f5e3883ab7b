// What a mini-program's logic layer lacks, put in place of the globals by the bundler (`scripts/build-hosts.sh`): WebAssembly
// under its own name, requests through `wx`, text coding, aborting. Nothing global is touched.
/* global wx, WXWebAssembly */

const REPLACEMENT = 0xfffd;

/** Older hosts do not know the name (iOS below 12.1, WeChat of those days). What the client looks for in it, none of them has. */
const here = typeof globalThis === 'object' ? globalThis : {};
export { here as globalThis };

/** UTF-8, the only coding there is here. */
export class TextEncoder {
  encode(text = '') {
    const bytes = [];
    for (const letter of String(text)) {
      const code = letter.codePointAt(0);
      const point = code >= 0xd800 && code <= 0xdfff ? REPLACEMENT : code;
      if (point < 0x80) bytes.push(point);
      else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 63));
      else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
      else bytes.push(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
    }
    return Uint8Array.from(bytes);
  }

  encodeInto(text, target) {
    const bytes = this.encode(text).subarray(0, target.length);
    target.set(bytes);
    return { read: text.length, written: bytes.length };
  }
}

/** UTF-8; what comes out of the engine is sound, and what is not becomes U+FFFD. */
export class TextDecoder {
  decode(given) {
    if (given === undefined) return '';
    const bytes = given instanceof Uint8Array ? given : new Uint8Array(given.buffer ?? given, given.byteOffset ?? 0, given.byteLength);
    let text = '';
    let codes = [];
    for (let at = 0; at < bytes.length; ) {
      const first = bytes[at++];
      const more = first < 0x80 ? 0 : first < 0xc2 ? -1 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : -1;
      let code = more <= 0 ? first : first & (0x3f >> more);
      let sound = more >= 0;
      for (let left = more; left > 0; left -= 1) {
        if ((bytes[at] & 0xc0) !== 0x80) {
          sound = false;
          break;
        }
        code = (code << 6) | (bytes[at++] & 63);
      }
      if (!sound || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) code = REPLACEMENT;
      if (code > 0xffff) codes.push(0xd800 + ((code - 0x10000) >> 10), 0xdc00 + ((code - 0x10000) & 0x3ff));
      else codes.push(code);
      if (codes.length > 4096) {
        text += String.fromCharCode(...codes);
        codes = [];
      }
    }
    return text + String.fromCharCode(...codes);
  }
}

class Signal {
  aborted = false;
  #listeners = new Set();

  addEventListener(_, listener) {
    this.#listeners.add(listener);
  }

  removeEventListener(_, listener) {
    this.#listeners.delete(listener);
  }

  abort() {
    if (this.aborted) return;
    this.aborted = true;
    for (const listener of this.#listeners) listener();
  }
}

export class AbortController {
  signal = new Signal();

  abort() {
    this.signal.abort();
  }
}

/** `fetch` over `wx.request`, as much of it as the client uses. */
export function fetch(address, { method = 'GET', headers = {}, body, signal } = {}) {
  return new Promise((resolve, reject) => {
    const request = wx.request({
      url: String(address),
      method,
      header: headers,
      data: body,
      // As bytes, whatever the type says.
      dataType: 'text',
      responseType: 'arraybuffer',
      success({ data, statusCode, header }) {
        const names = new Map(Object.entries(header ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]));
        // The host has decoded what was compressed, and keeps the header that says so.
        if (names.has('content-encoding')) names.delete('content-length');
        resolve({
          status: statusCode,
          ok: statusCode >= 200 && statusCode < 300,
          redirected: false,
          headers: { get: (name) => names.get(name) ?? null },
          arrayBuffer: async () => (typeof data === 'string' ? new TextEncoder().encode(data).buffer : data),
        });
      },
      fail: ({ errMsg } = {}) => reject(new Error(errMsg ?? 'the request failed')),
    });
    signal?.addEventListener('abort', () => request?.abort?.());
  });
}

export const performance = { now: () => Date.now() };

/**
 * The host's WebAssembly takes the path of a file in the code package and nothing else: a source is `{ path }`. Where the
 * host has the usual object too (the devtools), it is not used.
 */
const Nothing = class {};
export const WebAssembly =
  typeof WXWebAssembly === 'undefined'
    ? undefined
    : { instantiate: ({ path }, imports) => WXWebAssembly.instantiate(path, imports), Module: Nothing, Instance: Nothing };

// What concerns a person is encrypted before it is kept, where the host has a place for a key that cannot be read out.

const NAME = 'person';
const PLAIN = 1;
const ENCRYPTED = 2;
const NONCE = 12;

/**
 * Seals records with AES-256-GCM under a key that scripts can use but not read. Each record is bound to the name it is
 * kept under. Without WebCrypto or a place for the key, records are kept as they are, and `encrypts` is false.
 */
export function vaultFor(storage) {
  let encrypts = false;
  let asked;
  const ask = () => (asked = keyOf(storage).then((key) => ((encrypts = Boolean(key)), key)));
  ask();
  return {
    /** Resolves when it is known whether there is a key; what is kept can be read meanwhile. */
    get ready() {
      return asked;
    },

    get encrypts() {
      return encrypts;
    },

    async seal(name, bytes) {
      const key = await asked;
      if (!key) return joined([PLAIN], bytes);
      const iv = crypto.getRandomValues(new Uint8Array(NONCE));
      const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(name) }, key, bytes);
      return joined([ENCRYPTED], iv, new Uint8Array(sealed));
    },

    /** Rejects where the record was changed, kept under another name, or sealed with a key that is gone. */
    async open(name, record) {
      const key = await asked;
      if (record[0] === PLAIN && !key) return record.subarray(1);
      if (record[0] !== ENCRYPTED || !key) throw new Error('the record is not sealed as it should be');
      const iv = record.subarray(1, 1 + NONCE);
      const opened = await crypto.subtle.decrypt(
        { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(name) },
        key,
        record.subarray(1 + NONCE),
      );
      return new Uint8Array(opened);
    },

    /** Another tab threw the key away: takes the one in its place. */
    async renew() {
      await ask();
    },

    /** Throws the key away: what was sealed can never be opened again. */
    async forget() {
      if (!(await asked)) return;
      await storage.forgetSecret(NAME);
      await ask();
    },
  };
}

async function keyOf(storage) {
  try {
    if (!storage.secret || !globalThis.crypto?.subtle) return undefined;
    const known = await storage.secret(NAME);
    return known ?? (await storage.secret(NAME, await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])));
  } catch {
    return undefined; // an old web view that cannot keep keys
  }
}

export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

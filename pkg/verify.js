// Digest and signature by the host's own cryptography where it has them: the engine's own are slower and only the fallback.

const MAGIC = 0x89;
const HEADER = 192;
/** The part of the header that the digest covers; the signature covers twice as much. */
const DIGESTED = 64;
/** The body is digested in blocks: hosts copy what they digest, and large copies are dear. */
const BLOCK = 1 << 17;

/** What was found, and in which bytes. */
const found = new WeakMap();

/** Whether bytes begin like a binary snapshot or delta. */
export const isBinary = (bytes) => bytes[0] === MAGIC;

/** The digest that names a binary snapshot, in hexadecimal digits. */
export const digestOf = (bytes) => Array.from(bytes.subarray(64, 96), (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * What `loadCatalog` and `applyDelta` take as `checked`: the digest of the bytes, and whether the key that the header
 * names, if it is one of `publicKeys`, made the signature. Nothing where the host has no WebCrypto, or where others can
 * write into the bytes (shared memory). It counts for these bytes alone, which nobody may change any more.
 */
export async function checkedByHost(bytes, publicKeys) {
  if (!globalThis.crypto?.subtle || !isBinary(bytes) || bytes.length < HEADER) return undefined;
  try {
    const [digest, signature] = await Promise.all([digestByHost(bytes), signedByHost(bytes, publicKeys ?? [])]);
    const checked = Object.freeze({ digest, signature });
    found.set(checked, bytes);
    return checked;
  } catch {
    return undefined;
  }
}

/** `options` with `checked` only where `checkedByHost` found it, and in these bytes: all else the engine computes itself. */
export function vouched(bytes, options) {
  if (!options?.checked || found.get(options.checked) === bytes) return options;
  return { ...options, checked: undefined };
}

async function digestByHost(bytes) {
  const { subtle } = crypto;
  const blocks = [];
  for (let at = HEADER; at < bytes.length; at += BLOCK) blocks.push(subtle.digest('SHA-256', bytes.subarray(at, at + BLOCK)));
  const covered = new Uint8Array(DIGESTED + 32 * blocks.length);
  covered.set(bytes.subarray(0, DIGESTED));
  (await Promise.all(blocks)).forEach((digest, place) => covered.set(new Uint8Array(digest), DIGESTED + 32 * place));
  return new Uint8Array(await subtle.digest('SHA-256', covered));
}

/** False also where the host does not know Ed25519: then the engine looks. */
async function signedByHost(bytes, publicKeys) {
  const { subtle } = crypto;
  try {
    for (const bytesOfKey of publicKeys) {
      const name = new Uint8Array(await subtle.digest('SHA-256', bytesOfKey)).subarray(0, 8);
      if (!name.every((byte, place) => byte === bytes[48 + place])) continue;
      const key = await subtle.importKey('raw', bytesOfKey, 'Ed25519', false, ['verify']);
      if (await subtle.verify('Ed25519', key, bytes.subarray(128, HEADER), bytes.subarray(0, 2 * DIGESTED))) return true;
    }
  } catch {
    // Chrome before 137, Safari before 17: no Ed25519.
  }
  return false;
}

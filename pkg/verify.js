// Digest and signature by the host's own cryptography where it has them: the engine's own are slower and only the fallback.

const MAGIC = 0x89;
const HEADER = 192;

/** Whether bytes begin like a binary snapshot or delta. */
export const isBinary = (bytes) => bytes[0] === MAGIC;

/** The digest that names a binary snapshot, in hexadecimal digits. */
export const digestOf = (bytes) => Array.from(bytes.subarray(64, 96), (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * What `loadCatalog` and `applyDelta` take as `checked`: the digest of the bytes, and whether the key that the header
 * names, if it is one of `publicKeys`, made the signature. Nothing where the host has no WebCrypto.
 */
export async function checkedByHost(bytes, publicKeys) {
  const { subtle } = globalThis.crypto ?? {};
  if (!subtle || !isBinary(bytes) || bytes.length < HEADER) return undefined;
  try {
    const covered = new Uint8Array(bytes.length - HEADER + 64);
    covered.set(bytes.subarray(0, 64));
    covered.set(bytes.subarray(HEADER), 64);
    const [digest, signature] = await Promise.all([subtle.digest('SHA-256', covered), signedByHost(bytes, publicKeys ?? [])]);
    return { digest: new Uint8Array(digest), signature };
  } catch {
    return undefined;
  }
}

/** False also where the host does not know Ed25519: then the engine looks. */
async function signedByHost(bytes, publicKeys) {
  const { subtle } = crypto;
  try {
    for (const bytesOfKey of publicKeys) {
      const name = new Uint8Array(await subtle.digest('SHA-256', bytesOfKey)).subarray(0, 8);
      if (!name.every((byte, place) => byte === bytes[48 + place])) continue;
      const key = await subtle.importKey('raw', bytesOfKey, 'Ed25519', false, ['verify']);
      if (await subtle.verify('Ed25519', key, bytes.subarray(128, HEADER), bytes.subarray(0, 128))) return true;
    }
  } catch {
    // Chrome before 137, Safari before 17: no Ed25519.
  }
  return false;
}

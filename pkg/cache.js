// What was accepted and is kept: catalogs, shared by all members, in two generations; and what concerns one member.

import { entries, follow, writeAll } from './storage.js';
import { isBinary } from './verify.js';
import { joined } from './vault.js';

const encode = (value) => new TextEncoder().encode(JSON.stringify(value));
const decode = (bytes) => JSON.parse(new TextDecoder().decode(bytes));

/**
 * The catalog of one address. The pointer names the generation in use and the one before, and both change together:
 * whatever is torn down in the middle, the pointer names bytes that were written whole. Bytes are kept as fetched, signed,
 * and checked at each load.
 */
export class CatalogCache {
  #storage;
  #name;

  constructor(storage, address) {
    this.#storage = storage;
    this.#name = `catalog ${address}`;
  }

  /** `{ current, previous?, etag, version, shop }`; nothing where nothing is kept, or the pointer is damaged. */
  async pointer() {
    return pointerOf(await this.#storage.get(this.#name));
  }

  /** The pointer, and a promise of the bytes of the generation in use. */
  async newest() {
    const [kept, bytes] = await follow(this.#storage, this.#name, (kept) => {
      const pointer = pointerOf(kept);
      return pointer && `${this.#name} ${pointer.current}`;
    });
    return { pointer: pointerOf(kept), bytes };
  }

  bytes(generation) {
    return this.#storage.get(`${this.#name} ${generation}`);
  }

  /** Makes `bytes` the generation in use, and keeps the one before for when these turn out to be damaged. */
  async keep(bytes, { etag, version, shop }) {
    const before = await this.pointer();
    const current = nameOf(bytes, version);
    const previous = before && before.current !== current ? before.current : before?.previous;
    const changes = [
      [`${this.#name} ${current}`, bytes],
      [this.#name, encode({ current, previous, etag, version, shop })],
    ];
    const older = before?.previous;
    if (older && older !== previous && older !== current) changes.push([`${this.#name} ${older}`, undefined]);
    try {
      await writeAll(this.#storage, changes);
    } catch (error) {
      // No room for two generations: one is better than none.
      const spare = [before?.previous].filter((generation) => generation && generation !== current);
      if (spare.length === 0) throw error;
      await writeAll(this.#storage, spare.map((generation) => [`${this.#name} ${generation}`, undefined]));
      await writeAll(this.#storage, changes.slice(0, 2));
    }
  }

  /** The validator changed though the bytes did not. */
  async confirm(etag) {
    const pointer = await this.pointer();
    if (pointer && pointer.etag !== etag) await this.#storage.set(this.#name, encode({ ...pointer, etag }));
  }
}

function pointerOf(kept) {
  if (!kept) return undefined;
  try {
    const pointer = decode(kept);
    return typeof pointer.current === 'string' ? pointer : undefined;
  } catch {
    return undefined;
  }
}

/** A name that other bytes don't have: the snapshot's own digest, where it is binary. */
function nameOf(bytes, version) {
  if (!isBinary(bytes)) return `json-${version}-${bytes.length}-${Math.random().toString(36).slice(2)}`;
  return Array.from(bytes.subarray(64, 80), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A member's profile with its validator, and the state of each tab, sealed. */
export class PersonCache {
  #storage;
  #vault;
  #profile;
  #prepared;
  #states;

  constructor(storage, vault, { catalog, member }) {
    this.#storage = storage;
    this.#vault = vault;
    this.#profile = `member ${catalog} ${member ?? ''}`;
    this.#prepared = `prepared ${catalog} ${member ?? ''}`;
    this.#states = `state ${catalog} ${member ?? ''} `;
  }

  async profile() {
    const kept = await this.#storage.get(this.#profile);
    if (!kept) return undefined;
    const record = await this.#vault.open(this.#profile, kept);
    const length = new DataView(record.buffer, record.byteOffset).getUint32(0);
    return { etag: new TextDecoder().decode(record.subarray(4, 4 + length)), bytes: record.subarray(4 + length) };
  }

  async keepProfile(bytes, etag) {
    const head = new TextEncoder().encode(etag);
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, head.length);
    const sealed = await this.#vault.seal(this.#profile, joined(length, head, bytes));
    await writeAll(this.#storage, [[this.#profile, sealed], [this.#prepared, undefined]]);
  }

  forgetProfile() {
    return writeAll(this.#storage, [[this.#profile, undefined], [this.#prepared, undefined]]);
  }

  /** What the page before left ready; nothing where something happened since. */
  async prepared() {
    const kept = await this.#storage.get(this.#prepared);
    return kept && this.#vault.open(this.#prepared, kept);
  }

  async keepPrepared(bytes) {
    await this.#storage.set(this.#prepared, await this.#vault.seal(this.#prepared, bytes));
  }

  /** The tabs that left a state. */
  async tabs() {
    if (!this.#storage.keys) return ['main'];
    return (await this.#storage.keys(this.#states)).map((key) => key.slice(this.#states.length));
  }

  /** The states that tabs left: `[tab, sealed]`, to be opened by `opened`. */
  async states() {
    if (!this.#storage.keys) {
      const kept = await this.#storage.get(`${this.#states}main`);
      return kept ? [['main', kept]] : [];
    }
    return (await entries(this.#storage, this.#states)).map(([key, sealed]) => [key.slice(this.#states.length), sealed]);
  }

  opened(tab, sealed) {
    return this.#vault.open(this.#states + tab, sealed);
  }

  /** Keeps the state of `tab`, which has taken over those of the tabs `adopted`: both or neither. With `outdated`, what lay ready goes. */
  async keepState(tab, bytes, { adopted = [], outdated = false } = {}) {
    const name = this.#states + tab;
    const changes = [[name, await this.#vault.seal(name, bytes)]];
    if (outdated) changes.push([this.#prepared, undefined]);
    for (const other of adopted) if (other !== tab) changes.push([this.#states + other, undefined]);
    await writeAll(this.#storage, changes);
  }

  forgetState(tab) {
    return this.#storage.delete(this.#states + tab);
  }

  /** Nothing of the person is left, and what a backup may still hold cannot be opened. */
  async forget() {
    const changes = [[this.#profile, undefined], [this.#prepared, undefined], ...(await this.tabs()).map((tab) => [this.#states + tab, undefined])];
    await writeAll(this.#storage, changes);
    await this.#vault.forget();
  }
}

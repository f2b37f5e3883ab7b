// Where fetched snapshots and the device's state are kept: bytes under keys.
//
// A storage has `get`, `set` and `delete`. One that can do more says so by having it: `write` makes several changes at
// once or not at all, `keys` lists what begins alike, `entries` and `follow` read several records at once, `secret` keeps a
// key that cannot be read out, `shared` tells that other tabs see the same.

/** How long a storage may take before it counts as broken: web views leave requests unanswered. */
const PATIENCE = 5_000;

/**
 * From so many bytes on a record is kept as a file, which Chromium reads in half the time. Elsewhere files in a database have
 * got lost (WebKit), and bytes stay bytes.
 */
const LARGE = 1 << 18;
const asFiles = () => Boolean(globalThis.navigator?.userAgentData);

const packed = (bytes) => (bytes.length >= LARGE && asFiles() ? new Blob([bytes]) : bytes);

/** The bytes of a record; none where its file is gone. */
async function unpacked(value) {
  if (typeof Blob !== 'function' || !(value instanceof Blob)) return value;
  return value.arrayBuffer().then((buffer) => new Uint8Array(buffer), () => undefined);
}

/** Forgets when the page goes. */
export function memoryStorage() {
  const kept = new Map();
  return {
    kind: 'memory',
    get: async (key) => kept.get(key),
    set: async (key, bytes) => void kept.set(key, bytes),
    delete: async (key) => void kept.delete(key),
    keys: async (start) => [...kept.keys()].filter((key) => key.startsWith(start)),
    write: async (changes) => changes.forEach(([key, bytes]) => (bytes === undefined ? kept.delete(key) : kept.set(key, bytes))),
  };
}

/**
 * One object store of bytes, and one of keys that cannot be read out. The connection is opened when it is needed and
 * opened once more where it was lost: web views drop connections of pages in the background.
 */
export function indexedDbStorage(name = 'regulars') {
  let connection = null;

  const opened = () => {
    connection ??= patiently(
      new Promise((resolve, reject) => {
        const request = indexedDB.open(name, 1);
        request.onupgradeneeded = () => {
          request.result.createObjectStore('bytes');
          request.result.createObjectStore('secrets');
        };
        request.onsuccess = () => {
          const database = request.result;
          const lost = () => {
            database.close();
            connection = null;
          };
          // A newer page wants to change the form, or the host took the database away.
          database.onversionchange = lost;
          database.onclose = lost;
          resolve(database);
        };
        request.onerror = () => reject(request.error);
        request.onblocked = () => reject(new Error('the database is held by another tab'));
      }),
    ).catch((error) => {
      connection = null;
      throw error;
    });
    return connection;
  };

  const once = async (store, mode, act) => {
    const database = await opened();
    return patiently(
      new Promise((resolve, reject) => {
        const transaction = database.transaction(store, mode, { durability: 'relaxed' });
        const request = act(transaction.objectStore(store), resolve);
        transaction.oncomplete = () => resolve(request?.result);
        // What was read is there at once; what was written counts when all of it is.
        if (mode === 'readonly' && request) request.onsuccess = () => resolve(request.result);
        transaction.onabort = () => reject(transaction.error ?? new Error('the transaction was aborted'));
        transaction.onerror = () => reject(transaction.error ?? request?.error);
      }),
    );
  };
  const twice = (store, mode, act) =>
    once(store, mode, act).catch(async (error) => {
      if (error?.name === 'QuotaExceededError') throw error;
      (await connection?.catch(() => {}))?.close();
      connection = null;
      return once(store, mode, act);
    });

  return {
    kind: 'indexeddb',
    shared: true,
    get: (key) => twice('bytes', 'readonly', (store) => store.get(key)).then(unpacked),
    set: (key, bytes) => twice('bytes', 'readwrite', (store) => store.put(packed(bytes), key)),
    delete: (key) => twice('bytes', 'readwrite', (store) => store.delete(key)),
    keys: (start) => twice('bytes', 'readonly', (store) => store.getAllKeys(IDBKeyRange.bound(start, `${start}\uffff`))),
    write: (changes) =>
      twice('bytes', 'readwrite', (store) => {
        for (const [key, bytes] of changes) bytes === undefined ? store.delete(key) : store.put(packed(bytes), key);
      }),
    async entries(start) {
      let keys;
      const values = await twice('bytes', 'readonly', (store) => {
        const range = IDBKeyRange.bound(start, `${start}\uffff`);
        keys = store.getAllKeys(range);
        return store.getAll(range);
      });
      return Promise.all(keys.result.map(async (key, place) => [key, await unpacked(values[place])]));
    },
    async follow(key, next) {
      const [first, second] = await twice('bytes', 'readonly', (store, found) => {
        store.get(key).onsuccess = ({ target: { result } }) => {
          const other = result && next(result);
          if (other === undefined) return found([result]);
          store.get(other).onsuccess = ({ target }) => found([result, target.result]);
        };
      });
      return [first, unpacked(second)];
    },
    /** The key kept under `name`; where there is none, the one given, unless another tab was faster. */
    async secret(name, made) {
      const found = await twice('secrets', 'readonly', (store) => store.get(name));
      if (found || !made) return found;
      await twice('secrets', 'readwrite', (store) => {
        store.get(name).onsuccess = ({ target }) => {
          if (!target.result) store.put(made, name);
        };
      });
      return twice('secrets', 'readonly', (store) => store.get(name));
    },
    forgetSecret: (name) => twice('secrets', 'readwrite', (store) => store.delete(name)),
  };
}

/**
 * The storage asked for, or memory where the host does not give it: then `missing` says why. `look` is what is read first;
 * `found` is its answer.
 */
export async function storageFor(wanted, look) {
  const storage = wanted && typeof wanted === 'object' ? wanted : wanted === 'memory' ? memoryStorage() : indexedDbStorage();
  try {
    if (storage.kind === 'indexeddb' && !globalThis.indexedDB) throw Object.assign(new Error(), { name: 'NotSupportedError' });
    return { storage, found: await look(storage) };
  } catch (error) {
    if (storage.kind !== 'indexeddb') throw error;
    const memory = memoryStorage();
    return { storage: memory, found: await look(memory), missing: error?.name ?? 'Error' };
  }
}

/** The record under `key`, and a promise of the one under the key that `next` makes of it. */
export async function follow(storage, key, next) {
  if (storage.follow) return storage.follow(key, next);
  const first = await storage.get(key);
  const other = first && next(first);
  return [first, Promise.resolve(other === undefined ? undefined : storage.get(other))];
}

/** The records whose keys begin with `start`: `[key, bytes]`. */
export async function entries(storage, start) {
  if (storage.entries) return storage.entries(start);
  const keys = await storage.keys(start);
  return Promise.all(keys.map(async (key) => [key, await storage.get(key)]));
}

/** Several changes: at once where the storage can, else in order, so that what points to something is written after it. */
export async function writeAll(storage, changes) {
  if (storage.write) return storage.write(changes);
  for (const [key, bytes] of changes) {
    if (bytes !== undefined) await storage.set(key, bytes);
  }
  for (const [key, bytes] of changes) {
    if (bytes === undefined) await storage.delete(key);
  }
}

function patiently(promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('the storage does not answer'), { name: 'TimeoutError' })), PATIENCE);
    timer.unref?.();
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// Where fetched snapshots and the device's state are kept: bytes under keys.

/** Forgets when the page goes. */
export function memoryStorage() {
  const kept = new Map();
  return {
    get: async (key) => kept.get(key),
    set: async (key, bytes) => void kept.set(key, bytes),
    delete: async (key) => void kept.delete(key),
  };
}

/**
 * One object store of bytes. The database is opened for each use and opened once more where the connection was lost:
 * web views drop connections of pages in the background.
 */
export function indexedDbStorage(name = 'regulars') {
  const opened = () =>
    new Promise((resolve, reject) => {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore('bytes');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
      request.onblocked = () => reject(new Error('the database is held by another tab'));
    });

  const once = async (mode, act) => {
    const database = await opened();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = database.transaction('bytes', mode, { durability: 'relaxed' });
        const request = act(transaction.objectStore('bytes'));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onabort = () => reject(transaction.error);
        transaction.onerror = () => reject(transaction.error);
      });
    } finally {
      database.close();
    }
  };
  const twice = (mode, act) => once(mode, act).catch((error) => (error?.name === 'QuotaExceededError' ? Promise.reject(error) : once(mode, act)));

  return {
    get: (key) => twice('readonly', (store) => store.get(key)),
    set: (key, bytes) => twice('readwrite', (store) => store.put(bytes, key)),
    delete: (key) => twice('readwrite', (store) => store.delete(key)),
  };
}

/** The storage asked for, or memory where the host does not give it: then `missing` says why. */
export async function storageFor(wanted) {
  if (wanted && typeof wanted === 'object') return { storage: wanted };
  if (wanted === 'memory') return { storage: memoryStorage() };
  try {
    const storage = indexedDbStorage();
    await storage.get('probe');
    return { storage };
  } catch (error) {
    return { storage: memoryStorage(), missing: error?.name ?? 'Error' };
  }
}

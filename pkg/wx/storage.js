// Storages of a mini-program: user files, or key and value. Both survive a crash in the middle of a write.
/* global wx */

const PREFIX = 'regulars:';
/** 1 MB a key is allowed, and base64 takes four bytes for three. */
const PART = 720_000;
const FOLDER = 'regulars';

const called = (name, given) =>
  new Promise((resolve, reject) => {
    wx[name]({ ...given, success: resolve, fail: reject });
  });

const failed = ({ errMsg } = {}) =>
  Object.assign(new Error(errMsg), { name: /exceed|quota|limit|space/i.test(errMsg ?? '') ? 'QuotaExceededError' : 'StorageError' });

/**
 * `wx.setStorage`: 1 MB a key, 10 MB in all, so what is longer is cut into parts. The entry of a key names its parts and is
 * written after them: until then it names the old ones.
 */
export function wxStorage() {
  const read = async (key) => {
    try {
      return (await called('getStorage', { key: PREFIX + key })).data;
    } catch {
      return undefined;
    }
  };
  const remove = (key) => called('removeStorage', { key }).catch(() => {});
  const partName = (key, stamp, place) => `${PREFIX}${key}#${stamp}.${place}`;
  const removeParts = async (key, entry) => {
    for (let place = 0; place < (entry?.parts ?? 0); place += 1) await remove(partName(key, entry.stamp, place));
  };
  return {
    kind: 'wx-storage',
    async get(key) {
      const entry = await read(key);
      if (!entry) return undefined;
      if (entry.bytes !== undefined) return bytesOf(entry.bytes);
      const whole = new Uint8Array(entry.length);
      for (let place = 0, at = 0; place < entry.parts; place += 1) {
        const { data } = await called('getStorage', { key: partName(key, entry.stamp, place) });
        const part = bytesOf(data);
        whole.set(part, at);
        at += part.length;
      }
      return whole;
    },
    async set(key, bytes) {
      const before = await read(key);
      const parts = Math.ceil(bytes.length / PART);
      const entry = parts <= 1 ? { bytes: textOf(bytes) } : { parts, length: bytes.length, stamp: Date.now().toString(36) + Math.random().toString(36).slice(2, 6) };
      try {
        if (entry.parts) {
          for (let place = 0; place < parts; place += 1) {
            await called('setStorage', { key: partName(key, entry.stamp, place), data: textOf(bytes.subarray(place * PART, (place + 1) * PART)) });
          }
        }
        await called('setStorage', { key: PREFIX + key, data: entry });
      } catch (error) {
        await removeParts(key, entry);
        throw failed(error);
      }
      await removeParts(key, before);
    },
    async delete(key) {
      const before = await read(key);
      await remove(PREFIX + key);
      await removeParts(key, before);
    },
    async keys(start) {
      const { keys } = await called('getStorageInfo');
      const own = keys.filter((key) => key.startsWith(PREFIX + start) && !/#[0-9a-z]+\.\d+$/.test(key));
      return own.map((key) => key.slice(PREFIX.length));
    },
  };
}

/**
 * User files, which have room for a large catalog (200 MB). A file is written beside the old one and moved over it; it
 * begins with the key it is for.
 */
export function wxFiles() {
  const files = wx.getFileSystemManager();
  const folder = `${wx.env.USER_DATA_PATH}/${FOLDER}`;
  const done = (name, given) => new Promise((resolve, reject) => files[name]({ ...given, success: resolve, fail: reject }));
  const path = (key) => `${folder}/${nameOf(key)}`;
  const made = done('mkdir', { dirPath: folder, recursive: true }).catch(() => {}); // it is there already
  const read = async (filePath) => {
    const whole = new Uint8Array((await done('readFile', { filePath })).data);
    const length = (whole[0] << 8) | whole[1];
    return { key: decodeURIComponent(String.fromCharCode(...whole.subarray(2, 2 + length))), bytes: whole.subarray(2 + length) };
  };
  return {
    kind: 'wx-files',
    async get(key) {
      try {
        return (await read(path(key))).bytes;
      } catch {
        return undefined;
      }
    },
    async set(key, bytes) {
      await made;
      const name = encodeURIComponent(key);
      const whole = new Uint8Array(2 + name.length + bytes.length);
      whole.set([name.length >> 8, name.length & 255]);
      for (let at = 0; at < name.length; at += 1) whole[2 + at] = name.charCodeAt(at);
      whole.set(bytes, 2 + name.length);
      try {
        await done('writeFile', { filePath: `${path(key)}.part`, data: whole.buffer });
        await done('rename', { oldPath: `${path(key)}.part`, newPath: path(key) });
      } catch (error) {
        await done('unlink', { filePath: `${path(key)}.part` }).catch(() => {});
        throw failed(error);
      }
    },
    async delete(key) {
      await done('unlink', { filePath: path(key) }).catch(() => {}); // it was not there
    },
    async keys(start) {
      await made;
      const { files: names } = await done('readdir', { dirPath: folder });
      const keys = [];
      for (const name of names) {
        if (name.endsWith('.part')) continue;
        const found = await read(`${folder}/${name}`).catch(() => undefined);
        if (found?.key.startsWith(start)) keys.push(found.key);
      }
      return keys;
    },
  };
}

/** A file's name for a key, whose own letters a path would not take: two independent 32-bit FNV-1a hashes. */
function nameOf(key) {
  let [one, two] = [0x811c9dc5, 0x01000193];
  for (let at = 0; at < key.length; at += 1) {
    const code = key.charCodeAt(at);
    one = Math.imul(one ^ code, 0x01000193);
    two = Math.imul(two ^ (code + at), 0x811c9dc5);
  }
  return (one >>> 0).toString(16).padStart(8, '0') + (two >>> 0).toString(16).padStart(8, '0');
}

const textOf = (bytes) => wx.arrayBufferToBase64(bytes.slice().buffer);
const bytesOf = (text) => new Uint8Array(wx.base64ToArrayBuffer(text));

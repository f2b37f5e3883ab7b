// A stand-in for the logic layer of a WeChat mini-program, as strict as its documents say (developers.weixin.qq.com:
// framework/performance/wasm, framework/ability/storage, framework/ability/file-system): a context of its own without
// WebAssembly, TextDecoder, fetch, URL, crypto, document and window; WXWebAssembly that takes a path of the code package
// and nothing else, and no exported globals; 1 MB a key and 10 MB in all; requests through `wx`.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { brotliDecompressSync } from 'node:zlib';

const MB = 1024 * 1024;

/**
 * `folder` is the mini-program's code, `regulars` what stands in its folder `regulars/`, `globalData` what `getApp()` has.
 * What is kept outlives what is opened. `without` names globals that an older WeChat does not know.
 */
export function miniProgram({ folder = '/nowhere', regulars, address, globalData, without = [] }) {
  const kept = new Map();
  const files = new Map();
  const folders = new Set();
  const requests = [];
  const listeners = { hide: new Set(), show: new Set(), network: new Set() };
  let isFull = false;

  const later = (act) => setTimeout(act, 0);
  /** Calls back as `wx` does: `success` or `fail` with `errMsg`. */
  const answered = (name, { success, fail }, act) =>
    later(() => {
      let result;
      try {
        result = act();
      } catch (error) {
        fail?.({ errMsg: `${name}:fail ${error.message}` });
        return;
      }
      success?.({ ...result, errMsg: `${name}:ok` });
    });
  const refuse = (message) => {
    throw new Error(message);
  };
  const size = (map, sizeOf) => [...map.values()].reduce((sum, value) => sum + sizeOf(value), 0);

  const fileManager = {
    mkdir: (given) => answered('mkdir', given, () => (folders.has(given.dirPath) ? refuse('file already exists') : void folders.add(given.dirPath))),
    readdir: (given) => answered('readdir', given, () => ({ files: [...files.keys()].filter((path) => dirname(path) === given.dirPath).map((path) => path.slice(given.dirPath.length + 1)) })),
    readFile: (given) => answered('readFile', given, () => ({ data: (files.get(given.filePath) ?? refuse(`no such file or directory ${given.filePath}`)).slice(0) })),
    writeFile: (given) =>
      answered('writeFile', given, () => {
        if (Object.prototype.toString.call(given.data) !== '[object ArrayBuffer]') refuse('data must be an ArrayBuffer');
        if (!folders.has(dirname(given.filePath))) refuse('no such file or directory');
        if (isFull || size(files, (data) => data.byteLength) + given.data.byteLength > 200 * MB) refuse('the maximum size of the file storage limit is exceeded');
        files.set(given.filePath, given.data.slice(0));
      }),
    rename: (given) =>
      answered('rename', given, () => {
        files.set(given.newPath, files.get(given.oldPath) ?? refuse('no such file or directory'));
        files.delete(given.oldPath);
      }),
    unlink: (given) => answered('unlink', given, () => (files.delete(given.filePath) ? undefined : refuse('no such file or directory'))),
  };

  const wx = {
    env: { USER_DATA_PATH: 'http://usr' },
    getFileSystemManager: () => fileManager,
    getStorage: (given) => answered('getStorage', given, () => ({ data: JSON.parse(kept.get(given.key) ?? refuse('data not found')) })),
    setStorage: (given) =>
      answered('setStorage', given, () => {
        const text = JSON.stringify(given.data); // only what JSON can hold is kept
        if (text.length > MB) refuse('entry size limit reached');
        const others = size(kept, (known) => known.length) - (kept.get(given.key)?.length ?? 0);
        if (isFull || others + text.length > 10 * MB) refuse('exceed storage max size 10Mb');
        kept.set(given.key, text);
      }),
    removeStorage: (given) => answered('removeStorage', given, () => void kept.delete(given.key)),
    getStorageInfo: (given) => answered('getStorageInfo', given, () => ({ keys: [...kept.keys()] })),
    arrayBufferToBase64: (buffer) => Buffer.from(buffer).toString('base64'),
    base64ToArrayBuffer: (text) => Uint8Array.from(Buffer.from(text, 'base64')).buffer,
    request(given) {
      requests.push(given);
      const limit = new AbortController();
      const body = given.data === undefined || typeof given.data === 'string' ? given.data : JSON.stringify(given.data);
      const header = body === undefined ? given.header : { 'content-type': 'application/json', ...given.header };
      fetch(given.url, { method: given.method ?? 'GET', headers: header, body, signal: limit.signal })
        .then(async (response) => ({ data: await response.arrayBuffer(), statusCode: response.status, header: Object.fromEntries(response.headers) }))
        .then(
          (answer) => given.success?.({ ...answer, errMsg: 'request:ok' }),
          (error) => given.fail?.({ errMsg: `request:fail ${error.message}` }),
        );
      return { abort: () => limit.abort() };
    },
    onAppHide: (listener) => listeners.hide.add(listener),
    offAppHide: (listener) => listeners.hide.delete(listener),
    onAppShow: (listener) => listeners.show.add(listener),
    offAppShow: (listener) => listeners.show.delete(listener),
    onNetworkStatusChange: (listener) => listeners.network.add(listener),
    offNetworkStatusChange: (listener) => listeners.network.delete(listener),
  };

  const WXWebAssembly = {
    async instantiate(path, imports) {
      if (typeof path !== 'string' || !/^\/?[\w/.-]+\.wasm(\.br)?$/.test(path)) throw new TypeError('instantiate: only a path of a .wasm or .wasm.br file in the code package');
      const file = join(regulars, path.replace(/^\/?regulars\//, ''));
      if (!existsSync(file)) throw new Error(`instantiate: ${path} not found`);
      const bytes = path.endsWith('.br') ? brotliDecompressSync(readFileSync(file)) : readFileSync(file);
      const { instance } = await WebAssembly.instantiate(bytes, imports);
      for (const [name, value] of Object.entries(instance.exports)) {
        if (value instanceof WebAssembly.Global) throw new TypeError(`instantiate: exported Global ${name} is not supported`);
      }
      return { instance: { exports: instance.exports } };
    },
  };

  /** A fresh logic layer: what a start of the mini-program sees. */
  function logicLayer() {
    const pages = [];
    const context = createContext({
      wx,
      WXWebAssembly,
      console,
      setTimeout: (act, wait, ...given) => Number(setTimeout(act, wait, ...given)),
      setInterval: (act, wait, ...given) => Number(setInterval(act, wait, ...given)),
      clearTimeout,
      clearInterval,
      getApp: () => ({ globalData: own }),
      Page: (page) => pages.push(page),
    });
    // Bytes are made by the mini-program itself: those of another context are of another class.
    const bytes = runInContext('(given) => new Uint8Array(given)', context);
    const own = { ...globalData, publicKeys: globalData.publicKeys?.map((key) => bytes([...key])) };
    for (const name of ['WebAssembly', 'SharedArrayBuffer', 'Atomics', ...without]) runInContext(`delete this.${name}`, context);
    const loaded = new Map();
    const load = (path) => {
      if (loaded.has(path)) return loaded.get(path).exports;
      const module = { exports: {} };
      loaded.set(path, module);
      const inside = (wanted) => {
        const target = resolve(dirname(path), wanted);
        const own = resolve(folder, 'regulars');
        return load(target.startsWith(own) ? join(regulars, target.slice(own.length)) : target);
      };
      // `import.meta` does not exist in a script: code that uses it does not even parse.
      runInContext(`(function (require, module, exports) {${readFileSync(path, 'utf8')}\n})`, context, { filename: path })(inside, module, module.exports);
      return module.exports;
    };
    return { load, pages, run: (text) => runInContext(text, context) };
  }

  return {
    requests,
    address,
    /** Opens a page in a logic layer of its own. */
    open(path) {
      const { load, pages, run } = logicLayer();
      load(resolve(folder, path));
      const page = pages[0];
      page.setData = (data) => Object.assign(page.data, data);
      return { page, run };
    },
    regulars: () => logicLayer().load(join(regulars, 'regulars.js')),
    hide: () => listeners.hide.forEach((listener) => listener()),
    full: (now) => (isFull = now),
    used: () => size(kept, (text) => text.length) + size(files, (data) => data.byteLength),
  };
}

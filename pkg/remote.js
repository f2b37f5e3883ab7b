// The same client with the engine in a worker: every method of the engine gives a promise, and the page stays free.

import { RegularsError } from './error.js';

const CALLS = ['refresh', 'flush', 'saved', 'signIn', 'signOut', 'leave', 'close'];

/**
 * Opens a client whose engine runs in `worker`, which runs `regulars/worker`. `module` is what `init` would get: the address
 * of the WebAssembly file where the worker does not find it by itself.
 */
export async function openInWorker(options, worker, module) {
  const waiting = new Map();
  const listeners = { snapshot: new Set(), status: new Set(), exposure: new Set() };
  let status = Object.freeze({ source: 'none', stale: true, reasons: [] });
  let info = Object.freeze({ catalog: null, member: null });
  let count = 0;

  const failed = (message) => {
    for (const { reject } of waiting.values()) reject(new RegularsError('initialisation-failed', message));
    waiting.clear();
  };
  worker.addEventListener('error', (event) => failed(`the worker failed: ${event.message ?? 'its script did not load'}`));
  worker.addEventListener('message', ({ data }) => {
    if (data.event) {
      if (data.event === 'status') status = Object.freeze(data.detail);
      if (data.event === 'snapshot') info = Object.freeze({ ...info, [data.detail.kind]: data.detail.info });
      for (const listener of listeners[data.event]) listener(data.detail);
      return;
    }
    const call = waiting.get(data.id);
    waiting.delete(data.id);
    if (!call) return;
    if (data.error) call.reject(data.error.code ? new RegularsError(data.error.code, data.error.message) : new Error(data.error.message));
    else call.resolve(data.answer);
  });
  const call = (name, ...given) =>
    new Promise((resolve, reject) => {
      const id = (count += 1);
      waiting.set(id, { resolve, reject });
      try {
        worker.postMessage({ id, call: name, given });
      } catch (error) {
        waiting.delete(id);
        reject(new RegularsError('malformed-request', String(error?.message ?? error))); // what cannot be sent to a worker
      }
    });

  if (typeof options?.now === 'function') throw new RegularsError('malformed-request', 'a clock of the page cannot be asked from a worker: open the client in the page');
  if (options?.prepare) throw new RegularsError('malformed-request', 'what is to be prepared cannot be asked in a worker: open the client in the page');
  const plain = { ...options };
  for (const name of ['catalog', 'member', 'events', 'deltas', 'stream']) {
    if (plain[name] !== undefined && plain[name] !== null) plain[name] = new URL(plain[name], document.baseURI).href;
  }
  await call('open', plain, module);

  const hidden = () => document.visibilityState === 'hidden' && void call('leave');
  document.addEventListener('visibilitychange', hidden);
  const client = {
    engine: new Proxy({}, { get: (_, method) => (method === 'then' ? undefined : (...given) => call('engine', method, ...given)) }),
    get status() {
      return status;
    },
    get info() {
      return info;
    },
    on(event, listener) {
      if (!listeners[event]) throw new RegularsError('malformed-request', `no event is called '${event}'`);
      listeners[event].add(listener);
      return () => listeners[event].delete(listener);
    },
  };
  for (const name of CALLS) client[name] = (...given) => call(name, ...given);
  const { close } = client;
  client.close = async () => {
    document.removeEventListener('visibilitychange', hidden);
    await close();
    worker.terminate();
  };
  return client;
}

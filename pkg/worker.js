// The engine off the main thread: this runs in a module worker and answers `remote.js`.

import init, { open } from './index.js';
import { RegularsError } from './error.js';

let client;

const tell = (message) => globalThis.postMessage(message);

async function answer({ call, given }) {
  switch (call) {
    case 'open': {
      const [options, source] = given;
      await init(source);
      client = await open(options);
      tell({ event: 'status', detail: client.status });
      for (const kind of ['catalog', 'member']) if (client.info[kind]) tell({ event: 'snapshot', detail: { kind, info: client.info[kind] } });
      for (const event of ['snapshot', 'status', 'exposure']) client.on(event, (detail) => tell({ event, detail }));
      return undefined;
    }
    case 'engine': {
      const [method, ...rest] = given;
      if (typeof client.engine[method] !== 'function') throw new RegularsError('malformed-request', `the engine has no method '${method}'`);
      return client.engine[method](...rest);
    }
    default:
      return client[call](...given);
  }
}

globalThis.addEventListener('message', async ({ data }) => {
  try {
    tell({ id: data.id, answer: await answer(data) });
  } catch (error) {
    tell({ id: data.id, error: { code: error?.code, message: String(error?.message ?? error) } });
  }
});

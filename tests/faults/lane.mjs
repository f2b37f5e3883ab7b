// One cell after the other of those that `next` gives, with one server and one host. As a worker: the cells of Node, which change
// the clock of all that runs beside them.
import { isMainThread, parentPort, workerData } from 'node:worker_threads';

import { cells } from './cells/index.mjs';
import { nodeHost } from './hosts.mjs';
import { shopServer } from './server.mjs';

/** `told` gets the title of each cell and how it went: `outcome`, what the member `saw`, the `error`. */
export async function lane(hostOf, fixtures, next, told) {
  const server = await shopServer();
  try {
    const host = hostOf(server);
    for (let cell = next(); cell; cell = next()) {
      const began = performance.now();
      const took = () => Math.round(performance.now() - began);
      try {
        // Pages of the cell before are closed first: they may be asking for something still.
        await host.fresh();
        server.reset();
        const saw = await cell.run(host, server, fixtures);
        told(cell.title, { outcome: 'held', saw, took: took() });
      } catch (error) {
        told(cell.title, { outcome: 'FAILED', error: error.stack, took: took() });
      }
    }
  } finally {
    await server.close();
  }
}

if (!isMainThread) {
  const { fixtures, titles } = workerData;
  const queue = cells.filter(({ title }) => titles.includes(title));
  await lane(nodeHost, fixtures, () => queue.shift(), (title, result) => parentPort.postMessage([title, result]));
}

// The entry of a mini-program's own pages: the same client, with files and requests of the host.
/* global wx */

import { opener } from '../open.js';
import { initialise } from '../engine.js';
import instantiate from '../wasm/regulars.js';
import { wxFiles, wxStorage } from './storage.js';

export { Engine, matches } from '../engine.js';
export { RegularsError } from '../error.js';
export { wxFiles, wxStorage };

/** The module's place in the code package, where nobody says otherwise. */
const PLACE = '/regulars/regulars_bg.wasm.br';

/** Instantiates the module once; `path` is its place in the code package: hosts take no other source. */
export default function init(path) {
  return initialise(path, () => PLACE, (place) => instantiate({ module_or_path: { path: place } }));
}

const openHere = opener(init);

/** As in a page; kept in user files unless `storage` says otherwise. Leaves and returns with the mini-program. */
export async function open(options = {}) {
  const client = await openHere({ ...options, storage: options.storage ?? ownStorage() });
  const listening = [
    ['onAppHide', 'offAppHide', () => void client.leave()],
    ['onAppShow', 'offAppShow', () => void client.refresh()],
    ['onNetworkStatusChange', 'offNetworkStatusChange', ({ isConnected }) => isConnected && void client.refresh()],
  ];
  for (const [on, , listener] of listening) wx[on]?.(listener);
  const { close } = client;
  client.close = async () => {
    for (const [, off, listener] of listening) wx[off]?.(listener);
    await close.call(client);
  };
  return client;
}

function ownStorage() {
  if (typeof wx.getFileSystemManager === 'function' && wx.env?.USER_DATA_PATH) return wxFiles();
  return typeof wx.setStorage === 'function' ? wxStorage() : 'memory';
}

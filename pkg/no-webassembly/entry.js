// The entry of hosts without any WebAssembly (a lockdown mode, a web view that is told so): the same engine as JavaScript.
// `scripts/build-no-webassembly.sh` bundles it, and puts what globals.js exports in place of the global.
import { initialise } from '../engine.js';
import { opener } from '../open.js';
import instantiate from '../wasm/regulars.js';

export { Engine, bucketing, matches } from '../engine.js';
export { RegularsError } from '../error.js';

/** Sets the engine up once. There is nothing to fetch, and a source is of no use. */
export default function init() {
  return initialise({}, undefined, (source) => instantiate({ module_or_path: source }));
}

export const open = opener(init);

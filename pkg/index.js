// The entry for browsers and bundlers.
import { opener } from './open.js';
import { initialise } from './engine.js';

export { Engine, bucketing, matches } from './engine.js';
export { RegularsError } from './error.js';

/**
 * Instantiates the module once. Without a source it fetches the file that lies beside this one: bundlers see the
 * address and carry the file along.
 */
export default function init(source) {
  return initialise(source, () => new URL('./wasm/regulars_bg.wasm', import.meta.url));
}

export const open = opener(init);

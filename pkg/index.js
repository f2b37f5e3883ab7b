// The entry for browsers and bundlers.
import { chosenBuild } from './builds.js';
import { initialise } from './engine.js';
import { opener } from './open.js';

export { Engine, bucketing, matches } from './engine.js';
export { RegularsError } from './error.js';

/**
 * Instantiates the module once. Without a source it fetches the file that lies beside this one, of the build that this host
 * can run: bundlers see the addresses and carry the files along.
 */
export default function init(source) {
  return initialise(source, () =>
    chosenBuild().build === 'simd'
      ? new URL('./wasm/regulars_bg.wasm', import.meta.url)
      : new URL('./wasm/baseline/regulars_bg.wasm', import.meta.url),
  );
}

export const open = opener(init);

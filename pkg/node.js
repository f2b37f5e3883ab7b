// The entry for Node, and for pages rendered on a server.
import { readFileSync } from 'node:fs';

import { chosenBuild } from './builds.js';
import { initialise } from './engine.js';
import { opener } from './open.js';

export { Engine, bucketing, matches } from './engine.js';
export { RegularsError } from './error.js';

/** Instantiates the module once. Without a source it reads the file that lies beside this one. */
export default function init(source) {
  return initialise(fromFile(source), () =>
    readFileSync(new URL(chosenBuild().build === 'simd' ? './wasm/regulars_bg.wasm' : './wasm/baseline/regulars_bg.wasm', import.meta.url)),
  );
}

export const open = opener(init);

/** Node's fetch does not read files. */
function fromFile(source) {
  if (typeof source === 'string' && source.startsWith('file:')) return readFileSync(new URL(source));
  if (source instanceof URL && source.protocol === 'file:') return readFileSync(source);
  return source;
}

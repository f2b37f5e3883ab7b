// Says of every load and store that its address is a multiple of what it reads or writes. WebAssembly takes that for a hint
// which may be wrong, and engines don't look at it; what rustc knows, which differs from place to place, is a two-hundredth
// of the download.
//
//   node scripts/wasm-align.mjs IN OUT
import { readFileSync, writeFileSync } from 'node:fs';
import { functions, instructions } from './wasm-binary.mjs';

/** The exponent of two for the loads and stores from 0x28 on. */
const NATURAL = [2, 3, 2, 3, 0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 2, 3, 2, 3, 0, 1, 0, 1, 2];

const [from, to] = process.argv.slice(2);
const bytes = readFileSync(from);
for (const body of functions(bytes).bodies) {
  for (const { code, at } of instructions(bytes, body)) {
    const natural = NATURAL[code - 0x28];
    if (natural !== undefined) bytes[at] = natural;
  }
}
writeFileSync(to, bytes);

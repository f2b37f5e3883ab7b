// Says of every load and store that its address is a multiple of what it reads or writes. WebAssembly takes that for a hint
// which may be wrong, and engines don't look at it; what rustc knows, which differs from place to place, is a two-hundredth
// of the download.
//
//   node scripts/wasm-align.mjs IN OUT
import { readFileSync, writeFileSync } from 'node:fs';
import { Cursor, functions } from './wasm-binary.mjs';

/** The exponent of two for the loads and stores from 0x28 on. */
const NATURAL = [2, 3, 2, 3, 0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 2, 3, 2, 3, 0, 1, 0, 1, 2];
/** How many numbers follow the other instructions that are followed by some. */
const NUMBERS = new Map([
  ...[0x02, 0x03, 0x04, 0x0c, 0x0d, 0x10, 0x20, 0x21, 0x22, 0x23, 0x24, 0x3f, 0x40, 0x41, 0x42].map((code) => [code, 1]),
  [0x11, 2],
]);
/** The same for the instructions behind 0xfc. */
const MORE = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1];

const [from, to] = process.argv.slice(2);
const bytes = readFileSync(from);
for (const { start, size } of functions(bytes).bodies) {
  const cursor = new Cursor(bytes, start);
  for (let left = cursor.number(); left > 0; left--) cursor.number(), cursor.byte();
  while (cursor.at < start + size) align(cursor);
}
writeFileSync(to, bytes);

function align(cursor) {
  const code = cursor.byte();
  const natural = NATURAL[code - 0x28];
  if (natural !== undefined) {
    bytes[cursor.at] = natural;
    skip(cursor, 2);
  } else if (code === 0x0e) skip(cursor, cursor.number() + 1);
  else if (code === 0x43) cursor.at += 4;
  else if (code === 0x44) cursor.at += 8;
  else if (code === 0xfc) skip(cursor, MORE[cursor.number()]);
  else if (code === 0xfd) vector(cursor);
  else if (code > 0xc4 || (code > 0x11 && code < 0x1a) || (code > 0x1b && code < 0x20) || (code > 0x24 && code < 0x28)) throw new Error(`no such instruction is known here: ${code}`);
  else skip(cursor, NUMBERS.get(code) ?? 0);
}

/** SIMD: loads and stores, constants, lanes; the rest has nothing behind it. */
function vector(cursor) {
  const code = cursor.number();
  if (code <= 11 || code === 92 || code === 93) skip(cursor, 2);
  else if (code === 12 || code === 13) cursor.at += 16;
  else if (code >= 84 && code <= 91) skip(cursor, 2), cursor.at++;
  else if (code >= 21 && code <= 34) cursor.at++;
}

function skip(cursor, numbers) {
  for (; numbers > 0; numbers--) cursor.number();
}

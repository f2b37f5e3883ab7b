// Tells wasm-bindgen that a module has no reference types: the glue then holds JavaScript's objects itself, which old
// browsers can do too. Rewrites the section in which the linker lists what the module uses.
//
//   node scripts/wasm-features.mjs IN OUT
import { readFileSync, writeFileSync } from 'node:fs';

/** The features that WebAssembly got later than the oldest browsers, and that nothing but wasm-bindgen's glue would use. */
const DROPPED = ['reference-types', 'multivalue'];

const [from, to] = process.argv.slice(2);
const bytes = readFileSync(from);
let at = 8;
const number = () => {
  for (let value = 0, shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
};
const text = () => {
  const length = number();
  return bytes.toString('utf8', at, (at += length));
};
/** A length before its bytes; none here is longer than 127. */
const counted = (buffer) => {
  if (buffer.length > 127) throw new Error(`${buffer.length} bytes need a longer length`);
  return Buffer.concat([Buffer.of(buffer.length), buffer]);
};

const parts = [bytes.subarray(0, 8)];
while (at < bytes.length) {
  const start = at;
  const custom = bytes[at++] === 0;
  const length = number();
  const end = at + length;
  if (custom && text() === 'target_features') {
    const kept = [];
    for (let left = number(); left > 0; left--) {
      const sign = bytes[at++];
      const name = text();
      if (!DROPPED.includes(name)) kept.push(Buffer.concat([Buffer.of(sign), counted(Buffer.from(name))]));
    }
    const body = Buffer.concat([counted(Buffer.from('target_features')), Buffer.of(kept.length), ...kept]);
    const size = body.length;
    parts.push(Buffer.of(0, (size & 0x7f) | 0x80, size >> 7), body);
  } else {
    parts.push(bytes.subarray(start, end));
  }
  at = end;
}
writeFileSync(to, Buffer.concat(parts));

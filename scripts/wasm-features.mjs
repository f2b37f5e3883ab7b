// Tells wasm-bindgen that a module has no reference types: the glue then holds JavaScript's objects itself, which old
// browsers can do too. Rewrites the section in which the linker lists what the module uses.
//
//   node scripts/wasm-features.mjs IN OUT
import { readFileSync, writeFileSync } from 'node:fs';
import { counted, encoded, sections } from './wasm-binary.mjs';

/** The features that WebAssembly got later than the oldest browsers, and that nothing but wasm-bindgen's glue would use. */
const DROPPED = ['reference-types', 'multivalue'];

const [from, to] = process.argv.slice(2);
const bytes = readFileSync(from);
const parts = [bytes.subarray(0, 8)];
for (const { id, begins, end, content } of sections(bytes)) {
  if (id === 0 && content.text() === 'target_features') {
    const kept = [];
    for (let left = content.number(); left > 0; left--) {
      const sign = content.byte();
      const name = content.text();
      if (!DROPPED.includes(name)) kept.push(Buffer.concat([Buffer.of(sign), counted(Buffer.from(name))]));
    }
    parts.push(Buffer.of(0), counted(counted(Buffer.from('target_features')), encoded(kept.length), ...kept));
  } else {
    parts.push(bytes.subarray(begins, end));
  }
}
writeFileSync(to, Buffer.concat(parts));

// The bytes of each part of a WebAssembly module that has its names. scripts/size.sh calls it.
import { readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';
import { functions as functionsOf, sections } from './wasm-binary.mjs';

const [path, mode, count] = process.argv.slice(2);
const DOCUMENT = 'ARCHITECTURE.md';
const [BEGIN, END] = ['<!-- sizes: scripts/size.sh writes this -->', '<!-- end of sizes -->'];

const bytes = readFileSync(path);

/** Functions with their bytes, and the bytes of the constants. */
function parts() {
  const { imported, bodies } = functionsOf(bytes);
  const names = new Map();
  let data = 0;
  for (const { id, length, end, content } of sections(bytes)) {
    if (id === 11) data = length;
    else if (id === 0 && content.text() === 'name') {
      while (content.at < end) {
        const kind = content.byte();
        const next = content.number() + content.at;
        if (kind === 1) for (let left = content.number(); left > 0; left--) names.set(content.number(), content.text());
        content.at = next;
      }
    }
  }
  return { functions: bodies.map((body, place) => ({ ...body, name: names.get(place + imported) ?? '' })), data };
}

const CRATES = {
  cryptography: ['sha2', 'digest', 'ed25519_dalek', 'ed25519', 'curve25519_dalek', 'aes', 'cbc', 'cipher', 'subtle'],
  'FlatBuffers, CBOR': ['flatbuffers', 'minicbor', 'minicbor_serde'],
  'the way in and out of JavaScript': ['wasm_bindgen', 'js_sys'],
  'dates, mathematics, chance': ['jiff', 'jiff_core', 'libm', 'rand', 'rand_core'],
};

/** The part a name belongs to: the first module of this crate it mentions, else the first crate that is not Rust's own. */
function partOf(name) {
  const module = /regulars\[[0-9a-f]+\]::([a-z_]+)/.exec(name);
  if (module) return `\`${module[1]}\``;
  for (const [, crate] of name.matchAll(/([a-z_0-9]+)\[[0-9a-f]{8,}\]/g)) {
    const part = Object.keys(CRATES).find((part) => CRATES[part].includes(crate));
    if (part) return part;
  }
  return "Rust's library";
}

const { functions, data } = parts();
if (mode === '--top') {
  const largest = functions.toSorted((one, other) => other.size - one.size).slice(0, Number(count ?? 50));
  for (const { size, name } of largest) console.log(String(size).padStart(7), name);
  process.exit();
}
const sums = new Map();
for (const { name, size } of functions) {
  const part = partOf(name);
  const sum = sums.get(part) ?? { size: 0, functions: 0 };
  sums.set(part, { size: sum.size + size, functions: sum.functions + 1 });
}
const shipped = readFileSync('pkg/wasm/regulars_bg.wasm');
const brotli = brotliCompressSync(shipped, {
  params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: shipped.length },
}).length;
const kilo = (size) => (size / 1000).toFixed(1);
const whole = [...sums.values()].reduce((sum, { size }) => sum + size, data);
const row = (part, size, functions = '') => `| ${part} | ${functions} | ${kilo(size)} | ${kilo((size * brotli) / whole)} |`;
const rows = [...sums].sort(([, one], [, other]) => other.size - one.size).map(([part, sum]) => row(part, sum.size, sum.functions));
const table = [
  BEGIN,
  '| part | functions | kB | kB to download, by share |',
  '|---|---|---|---|',
  ...rows,
  row('constants: names, words, tables', data),
  `| the module | ${functions.length} | ${kilo(whole)} | ${kilo(brotli)} |`,
  END,
].join('\n');

const document = readFileSync(DOCUMENT, 'utf8');
const [start, end] = [document.indexOf(BEGIN), document.indexOf(END)];
if (start < 0 || end < 0) throw new Error(`${DOCUMENT} has no place for the table: ${BEGIN} ... ${END}`);
const old = document.slice(start, end + END.length);
if (mode === '--check') {
  const read = (table) => new Map(table.split('\n').map((line) => line.split(' | ')).map(([part, , size]) => [part, Number(size)]));
  const [before, now] = [read(old), read(table)];
  const off = [...new Set([...before.keys(), ...now.keys()])].filter((part) => {
    const [one, other] = [before.get(part) || 0, now.get(part) || 0];
    return Math.abs(one - other) > Math.max(2, other / 10);
  });
  if (off.length > 0) {
    for (const part of off) console.error(`${part.replace('| ', '')}: ${now.get(part) ?? 0} kB, ${before.get(part) ?? 0} in ${DOCUMENT}`);
    console.error('run scripts/size.sh and look at what grew');
    process.exit(1);
  }
} else {
  writeFileSync(DOCUMENT, document.replace(old, () => table));
  console.log(table);
}

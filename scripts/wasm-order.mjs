// Puts the functions of a module in the order in which they compress best: those of a type together, among them those of a
// size, and then those that begin alike; and in each the local variables of a type that are used most first. Three hundredths
// less to download. Sections that are for tools are left out.
//
//   node scripts/wasm-order.mjs IN OUT
import { readFileSync, writeFileSync } from 'node:fs';
import { Cursor, counted, encoded, functions, instructions, locals, sections } from './wasm-binary.mjs';

const [from, to] = process.argv.slice(2);
const bytes = readFileSync(from);
const { imported, bodies } = functions(bytes);
const parameters = [...sections(bytes)].filter(({ id }) => id === 1).flatMap(({ content }) => types(content));
const alike = bodies.map((body, place) => ({ ...body, place: imported + place, kind: Math.floor(Math.log2(body.size)), code: bytes.subarray(body.start, body.start + body.size) }));
const ordered = alike.toSorted((one, other) => one.type - other.type || one.kind - other.kind || Buffer.compare(one.code, other.code));
const moved = new Map(ordered.map(({ place }, rank) => [place, imported + rank]));
/** The number that the function with this one gets, as bytes. */
const renumbered = (number) => encoded(moved.get(number) ?? number);

const parts = [bytes.subarray(0, 8)];
const add = (id, ...content) => parts.push(Buffer.of(id), counted(...content));
for (const { id, begins, end, content } of sections(bytes)) {
  if (id === 3) add(3, encoded(ordered.length), ...ordered.map(({ type }) => encoded(type)));
  else if (id === 7) add(7, ...exported(content));
  else if (id === 8) add(8, renumbered(content.number()));
  else if (id === 9) add(9, ...elements(content));
  else if (id === 10) add(10, encoded(ordered.length), ...ordered.map((body) => counted(rewritten(body))));
  // How many segments of data there are is for code that copies them one by one; tools' own sections are for tools.
  else if (id !== 0 && id !== 12) parts.push(bytes.subarray(begins, end));
}
writeFileSync(to, Buffer.concat(parts));

/** How many parameters each type of function has. */
function types(content) {
  return Array.from({ length: content.number() }, () => {
    if (content.byte() !== 0x60) throw new Error('a type of something else than functions');
    const count = content.number();
    content.at += count;
    const results = content.number();
    content.at += results;
    return count;
  });
}

function exported(content) {
  const count = content.number();
  const entries = Array.from({ length: count }, () => {
    const name = counted(Buffer.from(content.text()));
    const kind = content.byte();
    const number = content.number();
    return Buffer.concat([name, Buffer.of(kind), kind === 0 ? renumbered(number) : encoded(number)]);
  });
  return [encoded(count), ...entries];
}

/** Tables' segments, each a place and the numbers of functions. */
function elements(content) {
  const count = content.number();
  const segments = Array.from({ length: count }, () => {
    const begin = content.at;
    if (content.number() !== 0 || content.byte() !== 0x41) throw new Error('a segment of another kind than linkers make');
    content.number(), content.byte();
    const head = bytes.subarray(begin, content.at);
    const length = content.number();
    return Buffer.concat([head, encoded(length), ...Array.from({ length }, () => renumbered(content.number()))]);
  });
  return [encoded(count), ...segments];
}

/** A function's code with the numbers that functions and local variables get. */
function rewritten(body) {
  const first = parameters[body.type];
  const { groups } = locals(bytes, body);
  const kinds = groups.flatMap(([count, kind]) => Array.from({ length: count }, () => kind));
  const uses = new Map();
  const of = ({ at }) => new Cursor(bytes, at).number();
  const isLocal = ({ code }) => code >= 0x20 && code <= 0x22;
  for (const instruction of instructions(bytes, body)) {
    if (isLocal(instruction)) uses.set(of(instruction), (uses.get(of(instruction)) ?? 0) + 1);
  }
  // Of those used as often, the one that was used first.
  const kept = [...uses.keys()].filter((local) => local >= first).toSorted((one, other) => kinds[other - first] - kinds[one - first] || uses.get(other) - uses.get(one));
  const numbers = new Map(kept.map((local, place) => [local, encoded(first + place)]));
  const declared = [];
  for (const local of kept) {
    const kind = kinds[local - first];
    if (declared.at(-1)?.kind === kind) declared.at(-1).count++;
    else declared.push({ kind, count: 1 });
  }
  const out = [encoded(declared.length), ...declared.map(({ kind, count }) => Buffer.of(...encoded(count), kind))];
  let copied = locals(bytes, body).begin;
  for (const instruction of instructions(bytes, body)) {
    const { code, at, end } = instruction;
    const number = isLocal(instruction) ? numbers.get(of(instruction)) : code === 0x10 ? renumbered(of(instruction)) : undefined;
    if (!number) continue;
    out.push(bytes.subarray(copied, at), number);
    copied = end;
  }
  return Buffer.concat([...out, bytes.subarray(copied, body.start + body.size)]);
}

// The binary form of WebAssembly, as far as the scripts here read and write it.

/** Reads on in `bytes` from `at`. */
export class Cursor {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  byte() {
    return this.bytes[this.at++];
  }

  number() {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  text() {
    const length = this.number();
    return this.bytes.toString('utf8', this.at, (this.at += length));
  }
}

/** The sections of a module: from where each `begins` to its `end`, and a cursor at its content. */
export function* sections(bytes) {
  const cursor = new Cursor(bytes, 8);
  while (cursor.at < bytes.length) {
    const begins = cursor.at;
    const id = cursor.byte();
    const length = cursor.number();
    const end = cursor.at + length;
    yield { id, begins, length, end, content: new Cursor(bytes, cursor.at) };
    cursor.at = end;
  }
}

/** How many functions a module imports, and where those are that it holds itself, with the numbers of their types. */
export function functions(bytes) {
  let imported = 0;
  const types = [];
  const bodies = [];
  for (const { id, content } of sections(bytes)) {
    if (id === 2) imported = importedFunctions(content);
    else if (id === 3) for (let left = content.number(); left > 0; left--) types.push(content.number());
    else if (id === 10) {
      for (let left = content.number(); left > 0; left--) {
        const size = content.number();
        bodies.push({ start: content.at, size, type: types[bodies.length] });
        content.at += size;
      }
    }
  }
  return { imported, bodies };
}

function importedFunctions(content) {
  let count = 0;
  for (let left = content.number(); left > 0; left--) {
    content.text(), content.text();
    const kind = content.byte();
    if (kind === 0) content.number(), count++;
    else if (kind === 3) content.at += 2;
    else {
      if (kind === 1) content.at++;
      if (content.byte() & 1) content.number();
      content.number();
    }
  }
  return count;
}

/** The local variables of a function, as pairs of how many and their type, and where its instructions begin. */
export function locals(bytes, { start }) {
  const cursor = new Cursor(bytes, start);
  const groups = Array.from({ length: cursor.number() }, () => [cursor.number(), cursor.byte()]);
  return { groups, begin: cursor.at };
}

/** How many numbers follow the instructions that are followed by some, beside loads, stores and those behind a prefix. */
const NUMBERS = new Map([
  ...[0x02, 0x03, 0x04, 0x0c, 0x0d, 0x10, 0x20, 0x21, 0x22, 0x23, 0x24, 0x3f, 0x40, 0x41, 0x42].map((code) => [code, 1]),
  [0x11, 2],
]);
/** The same for the instructions behind 0xfc. */
const MORE = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1];

/** The instructions of a function: where each begins and ends, and where its operands are `at`. */
export function* instructions(bytes, body) {
  const cursor = new Cursor(bytes, locals(bytes, body).begin);
  const skip = (numbers) => {
    for (; numbers > 0; numbers--) cursor.number();
  };
  const end = body.start + body.size;
  while (cursor.at < end) {
    const begins = cursor.at;
    const code = cursor.byte();
    const at = cursor.at;
    if (code >= 0x28 && code <= 0x3e) skip(2);
    else if (code === 0x0e) skip(cursor.number() + 1);
    else if (code === 0x43) cursor.at += 4;
    else if (code === 0x44) cursor.at += 8;
    else if (code === 0xfc) skip(MORE[cursor.number()]);
    else if (code === 0xfd) vector(cursor, skip);
    else if (code > 0xc4 || (code > 0x11 && code < 0x1a) || (code > 0x1b && code < 0x20) || (code > 0x24 && code < 0x28)) throw new Error(`no such instruction is known here: ${code}`);
    else skip(NUMBERS.get(code) ?? 0);
    yield { code, begins, at, end: cursor.at };
  }
}

/** SIMD: loads and stores, constants, lanes; the rest has nothing behind it. */
function vector(cursor, skip) {
  const code = cursor.number();
  if (code <= 11 || code === 92 || code === 93) skip(2);
  else if (code === 12 || code === 13) cursor.at += 16;
  else if (code >= 84 && code <= 91) skip(2), cursor.at++;
  else if (code >= 21 && code <= 34) cursor.at++;
}

/** A number as its bytes. */
export function encoded(value) {
  const out = [];
  for (; value > 127; value = Math.floor(value / 128)) out.push((value % 128) | 0x80);
  return Buffer.from([...out, value]);
}

/** Bytes behind their length. */
export function counted(...buffers) {
  const whole = Buffer.concat(buffers);
  return Buffer.concat([encoded(whole.length), whole]);
}

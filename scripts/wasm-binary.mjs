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

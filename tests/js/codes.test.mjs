// The closed set of error codes is the same in the engine, in the bindings, in the types and in the README.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('../../', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');
const all = (text, pattern) => [...text.matchAll(pattern)].map(([, code]) => code);

/** Codes in the first column of a Markdown table, in text or in doc comments. */
const tabled = (text) => all(text, /^(?:\/\/\/ )?\| `([a-z-]+)` \|/gm);

test('each error code is typed and documented', () => {
  const bindings = readdirSync(new URL('src/bindings/', root)).map((file) => read(`src/bindings/${file}`)).join('\n');
  const entries = ['client.js', 'engine.js', 'storage.js'].map((file) => read(`pkg/${file}`)).join('\n');
  const thrown = new Set([
    ...tabled(read('src/engine/error.rs')),
    ...tabled(read('src/snapshot/error.rs')),
    ...all(bindings, /\berror\(\s*"([a-z-]+)"/g),
    ...all(entries, /new RegularsError\(\s*'([a-z-]+)'/g),
  ]);
  const types = read('pkg/index.d.ts');
  const union = types.slice(types.indexOf('type RegularsErrorCode'));
  const typed = all(union.slice(0, union.indexOf(';')), /'([a-z-]+)'/g);
  assert.deepEqual([...thrown].sort(), typed.toSorted());
  const readme = read('pkg/README.md');
  assert.deepEqual(tabled(readme.slice(readme.indexOf('## Errors'))).toSorted(), typed.toSorted());
});

// What a shopper downloads: its bytes against tests/size-budget.json, and nothing in it that tells who built it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { test } from 'node:test';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { sections } from '../scripts/wasm-binary.mjs';

const root = new URL('../', import.meta.url);
const read = (path) => readFileSync(new URL(path, root));
const wasm = read('pkg/wasm/regulars_bg.wasm');

const brotli = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });

for (const [name, { files, brotliBytes }] of Object.entries(JSON.parse(read('tests/size-budget.json')))) {
  test(`${name} fits its budget`, (t) => {
    const contents = files.map(read);
    const sum = (compress) => contents.reduce((total, bytes) => total + compress(bytes).length, 0);
    const size = sum(brotli);
    t.diagnostic(`${name}: ${sum((bytes) => bytes)} bytes raw, ${sum((bytes) => gzipSync(bytes, { level: 9 }))} gzip, ${size} brotli of ${brotliBytes}`);
    assert.ok(
      size <= brotliBytes,
      `${name}: ${size} bytes (brotli) exceed the budget of ${brotliBytes}; make it smaller, or raise tests/size-budget.json and say why`,
    );
  });
}

/** Names of a module's custom sections. */
const customSections = (bytes) => [...sections(bytes)].filter(({ id }) => id === 0).map(({ content }) => content.text());

test('the module carries no names, no producers, no debug data', () => {
  assert.deepEqual(customSections(wasm), []);
});

test('the module carries no path of the machine that built it', () => {
  const text = wasm.toString('latin1');
  const paths = [
    new URL('.', root).pathname,
    homedir() === '/' ? undefined : `${homedir()}/`,
    process.env.CARGO_HOME,
    execFileSync('rustc', ['--print', 'sysroot'], { encoding: 'utf8' }).trim(),
    '/home/',
    '/root/',
    '/Users/',
    '.cargo/',
    '.rustup/',
    'index.crates.io',
  ].filter(Boolean);
  for (const path of paths) assert.ok(!text.includes(path), `the module holds \`${path}\``);
});

test('the table of what each part weighs is true', () => {
  execFileSync('scripts/size.sh', ['--check'], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
});

// The baseline module: what of WebAssembly it uses, that a V8 of Chrome 70 runs it, and that it answers as the other does.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import binaryen from 'binaryen';
import { buildSync } from 'esbuild';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const standard = path('../../pkg/wasm/regulars_bg.wasm');
const baseline = path('../../pkg/wasm/baseline/regulars_bg.wasm');
const cache = process.env.REGULARS_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(process.env.HOME, '.cache'), 'regulars');
const oldNode = join(cache, 'tools/node-11.0.0/bin/node');

const folder = mkdtempSync(join(tmpdir(), 'regulars-baseline-'));
after(() => rmSync(folder, { recursive: true }));
const program = join(folder, 'answers.js');
buildSync({
  entryPoints: [path('baseline/answers.mjs')],
  outfile: program,
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'es2018',
  define: { 'import.meta.url': '""' },
  logLevel: 'error',
  // Node 11 does not know the prefix.
  alias: { 'node:fs': 'fs' },
});
const answers = (node, module) => JSON.parse(execFileSync(node, [program, module], { encoding: 'utf8' }));

/** Whether a module is valid where these features and no others are known. */
const validWith = (file, ...features) =>
  spawnSync(path('../../node_modules/.bin/wasm-opt'), [file, '--mvp-features', ...features, '--output', join(folder, 'none.wasm')], { stdio: 'ignore' }).status === 0;

test('needs mutable globals and nothing newer', () => {
  assert.ok(validWith(baseline, '--enable-mutable-globals'));
  assert.ok(!validWith(standard, '--enable-mutable-globals'), 'the check tells the two apart');
});

test('passes no 64-bit integer in or out: iOS below 14.5 has no BigInt for it', () => {
  const module = binaryen.readBinary(readFileSync(baseline));
  const wide = [];
  for (let place = 0; place < module.getNumExports(); place++) {
    const { name, kind, value } = binaryen.getExportInfo(module.getExportByIndex(place));
    if (kind !== binaryen.ExternalFunction) continue;
    const { params, results } = binaryen.getFunctionInfo(module.getFunction(value));
    if ([...binaryen.expandType(params), ...binaryen.expandType(results)].includes(binaryen.i64)) wide.push(name);
  }
  for (let place = 0; place < module.getNumFunctions(); place++) {
    const { module: from, base, params, results } = binaryen.getFunctionInfo(module.getFunctionByIndex(place));
    if (from && [...binaryen.expandType(params), ...binaryen.expandType(results)].includes(binaryen.i64)) wide.push(base);
  }
  assert.deepEqual(wide, []);
});

test('runs where Chrome 70 does, and says what the other says', () => {
  const valid = (module) => execFileSync(oldNode, ['-p', `WebAssembly.validate(require("fs").readFileSync(${JSON.stringify(module)}))`], { encoding: 'utf8' }).trim();
  assert.equal(valid(standard), 'false', 'this Node is old enough to tell the two apart');
  assert.equal(valid(baseline), 'true');
  const [here, there] = [answers(process.execPath, standard), answers(oldNode, baseline)];
  assert.ok(here.quote.discountTotal > 0 && here.recommend[0].items.length > 0);
  assert.deepEqual(there, here);
});

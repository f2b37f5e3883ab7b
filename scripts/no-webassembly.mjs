// Makes pkg/no-webassembly/regulars.js, the package for hosts without WebAssembly, out of the baseline module.
//
//   node scripts/no-webassembly.mjs CACHE      what wasm2js wrote for these bytes is kept in CACHE; the glue that
//                                              scripts/build-wasm.sh minified lies beside it
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const root = fileURLToPath(new URL('../', import.meta.url));
const cache = process.argv[2];
const folder = mkdtempSync(join(tmpdir(), 'regulars-javascript-'));

/** Replaces what must be there. */
function replaced(text, from, to, name) {
  const parts = text.split(from);
  if (parts.length < 2) throw new Error(`${name} is not what it was: look for ${from} and mend scripts/no-webassembly.mjs`);
  return parts.join(to);
}

try {
  const wasm = join(root, 'pkg/wasm/baseline/regulars_bg.wasm');
  const raw = join(cache, `${createHash('sha256').update(readFileSync(wasm)).digest('hex')}.js`);
  if (!existsSync(raw)) {
    console.error('-- writing the module as JavaScript (up to a minute, once for each module)');
    rmSync(cache, { recursive: true, force: true });
    mkdirSync(cache, { recursive: true });
    // Without its optimising passes: they make what is downloaded a sixth smaller and take ten times as long. Functions of
    // many thousand lines are walked in depth.
    const given = [wasm, '-o', `${raw}.part`, '--mvp-features', '--enable-mutable-globals'];
    execFileSync(process.execPath, ['--stack-size=8000', join(root, 'node_modules/binaryen/bin/wasm2js'), ...given], { stdio: ['ignore', 'inherit', 'inherit'] });
    renameSync(`${raw}.part`, raw);
  }

  // A module that imports the glue becomes a function that gets it.
  let text = readFileSync(raw, 'utf8').replace(/^import .*$/gm, '');
  const end = text.indexOf('var retasmFunc = asmFunc(');
  if (end < 0) throw new Error('wasm2js writes another frame than it did: mend scripts/no-webassembly.mjs');
  text = `${text.slice(0, end)}export default asmFunc;\n`;
  writeFileSync(join(folder, 'module.js'), text);

  // Memory that grew is another buffer, and the old one is not detached, by which the glue would know.
  const grew = (name) => [`${name}.byteLength === 0`, `${name}.buffer !== wasm.memory.buffer`];
  let glue = readFileSync(join(cache, '../glue.js'), 'utf8');
  for (const name of new Set(glue.match(/cached\w+Memory0(?=\.byteLength === 0)/g))) glue = replaced(glue, ...grew(name), 'the glue');
  glue = replaced(glue, 'cachedDataViewMemory0.buffer.detached === true || (cachedDataViewMemory0.buffer.detached === undefined && cachedDataViewMemory0.buffer !== wasm.memory.buffer)', 'cachedDataViewMemory0.buffer !== wasm.memory.buffer', 'the glue');
  if (/BigInt|byteLength === 0|detached/.test(glue)) throw new Error('the glue asks for what JavaScript alone does not do: mend scripts/no-webassembly.mjs');

  const swapped = {
    name: 'swapped',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^regulars-as-javascript$/ }, () => ({ path: join(folder, 'module.js') }));
      onLoad({ filter: /[\\/]wasm[\\/]regulars\.js$/ }, () => ({ contents: glue, loader: 'js' }));
    },
  };
  await build({
    entryPoints: [join(root, 'pkg/no-webassembly/entry.js')],
    outfile: join(root, 'pkg/no-webassembly/regulars.js'),
    inject: [join(root, 'pkg/no-webassembly/globals.js')],
    define: { 'import.meta.url': '""' },
    plugins: [swapped],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2018',
    legalComments: 'inline',
    logLevel: 'warning',
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

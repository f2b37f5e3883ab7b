// The package as a customer gets it: `npm pack`, the tarball installed in fresh projects, type-checked, bundled, run.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import { build as esbuild } from 'esbuild';
import { build as vite, createServer as viteServer } from 'vite';
import webpack from 'webpack';

import { complaints, withChromium } from '../js/chromium.mjs';
import { served } from '../js/serve.mjs';

const run = promisify(execFile);
const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const root = path('../../');
const work = join(root, 'target/packaging');
const EXPECTED = { items: ['milk'], code: 'not-initialised', matches: true };

let packed;

/** A fresh project with the tarball installed and files of `from` in it. */
async function project(name, from, type = 'module') {
  const folder = join(work, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, private: true, type }));
  cpSync(path(from), folder, { recursive: true });
  cpSync(join(root, 'tests/vectors/snapshot/small.json'), join(folder, 'small.json'));
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--no-package-lock', join(work, packed.filename)], { cwd: folder });
  return folder;
}

/** What the page at an address answers in Chromium. */
async function answer(address) {
  return withChromium(async (context) => {
    const page = await context.newPage();
    const found = complaints(page).filter((complaint) => !complaint.includes('favicon'));
    await page.goto(address);
    await page.waitForFunction(() => 'answer' in globalThis);
    const got = await page.evaluate(() => globalThis.answer);
    assert.deepEqual(found, []);
    return got;
  });
}

before(() => {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  [packed] = JSON.parse(execFileSync('npm', ['pack', '--json', '--pack-destination', work], { cwd: join(root, 'pkg'), encoding: 'utf8' }));
});

after(() => rmSync(work, { recursive: true, force: true }));

test('the tarball holds what it should, and nothing else', (t) => {
  const names = packed.files.map(({ path: name }) => name).sort();
  const wanted = JSON.parse(readFileSync(join(root, 'pkg/package.json'))).files;
  assert.deepEqual(names, [...wanted, 'README.md', 'package.json'].sort());
  for (const { name } of readdirSync(join(root, 'pkg/wasm'), { withFileTypes: true }).filter((entry) => entry.isFile())) {
    if (!name.endsWith('_bg.wasm.d.ts')) assert.ok(names.includes(`wasm/${name}`), name);
  }
  t.diagnostic(`${packed.filename}: ${packed.size} bytes packed, ${packed.unpackedSize} unpacked`);
});

test('a strict TypeScript project type-checks, and the contract is kept', async () => {
  const folder = await project('types', 'types');
  cpSync(path('browser/ask.ts'), join(folder, 'ask.ts'));
  cpSync(path('browser/with-address.ts'), join(folder, 'with-address.ts'));
  await run(join(root, 'node_modules/.bin/tsc'), ['-p', folder]).catch(({ stdout }) => assert.fail(stdout));
});

test('Node', async () => {
  const folder = await project('node', 'node');
  const { stdout } = await run('node', ['main.mjs'], { cwd: folder });
  assert.deepEqual(JSON.parse(stdout), EXPECTED.items);
});

test('Vite, built', async () => {
  const folder = await project('vite', 'browser');
  cpSync(join(folder, 'small.json'), join(folder, 'public/small.json'));
  await vite({ root: folder, configFile: false, logLevel: 'warn', base: './' });
  assert.deepEqual(await served({ '/': join(folder, 'dist') }, answer), EXPECTED);
});

test('Vite, in development, with the package excluded from pre-bundling', async () => {
  const folder = await project('vite-dev', 'browser');
  cpSync(join(folder, 'small.json'), join(folder, 'public/small.json'));
  const server = await viteServer({
    root: folder,
    configFile: false,
    logLevel: 'warn',
    optimizeDeps: { exclude: ['regulars'] },
    server: { port: 0, host: '127.0.0.1' },
  });
  await server.listen();
  try {
    assert.deepEqual(await answer(server.resolvedUrls.local[0]), EXPECTED);
  } finally {
    await server.close();
  }
});

test('Vite, rendered on a server', async () => {
  const folder = await project('vite-ssr', 'browser');
  await vite({ root: folder, configFile: false, logLevel: 'warn', build: { ssr: 'ask.ts' } });
  const code = `import { readFileSync } from 'node:fs'; import { ask } from './dist/ask.js'; console.log(JSON.stringify(await ask(readFileSync('small.json'))))`;
  const { stdout } = await run('node', ['--input-type=module', '-e', code], { cwd: folder });
  assert.deepEqual(JSON.parse(stdout), EXPECTED);
});

test('esbuild, with the file loader', async () => {
  const folder = await project('esbuild', 'browser');
  await esbuild({
    entryPoints: [join(folder, 'with-address.ts')],
    bundle: true,
    format: 'esm',
    loader: { '.wasm': 'file' },
    outfile: join(folder, 'main.ts.js'),
    logLevel: 'warning',
  });
  writeFileSync(join(folder, 'index.html'), '<!doctype html><script type="module" src="./main.ts.js"></script>');
  assert.deepEqual(await served({ '/': folder }, answer), EXPECTED);
});

test('webpack', async () => {
  const folder = await project('webpack', 'browser');
  // webpack itself reads no TypeScript.
  for (const name of ['ask', 'main']) await esbuild({ entryPoints: [join(folder, `${name}.ts`)], outfile: join(folder, `${name}.js`) });
  const stats = await promisify(webpack)({
    mode: 'production',
    context: folder,
    entry: './main.js',
    output: { path: join(folder, 'dist'), filename: 'main.js' },
    performance: false,
  });
  assert.equal(stats.hasErrors(), false, stats.toString());
  cpSync(join(folder, 'small.json'), join(folder, 'dist/small.json'));
  writeFileSync(join(folder, 'dist/index.html'), '<!doctype html><script type="module" src="./main.js"></script>');
  assert.deepEqual(await served({ '/': join(folder, 'dist') }, answer), EXPECTED);
});

test('a browser without a bundler', async () => {
  const folder = await project('plain', 'browser');
  for (const name of ['ask', 'main']) await esbuild({ entryPoints: [join(folder, `${name}.ts`)], outfile: join(folder, `${name}.js`) });
  writeFileSync(
    join(folder, 'index.html'),
    '<!doctype html><script type="importmap">{"imports": {"regulars": "./node_modules/regulars/index.js"}}</script><script type="module" src="./main.js"></script>',
  );
  assert.deepEqual(await served({ '/': folder }, answer), EXPECTED);
});

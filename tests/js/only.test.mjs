// A build that does nothing but recommend: how small it is, and that the package works with it in place.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

import { shop } from './builds/shop.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const only = join(root, 'target/only/wasm');
const regulars = join(root, 'target/release/regulars');
const skip = !existsSync(regulars) && 'needs target/release/regulars: run scripts/build-cli.sh';
/** Bytes to download, wasm and glue: what it takes today and 2 %. */
const MOST = 125_000;

const folder = mkdtempSync(join(tmpdir(), 'regulars-only-'));
after(() => rmSync(folder, { recursive: true }));

test('a build that recommends alone fits its budget', (t) => {
  const size = (file) => {
    const bytes = readFileSync(join(only, file));
    return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length;
  };
  const [wasm, glue] = [size('regulars_bg.wasm'), size('regulars.js')];
  t.diagnostic(`wasm ${wasm} and glue ${glue} bytes of ${MOST} (brotli)`);
  assert.ok(wasm + glue <= MOST, `${wasm + glue} bytes`);
});

/** A catalog as shops deliver it, and the key that signed it. */
function packed(catalog) {
  const at = (name) => join(folder, name);
  writeFileSync(at('catalog.json'), JSON.stringify(catalog));
  execFileSync(regulars, ['keygen', '-o', at('shop')], { stdio: 'pipe' });
  execFileSync(regulars, ['pack', at('catalog.json'), '--key', at('shop.key'), '-o', at('catalog.rgl')], { stdio: 'pipe' });
  return { bytes: new Uint8Array(readFileSync(at('catalog.rgl'))), publicKeys: [Uint8Array.from(Buffer.from(readFileSync(at('shop.pub'), 'utf8').trim(), 'hex'))] };
}

test('the package recommends with it, and lacks the rest', { skip }, async () => {
  cpSync(join(root, 'pkg'), folder, { recursive: true, filter: (from) => from !== join(root, 'pkg/wasm') });
  cpSync(only, join(folder, 'wasm'), { recursive: true });
  const [{ default: init, Engine }, full] = await Promise.all([import(pathToFileURL(join(folder, 'node.js')).href), import('../../pkg/node.js')]);
  await Promise.all([init(), full.default()]);
  const { catalog, query } = shop(500, 64);
  const { bytes, publicKeys } = packed(catalog);
  const { checkedByHost } = await import(pathToFileURL(join(folder, 'verify.js')).href);
  const [small, whole] = [Engine, full.Engine].map((Engine) => {
    const engine = new Engine();
    engine.loadCatalog(bytes, { now: 0 });
    engine.restoreState(engine.saveState());
    engine.loadMember({ id: 'm', history: [{ id: 'o', at: 1, lines: [{ item: 'i00007' }] }] });
    engine.track({ type: 'view', item: 'i00011', at: 5 });
    const answers = [engine.recommend({ strategy: 'for-you', limit: 9, now: 9 }), engine.nearest({ limit: 9, vector: query }), engine.eventsWaiting()];
    return { engine, answers };
  });
  assert.equal(small.answers[0].items.length, 9);
  assert.deepEqual(small.answers, whole.answers);
  const missing = ['quote', 'membership', 'exportData'];
  assert.deepEqual(missing.map((name) => [typeof small.engine[name], typeof whole.engine[name]]), missing.map(() => ['undefined', 'function']));
  const { engine } = small;
  const refused = (code, ask) => assert.throws(ask, (error) => error.code === code, code);
  refused('malformed-snapshot', () => engine.loadCatalog(new TextEncoder().encode(JSON.stringify(catalog)), { now: 0 }));
  refused('malformed-delta', () => engine.applyDelta(bytes));
  // The signature is the host's to check.
  refused('unchecked-signature', () => engine.loadCatalog(bytes, { publicKeys, now: 0 }));
  assert.equal(engine.loadCatalog(bytes, { publicKeys, now: 0, checked: await checkedByHost(bytes, publicKeys) }).items, 500);
});

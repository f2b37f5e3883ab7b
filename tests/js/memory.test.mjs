// What a large snapshot takes: its columns stay where they are in the one copy that the module holds.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Engine, initSync } from '../../pkg/wasm/regulars.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'regulars-memory-'));
after(() => rmSync(folder, { recursive: true }));

const COUNT = 100_000;
const NOW = Date.UTC(2026, 5, 18);
/** Times the snapshot. */
const MOST = 1.2;

function snapshot() {
  let state = 1;
  const below = (limit) => ((state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 8) % limit;
  const id = (place) => `i${String(place).padStart(6, '0')}`;
  const places = Array.from({ length: COUNT }, (_, place) => place);
  const items = places.map((place) => ({
    id: id(place),
    title: { en: `Something worth buying ${place}`, 'zh-CN': `值得买的东西${place}` },
    price: 100 + below(5000),
    category: `c${place % 150}`,
    brand: `b${below(300)}`,
    tags: [`t${below(40)}`, `u${below(40)}`],
    addedAt: NOW - below(700) * 86_400_000,
  }));
  const near = (count) => ({
    offsets: [...places.map((place) => place * count), COUNT * count],
    items: places.flatMap((place) => Array.from({ length: count }, (_, step) => (place + 1 + step * 37) % COUNT)),
    scores: places.flatMap(() => Array.from({ length: count }, (_, step) => 1 / (2 + step))),
  });
  const knowledge = { format: 1, items: items.map(({ id }) => id), popularity: places.map(() => below(1000) / 5000), boughtTogether: near(10), similar: near(10) };
  const catalog = { format: 1, id: 'large', version: 1, issuedAt: NOW, currency: { code: 'CNY' }, locales: ['en', 'zh-CN'], items, knowledge };
  const [json, packed] = [join(folder, 'large.json'), join(folder, 'large.rgl')];
  writeFileSync(json, JSON.stringify(catalog));
  execFileSync(join(root, 'target/release/regulars'), ['pack', json, '-o', packed], { stdio: ['ignore', 'ignore', 'inherit'] });
  return new Uint8Array(readFileSync(packed));
}

test(`with ${COUNT.toLocaleString('en')} items open and asked, the module holds at most ${MOST} times the snapshot`, (t) => {
  const bytes = snapshot();
  const { memory } = initSync({ module: readFileSync(join(root, 'pkg/wasm/regulars_bg.wasm')) });
  const before = memory.buffer.byteLength;
  const engine = new Engine();
  assert.equal(engine.loadCatalog(bytes, { now: NOW }).items, COUNT);
  const opened = memory.buffer.byteLength;
  const history = Array.from({ length: 30 }, (_, back) => ({ id: `o${back}`, at: NOW - back * 86_400_000, lines: Array.from({ length: 10 }, (_, line) => ({ item: `i${String(back * 977 + line * 31).padStart(6, '0')}` })) }));
  engine.loadMember({ id: 'm', history });
  assert.equal(engine.recommend({ strategy: 'for-you', limit: 12, now: NOW }).items.length, 12);
  const asked = memory.buffer.byteLength;
  const share = (held) => `${(held / 1e6).toFixed(1)} MB, ${(held / bytes.length).toFixed(3)} times`;
  t.diagnostic(`snapshot ${(bytes.length / 1e6).toFixed(1)} MB; module before ${(before / 1e6).toFixed(1)} MB; open ${share(opened)}; asked ${share(asked)}`);
  assert.ok(asked <= MOST * bytes.length, share(asked));
  // Nothing more for the same question again.
  for (let turn = 0; turn < 20; turn += 1) engine.recommend({ strategy: 'for-you', limit: 12, now: NOW });
  assert.equal(memory.buffer.byteLength, asked);
});

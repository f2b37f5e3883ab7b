// The two builds: how one is chosen, and that both give the answers of plain JavaScript.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { chosenBuild, knowsSimd, tried } from '../../pkg/builds.js';
import init, { Engine } from '../../pkg/node.js';
import kernel from '../../pkg/wasm/kernel.js';
import { shop } from './builds/shop.mjs';

/** A processor of 2004: V8 then has no SIMD. */
const WITHOUT_SIMD = ['ssse3', 'sse4-1', 'sse4-2', 'avx', 'avx2'].map((set) => `--no-enable-${set}`);
const bytes = () => Uint8Array.from(Buffer.from(kernel, 'base64'));

test('where SIMD computes rightly its build is chosen', () => {
  assert.ok(knowsSimd());
  assert.deepEqual(chosenBuild(), { build: 'simd' });
});

test('a SIMD that computes otherwise is found out, whatever of it is wrong', () => {
  const wrong = { build: 'baseline', because: 'simd-differs' };
  // What stands for each instruction's number: another with the same operands.
  const others = { 'dot_i16x8': [0xba, 0x01, 0xb1, 0x01], 'add': [0xae, 0x01, 0xb1, 0x01], 'load8x8_s': [0x01, undefined, 0x02] };
  for (const [name, [first, second, ...other]] of Object.entries(others)) {
    const changed = bytes();
    let count = 0;
    for (let at = 0; at < changed.length - 2; at += 1) {
      if (changed[at] === 0xfd && changed[at + 1] === first && (second === undefined || changed[at + 2] === second)) {
        changed.set(other, at + 1);
        count += 1;
      }
    }
    assert.ok(count > 0, `the loop uses ${name}`);
    assert.ok(WebAssembly.validate(changed), name);
    assert.deepEqual(tried(changed), wrong, name);
  }
  assert.deepEqual(tried(bytes().fill(0, 100)), wrong);
});

/** What is nearest, by the cosine, as floating point has it. */
function expected({ catalog, query, values }, limit, only) {
  const { dimensions } = catalog.vectors;
  const length = (numbers) => Math.hypot(...numbers);
  const near = catalog.items.map(({ id, category }, place) => {
    const row = values.slice(place * dimensions, (place + 1) * dimensions);
    const product = row.reduce((sum, number, at) => sum + number * query[at], 0);
    return { id, category, score: length(row) > 0 ? product / length(row) / length(query) : 0 };
  });
  return near.filter(({ category }) => !only || category === only).sort((one, other) => other.score - one.score).slice(0, limit);
}

test('near are those that plain JavaScript finds', async () => {
  await init();
  for (const [count, dimensions] of [[3001, 64], [500, 24], [77, 7], [64, 130], [3, 64]]) {
    const world = shop(count, dimensions);
    const engine = new Engine();
    engine.loadCatalog(new TextEncoder().encode(JSON.stringify(world.catalog)), { now: 0 });
    for (const only of [undefined, 'c1']) {
      const { items } = engine.nearest({ limit: 20, vector: world.query, where: only && { 'item.category': only } });
      const wanted = expected(world, 20, only);
      assert.equal(items.length, wanted.length);
      // One byte a number: scores within 0.01, and so the order but for those as near.
      items.forEach(({ score }, place) => assert.ok(Math.abs(score - wanted[place].score) < 0.01, `${count} x ${dimensions}: ${score}, ${wanted[place].score}`));
      const scores = new Map(expected(world, count, only).map(({ id, score }) => [id, score]));
      items.forEach(({ id, score }) => assert.ok(Math.abs(score - scores.get(id)) < 0.01));
    }
    engine.free();
  }
});

/** What a Node with these flags answers. */
const answersOf = (...flags) => JSON.parse(execFileSync(process.execPath, [...flags, fileURLToPath(new URL('builds/answers.mjs', import.meta.url))], { encoding: 'utf8' }));

test('without SIMD the baseline is chosen, and answers the same to the last bit', () => {
  const [here, there] = [answersOf(), answersOf(...WITHOUT_SIMD)];
  assert.deepEqual([here.chosen, there.chosen], [{ build: 'simd' }, { build: 'baseline', because: 'no-simd' }]);
  assert.equal(here.answers[0][0].items.length, 20);
  assert.deepEqual(there.answers, here.answers);
});

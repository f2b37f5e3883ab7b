// What the suite `vectors` needs outside of the page: its snapshots, and the bound.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { GROWING, SIZES, WIDTH, numbers, title } from './suites/vectors.mjs';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));

/** Snapshots of items that have a price and a vector. */
export function packVectors(regulars, folder) {
  mkdirSync(folder, { recursive: true });
  const mark = join(folder, 'vectors-made-from');
  const source = createHash('sha256').update(readFileSync(here('vectors.mjs'))).update(readFileSync(here('suites/vectors.mjs'))).digest('hex');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === source) return;
  for (const count of GROWING) {
    console.error(`-- packing ${count} items with vectors`);
    const id = (place) => `i${String(place).padStart(7, '0')}`;
    const [items, vectors] = ['items.csv', 'vectors.csv'].map((name) => join(folder, name));
    const raw = numbers(count);
    write(items, 'id,price', count, (place) => `${id(place)},100`);
    write(vectors, undefined, count, (place) => `${id(place)},${raw.subarray(place * WIDTH, (place + 1) * WIDTH).join(',')}`);
    const head = ['--shop', 'bench', '--currency', 'USD', '--id', 'vectors', '--version', '1', '--issued-at', '2026-01-01'];
    execFileSync(regulars, ['pack', '--items', items, '--vectors', vectors, ...head, '-o', join(folder, `vectors-${count}.rgl`)], { stdio: ['ignore', 'ignore', 'inherit'] });
    for (const file of [items, vectors]) rmSync(file);
  }
  writeFileSync(mark, source);
}

function write(path, head, count, row) {
  const file = openSync(path, 'w');
  if (head) writeSync(file, `${head}\n`);
  for (let from = 0; from < count; from += 10_000) {
    writeSync(file, Array.from({ length: Math.min(10_000, count - from) }, (_, place) => `${row(from + place)}\n`).join(''));
  }
  closeSync(file);
}

/** Runs the bound; `before` is what an earlier run found. */
export function bound(work, before) {
  const program = join(work, 'scan');
  execFileSync('cc', ['-O3', '-march=native', here('../scan.c'), '-o', program]);
  const times = SIZES.map((count) => [
    ...execFileSync(program, [String(count), count > 200_000 ? '25' : '200'], { encoding: 'utf8' }).trim().split('\n').map(Number),
    ...(before?.times[SIZES.indexOf(count)] ?? []),
  ]);
  return { times, addTo: (found) => addTo(found, times) };
}

/** Puts the bound beside the peers of the page. */
function addTo(found, times) {
  const { cases } = found.find((suite) => suite.title === title);
  cases.forEach(({ peers, baseline }, place) => {
    const sorted = [...times[place]].sort((one, other) => one - other);
    const median = sorted[sorted.length >> 1];
    peers['the bound: C, native'] = { median, best: sorted[0], worst: sorted.at(-1), ratio: peers[baseline].median / median, calls: 1 };
  });
}

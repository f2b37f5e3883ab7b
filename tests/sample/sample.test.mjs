// The committed sample is what its generator writes, and small.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { files } from './generate.mjs';

test('each file is what the generator writes', () => {
  for (const [name, content] of Object.entries(files)) assert.equal(readFileSync(new URL(name, import.meta.url), 'utf8'), content, name);
});

test('all of it stays below 200 kB', () => {
  const bytes = Object.values(files).reduce((sum, content) => sum + Buffer.byteLength(content), 0);
  assert.ok(bytes < 200_000, `${bytes} bytes`);
});

// SECURITY.md: each line of what somebody can and cannot do names tests, and they are there.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

import { cells } from '../faults/cells/index.mjs';

const at = (path) => new URL(`../../${path}`, import.meta.url);
const text = readFileSync(at('SECURITY.md'), 'utf8');
const rows = text
  .split('## Who can do what')[1]
  .split('\n## ')[0]
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| who |'))
  .map((line) => line.split(' |').map((cell) => cell.replace(/^\| ?/, '').trim()));
const titles = cells.map(({ title }) => title);

/** Whether a name is that of a cell, of all cells of a group, of a test in a file, or of a fuzz target. */
function isThere(name) {
  if (titles.includes(name) || (/^\w+:$/.test(name) && titles.some((title) => title.startsWith(name)))) return true;
  const [path, inside] = name.split(/: (.*)/s);
  if (!existsSync(at(path))) return false;
  if (path.startsWith('fuzz/')) return true;
  // A file alone does not say what shows it.
  return inside !== undefined && [`test('${inside}'`, `test("${inside}"`, `fn ${inside}(`].some((start) => readFileSync(at(path), 'utf8').includes(start));
}

test('each line of the threat model names tests that are there', () => {
  assert.ok(rows.length >= 20, `${rows.length} lines`);
  for (const row of rows) {
    const names = [...row[4].matchAll(/`([^`]+)`/g)].map(([, name]) => name);
    assert.ok(names.length > 0, `no test: ${row.slice(0, 2).join(', ')}`);
    for (const name of names) assert.ok(isThere(name), `${name}: ${row.slice(0, 2).join(', ')}`);
  }
});

test('a name that nothing bears is found', () => {
  for (const name of ['bytes: no such cell', 'tests/js/serve.test.mjs', 'tests/js/serve.test.mjs: no such test', 'none:', 'fuzz/none.rs']) assert.ok(!isThere(name), name);
});

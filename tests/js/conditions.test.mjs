// GrowthBook's public conditions, in WebAssembly with the host's RegExp: the file that the native test runs too.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';

import init, { matches } from '../../pkg/node.js';

const { evalCondition: cases } = JSON.parse(readFileSync(new URL('../vectors/experiments/growthbook_cases.json', import.meta.url)));

before(() => init());

test('every condition of the specification', (t) => {
  const failed = cases.filter(([, condition, attributes, expected, groups]) => matches(condition, attributes, groups) !== expected);
  t.diagnostic(`evalCondition: ${cases.length - failed.length} of ${cases.length}`);
  assert.deepEqual(failed.map(([name]) => name), []);
  assert.equal(cases.length, 248);
});

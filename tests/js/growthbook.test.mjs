// GrowthBook's conformance suite in Node and in Chromium, from the one file that the native test reads too.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import * as regulars from '../../pkg/node.js';
import { withChromium } from './chromium.mjs';
import { conformance } from './growthbook.mjs';
import { served } from './serve.mjs';

const folder = (path) => fileURLToPath(new URL(path, import.meta.url));
const read = (name) => JSON.parse(readFileSync(new URL(`../vectors/experiments/${name}`, import.meta.url)));
const suite = read('growthbook_cases.json');
/** What only GrowthBook's Rust SDK knows. */
const extra = { 'evalCondition of the Rust SDK': read('growthbook_rust_cases.json').evalCondition };
const SECTIONS = 13;

function check(host, { sections, failures }, total) {
  for (const { section, cases, passed } of sections) console.log(`${host.padEnd(10)}${section.padEnd(32)}${String(cases).padStart(6)}${String(passed).padStart(8)}`);
  const sum = (of) => sections.reduce((all, section) => all + section[of], 0);
  console.log(`${host.padEnd(10)}${'all'.padEnd(32)}${String(sum('cases')).padStart(6)}${String(sum('passed')).padStart(8)}`);
  assert.deepEqual(failures, []);
  assert.equal(sum('cases'), total);
  assert.equal(sum('passed'), total);
}

test('in Node', async () => {
  await regulars.default();
  const found = conformance(regulars, suite);
  assert.equal(found.sections.length, SECTIONS);
  check('Node', found, 517);
});

test('the Rust SDK\'s further conditions, in Node', async () => {
  await regulars.default();
  check('Node', renamed(conformance(regulars, { evalCondition: Object.values(extra)[0] })), 11);
});

test('a case that must fail does fail', async () => {
  await regulars.default();
  const wrong = { hash: suite.hash.map(([seed, value, version, expected]) => [seed, value, version, expected === null ? 0.5 : expected + 0.0001]) };
  assert.equal(conformance(regulars, wrong).failures.length, suite.hash.length);
});

test('in Chromium', async () => {
  const routes = { '/pkg/': `${folder('../../pkg')}/`, '/js/': `${folder('.')}/`, '/vectors/': `${folder('../vectors/experiments')}/` };
  await served(routes, async (address) => {
    await withChromium(async (browser) => {
      const page = await browser.newPage();
      await page.goto(`${address}js/growthbook.mjs`);
      const found = await page.evaluate(async () => {
        const regulars = await import('/pkg/index.js');
        const { conformance } = await import('/js/growthbook.mjs');
        await regulars.default();
        const cases = async (name) => (await fetch(`/vectors/${name}`)).json();
        const { evalCondition } = await cases('growthbook_rust_cases.json');
        return [conformance(regulars, await cases('growthbook_cases.json')), conformance(regulars, { evalCondition })];
      });
      check('Chromium', found[0], 517);
      check('Chromium', renamed(found[1]), 11);
    });
  });
});

function renamed({ sections, failures }) {
  return { sections: sections.map((section) => ({ ...section, section: Object.keys(extra)[0] })), failures };
}

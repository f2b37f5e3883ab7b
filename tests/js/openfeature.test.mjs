// OpenFeature's own suites against the provider, and what they don't ask.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { loadConfiguration, runCucumber } from '@cucumber/cucumber/api';
import { OpenFeature } from '@openfeature/web-sdk';

import init, { Engine } from '../../pkg/node.js';
import { RegularsProvider } from '../../pkg/openfeature.js';

const folder = (path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * What a static-context provider cannot be asked: the web SDK evaluates synchronously (`@async`), and this provider's
 * answers are evaluated each time (`CACHED`).
 */
const NOT_ASKED = 'not @async and not @reason-codes-cached';

test("the specification's suites pass", async () => {
  const { runConfiguration } = await loadConfiguration({
    file: false,
    provided: { paths: [folder('../vectors/openfeature/*.feature')], import: [folder('openfeature/steps.mjs')], tags: NOT_ASKED, format: [] },
  });
  const counts = {};
  const failures = [];
  const { success } = await runCucumber(runConfiguration, {}, ({ testCaseFinished, testStepFinished }) => {
    if (testStepFinished && testStepFinished.testStepResult.status !== 'PASSED' && testStepFinished.testStepResult.message) failures.push(testStepFinished.testStepResult.message);
    if (testStepFinished) counts[testStepFinished.testStepResult.status] = (counts[testStepFinished.testStepResult.status] ?? 0) + 1;
    if (testCaseFinished) counts.scenarios = (counts.scenarios ?? 0) + 1;
  });
  console.log(`OpenFeature: ${counts.scenarios} scenarios, steps ${JSON.stringify(counts)}`);
  assert.ok(success, `${JSON.stringify(counts)}\n${failures.slice(0, 5).join('\n')}`);
  assert.ok(counts.scenarios >= 70);
});

test('resolving counts as exposure, a wrong type does not, and the context names the unit', async () => {
  await init();
  const engine = new Engine();
  engine.loadFeatures({ features: { banner: { defaultValue: 'plain', rules: [{ key: 'banner-test', variations: ['plain', 'bold'], weights: [0, 1], meta: [{ key: 'c' }, { key: 't' }] }] } } });
  await OpenFeature.setContext('exposure', { targetingKey: 'member-1' });
  await OpenFeature.setProviderAndWait('exposure', new RegularsProvider(Promise.resolve({ engine })));
  const client = OpenFeature.getClient('exposure');
  assert.equal(client.getNumberValue('banner', 3), 3);
  assert.equal(engine.eventsWaiting(), 0);
  const details = client.getStringDetails('banner', 'none');
  assert.deepEqual([details.value, details.variant, details.reason, details.flagMetadata.experiment], ['bold', 't', 'SPLIT', 'banner-test']);
  client.getStringValue('banner', 'none');
  assert.deepEqual(engine.drainEvents(10).events.map(({ type, hashValue }) => [type, hashValue]), [['exposure', 'member-1']]);
  await OpenFeature.setContext('exposure', { targetingKey: 'member-2' });
  client.getStringValue('banner', 'none');
  client.track('purchase', { value: 12, order: 'o1' });
  assert.deepEqual(engine.drainEvents(10).events.map(({ type, hashValue, reward }) => [type, hashValue ?? reward]), [['exposure', 'member-2'], ['purchase', 12]]);
});

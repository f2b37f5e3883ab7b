// The steps of OpenFeature's suites, for a static-context provider.
import assert from 'node:assert/strict';

import { Before, Given, Then, When } from '@cucumber/cucumber';
import { OpenFeature } from '@openfeature/web-sdk';

import init, { Engine, RegularsError } from '../../../pkg/node.js';
import { RegularsProvider } from '../../../pkg/openfeature.js';
import { payload } from './flags.mjs';

let scenario = 0;

Before(async function () {
  await init();
  this.domain = `scenario-${scenario++}`;
  this.context = {};
  this.hooks = undefined;
});

const never = new Promise(() => {});

async function provide(world, status) {
  const engine = new Engine();
  engine.loadFeatures(payload());
  const sources = {
    stable: () => engine,
    stale: () => engine,
    'not ready': () => never,
    error: () => Promise.reject(new RegularsError('no-features', 'nothing is loaded')),
    fatal: () => Promise.reject(new RegularsError('no-webassembly', 'this host has no WebAssembly')),
  };
  world.engine = engine;
  world.provider = new RegularsProvider(sources[status]);
  if (status === 'not ready') OpenFeature.setProvider(world.domain, world.provider);
  else await OpenFeature.setProviderAndWait(world.domain, world.provider).catch(() => {});
  if (status === 'stale') world.provider.events.emit('PROVIDER_STALE');
  world.client = OpenFeature.getClient(world.domain);
}

const typed = (type, text) => {
  if (type === 'Boolean') return text === 'true';
  if (type === 'Integer' || type === 'Float' || type === 'Number') return Number(text);
  if (type === 'Object') return JSON.parse(text.replaceAll('\\"', '"'));
  return text;
};

const METHODS = { Boolean: 'getBooleanDetails', String: 'getStringDetails', Integer: 'getNumberDetails', Float: 'getNumberDetails', Object: 'getObjectDetails' };

async function evaluate(world, options) {
  await OpenFeature.setContext(world.domain, world.context);
  const { type, key, fallback } = world.flag;
  world.details = world.client[METHODS[type]](key, fallback, options);
}

Given(/^a (stable|not ready|error|fatal|stale) provider$/, async function (status) {
  await provide(this, status);
});
Given(/^(?:a|an) (\w+)-flag with key "([^"]*)" and a fallback value "(.*)"$/, function (type, key, fallback) {
  this.flag = { type, key, fallback: typed(type, fallback) };
});
Given(/^a context containing a key "([^"]*)", with type "(\w+)" and with value "(.*)"$/, function (key, type, value) {
  this.context[key] = typed(type, value);
});
Given(/^a context containing a key "([^"]*)" with null value$/, function (key) {
  this.context[key] = null;
});
Given('evaluation options containing specific hooks', function () {
  this.seen = [];
  const hook = (name) => ({ before: () => void this.seen.push(`before ${name}`), after: () => void this.seen.push(`after ${name}`) });
  this.hooks = [hook('first'), hook('second')];
});
Given('an evaluation context with modifiable data', function () {
  this.context = { email: 'someone@example.com', nested: { list: [1, 2] } };
  this.copy = structuredClone(this.context);
});
When('the flag was evaluated with details', async function () {
  await evaluate(this);
});
When('the flag was evaluated with details using the evaluation options', async function () {
  await evaluate(this, { hooks: this.hooks });
});
Then('the resolved details value should be {string}', function (expected) {
  assert.deepEqual(this.details.value, typed(this.flag.type, expected));
});
Then('the reason should be {string}', function (reason) {
  assert.equal(this.details.reason, reason);
});
Then('the error-code should be {string}', function (code) {
  assert.equal(this.details.errorCode, code);
});
Then('the flag key should be {string}', function (key) {
  assert.equal(this.details.flagKey, key);
});
Then('the variant should be {string}', function (variant) {
  assert.equal(this.details.variant, variant);
});
Then('the provider status should be {string}', function (status) {
  assert.equal(this.client.providerStatus, status);
});
Then('the resolved metadata should contain', function (table) {
  const expected = Object.fromEntries(table.hashes().map(({ key, metadata_type: type, value }) => [key, typed(type, value)]));
  assert.deepEqual(this.details.flagMetadata, expected);
});
Then('the resolved metadata is empty', function () {
  assert.deepEqual(this.details.flagMetadata, {});
});
Then('the specified hooks should execute during evaluation', function () {
  assert.equal(this.seen.length, 4);
});
Then('the hook order should be maintained', function () {
  assert.deepEqual(this.seen, ['before first', 'before second', 'after second', 'after first']);
});
Then('the original evaluation context should remain unmodified', function () {
  assert.deepEqual(this.context, this.copy);
});
Then('the evaluation details should be immutable', function () {
  assert.ok(Object.isFrozen(this.details.flagMetadata));
});

// The first, older suite.
When(/^(?:a|an) (\w+) flag with key "([^"]*)" is evaluated (?:with details and|with) (?:a null )?default value ?(.*)$/, async function (type, key, text) {
  const name = type[0].toUpperCase() + type.slice(1);
  const plain = text.replace(/^"|"$/g, '');
  this.flag = { type: name, key, fallback: name === 'Object' ? {} : typed(name, plain) };
  await evaluate(this);
});
Then(/^the resolved (boolean|string|integer|float) (?:details )?value should be "?([^",]*)"?(?:, the variant should be "([^"]*)", and the reason should be "([^"]*)")?$/, function (type, value, variant, reason) {
  assert.equal(this.details.value, typed(type[0].toUpperCase() + type.slice(1), value));
  if (variant) assert.deepEqual([this.details.variant, this.details.reason], [variant, reason]);
});
Then(/^the resolved object (?:details )?value should be contain fields "([^"]*)", "([^"]*)", and "([^"]*)", with values "([^"]*)", "([^"]*)" and (\d+), respectively$/, function (first, second, third, one, two, three) {
  assert.deepEqual(this.details.value, { [first]: one === 'true', [second]: two, [third]: Number(three) });
});
Then('the variant should be {string}, and the reason should be {string}', function (variant, reason) {
  assert.deepEqual([this.details.variant, this.details.reason], [variant, reason]);
});
When(/^context contains keys "([^"]*)", "([^"]*)", "([^"]*)", "([^"]*)" with values "([^"]*)", "([^"]*)", (\d+), "([^"]*)"$/, function (a, b, c, d, first, second, age, customer) {
  this.context = { [a]: first, [b]: second, [c]: Number(age), [d]: customer === 'true' };
});
When('a flag with key {string} is evaluated with default value {string}', async function (key, fallback) {
  this.flag = { type: 'String', key, fallback };
  await evaluate(this);
});
Then('the resolved string response should be {string}', function (value) {
  assert.equal(this.details.value, value);
});
Then('the resolved flag value is {string} when the context is empty', async function (value) {
  this.context = {};
  await evaluate(this);
  assert.equal(this.details.value, value);
});
When('a non-existent string flag with key {string} is evaluated with details and a fallback value {string}', async function (key, fallback) {
  this.flag = { type: 'String', key, fallback };
  await evaluate(this);
});
When('a string flag with key {string} is evaluated as an integer, with details and a fallback value {int}', async function (key, fallback) {
  this.flag = { type: 'Integer', key, fallback };
  await evaluate(this);
});
Then(/^the default (?:string|integer) value should be returned$/, function () {
  assert.equal(this.details.value, this.flag.fallback);
});
Then(/^the reason should indicate an error and the error code should indicate a (?:missing flag|type mismatch) with "([^"]*)"$/, function (code) {
  assert.deepEqual([this.details.reason, this.details.errorCode], ['ERROR', code]);
});

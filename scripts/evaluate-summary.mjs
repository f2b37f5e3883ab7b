// All figures of `make evaluate` in one table, and in OUT/summary.json.
//
//   node scripts/evaluate-summary.mjs WORK OUT
//
// WORK holds <split>_measures.json (regulars evaluate --measures), coupon_measures.json (regulars rank-offers --measures) and
// policies_measures.json (scripts/evaluate-policies.mjs), OUT report.json (regulars evaluate --json).
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [work, out] = process.argv.slice(2);
const read = (...path) => JSON.parse(readFileSync(join(...path), 'utf8'));

const LISTS = [
  ['cutoff', 'next basket, with classes and flyers'],
  ['cutoff_baskets_only', 'next basket, from baskets alone'],
  ['leave_last_out', 'last basket, from baskets alone'],
  ['discovery', 'never bought before, with classes and flyers'],
];
const lists = LISTS.map(([name, what]) => ({ name, what, ...read(work, `${name}_measures.json`) }));
const coupons = read(work, 'coupon_measures.json').map(({ from, ...rest }) => ({ what: `coupons, ${from}`, over: 'weights', from, ...rest }));
const report = read(out, 'report.json');
const bytes = Object.fromEntries(['full', 'baskets', 'last'].map((model) => [model, statSync(join(work, model, 'knowledge.cbor')).size]));

const number = (value) => value.toFixed(4).replace(/^(-?)0\./, '$1.');
const span = ({ interval: [low, high] }) => `[${number(low)}, ${number(high)}]`;
const signed = (value) => (value >= 0 ? '+' : '') + number(value);
const rows = [];
for (const { what, cases, over, measures } of lists)
  for (const { name, mean, base, gain } of measures) rows.push([what, cases, name, `${number(mean.mean)} ${span(mean)}`, `${over} ${number(base.mean)}`, `${signed(gain.mean)} ${span(gain)}`]);
for (const { what, cases, over, measures } of coupons)
  for (const { name, mean, weights, gain } of measures) rows.push([what, cases, name, `${number(mean.mean)} ${span(mean)}`, `${over} ${number(weights.mean)}`, `${signed(gain.mean)} ${span(gain)}`]);
print(['lists', 'cases', 'measure', 'mean', 'over', 'gain, paired'], rows);

const shares = ({ mean, interval: [low, high] }) => `${(mean * 100).toFixed(1)} % [${(low * 100).toFixed(1)}, ${(high * 100).toFixed(1)}]`;
const each = [];
for (const { strategy, cases, systems } of report.strategies) {
  const [ours, ...others] = systems;
  for (const other of others) {
    const measure = ([name]) => ['nDCG@10', 'MRR@10'].includes(name);
    const [[name, mean], [, base]] = [ours.measures.find(measure), other.measures.find(measure)];
    each.push([strategy, cases, name, number(mean.mean), `${other.name} ${number(base.mean)}`, other.beatenBy ? shares(other.beatenBy) : '']);
  }
}
console.log('\nEach strategy apart, with classes and flyers:');
print(['strategy', 'lists', 'measure', 'mean', 'over', 'better by'], each);

const cold = report.cold_start ?? report.coldStart;
console.log('\nCold start, next basket, nDCG@10:');
const names = cold[0].systems.map(({ name }) => name);
print(['baskets known', ...names], cold.map(({ baskets, systems }) => [baskets, ...systems.map(({ measures }) => { const mean = measures.find(([name]) => name === 'nDCG@10')[1]; return `${number(mean.mean)} ${span(mean)}`; })]));
const [next, discover] = report.rankerBytes;
console.log(`\nRankers with classes and flyers: next basket ${next} bytes, new things ${discover} bytes.`);

const policies = read(work, 'policies_measures.json');
console.log(`Policies judged by logs: ${policies.outside} of ${3 * Object.keys(policies.policies).length} intervals miss what they really bring.`);

writeFileSync(join(out, 'summary.json'), `${JSON.stringify({ lists, coupons, strategies: report.strategies, coldStart: cold, rankerBytes: { nextBasket: next, discover }, knowledgeBytes: bytes, policies }, null, 1)}\n`);
console.log(`${join(out, 'summary.json')}`);

function print(head, rows) {
  const text = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...text.map((row) => row[column].length)));
  for (const row of text) console.log(row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd());
}

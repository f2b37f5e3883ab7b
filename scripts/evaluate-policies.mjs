// Judges policies of a slot by logs of devices, against what they really bring. Devices are engines in Node, each deciding by
// Thompson sampling on what happened on it; a click comes as often as TRUTH says, which no device and no estimate knows. Their
// events, as they would be sent to a server, go through `regulars evaluate --logs`; policies that were never in use are then also
// really used, on other visits, and the estimates compared with what they brought.
//
//   node scripts/evaluate-policies.mjs REGULARS WORK [DEVICES]
//
// Writes WORK/policies_log.jsonl, WORK/policies_estimates.json and WORK/policies_measures.json.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import init, { Engine } from '../pkg/node.js';

const [regulars, work, devices = '400'] = process.argv.slice(2);
const TRUTH = { fruit: 0.05, bread: 0.08, coffee: 0.12, soap: 0.07 };
/** Two that a retailer may think of. */
const POLICIES = { 'coffee mostly': { fruit: 0.1, bread: 0.2, coffee: 0.6, soap: 0.1 }, 'no coffee': { fruit: 0.25, bread: 0.5, coffee: 0, soap: 0.25 } };
const VISITS = 30;
const SLOT = { slots: [{ key: 'hero', version: 1, floor: 0.05, arms: Object.keys(TRUTH).map((key) => ({ key, alpha: 2, beta: 18 })) }] };

/** A number in [0, 1) for each call, the same in every run (splitmix32). */
function chance(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let word = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
    return ((word ^ (word >>> 15)) >>> 0) / 4294967296;
  };
}

await init();
const random = chance(2026);
const lines = [];
for (let device = 0; device < Number(devices); device += 1) {
  const engine = new Engine();
  engine.loadFeatures(SLOT);
  for (let visit = 0; visit < VISITS; visit += 1) {
    const { arm } = engine.slot('hero', { now: visit, seed: Math.floor(random() * 4294967296) });
    if (random() < TRUTH[arm]) engine.track({ type: 'click', slot: 'hero', arm, at: visit });
  }
  lines.push(JSON.stringify({ ...engine.drainEvents(), device: `d${device}` }));
  engine.free();
}
const log = join(work, 'policies_log.jsonl');
writeFileSync(log, `${lines.join('\n')}\n`);

const told = {};
for (const [name, policy] of Object.entries(POLICIES)) {
  const file = join(work, 'policies_policy.json');
  const estimates = join(work, 'policies_estimates.json');
  writeFileSync(file, JSON.stringify(policy));
  execFileSync(regulars, ['evaluate', '--logs', log, '--slot', 'hero', '--policy', file, '--estimates', estimates], { stdio: ['ignore', 'ignore', 'inherit'] });
  const { decisions, logged, policies } = JSON.parse(readFileSync(estimates, 'utf8'));
  told.decisions = decisions;
  told.logged = logged;
  told[name] = { policy, ...policies[file] };
  for (const [arm] of Object.entries(policy)) told[`always ${arm}`] = { policy: { [arm]: 1 }, ...policies[`always ${arm}`] };
}

const { decisions, logged, ...policies } = told;
console.log(`${decisions} decisions by Thompson sampling on ${devices} devices; each brought ${number(logged.mean)}`);
let outside = 0;
for (const [name, found] of Object.entries(policies)) {
  found.truth = Object.entries(found.policy).reduce((sum, [arm, share]) => sum + share * TRUTH[arm], 0);
  let clicks = 0;
  for (let visit = 0; visit < decisions; visit += 1) {
    let left = random();
    const arm = Object.keys(found.policy).find((arm) => (left -= found.policy[arm]) < 0) ?? Object.keys(found.policy).at(-1);
    clicks += random() < TRUTH[arm] ? 1 : 0;
  }
  found.used = clicks / decisions;
  const kinds = { IPS: found.ips, SNIPS: found.snips, 'doubly robust': found.doublyRobust };
  const cells = Object.entries(kinds).map(([kind, { mean, interval: [low, high] }]) => {
    const holds = low <= found.truth && found.truth <= high;
    outside += holds ? 0 : 1;
    return `${kind} ${number(mean)} [${number(low)}, ${number(high)}]${holds ? '' : ' MISSES'}`;
  });
  console.log(`  ${name.padEnd(14)} truly ${number(found.truth)}, really used ${number(found.used)}; ${cells.join('; ')}`);
}
writeFileSync(join(work, 'policies_measures.json'), `${JSON.stringify({ decisions, logged, outside, policies }, null, 1)}\n`);
const all = 3 * Object.keys(policies).length;
console.log(`${all - outside} of ${all} intervals of 95 % hold the truth`);
// One in twenty misses by chance.
if (outside > all / 6) throw new Error(`${outside} of ${all} intervals miss what the policies really bring`);

function number(value) {
  return value.toFixed(4);
}

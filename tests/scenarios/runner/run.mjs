// Runs the packs of tests/scenarios: builds each shop's snapshot, plays its scenarios natively, in Node and in Chromium,
// holds every answer against what the pack expects and against the other hosts, and prints capability by capability
// which packs show it.
//
//   node tests/scenarios/runner/run.mjs [--regulars PROGRAM] [--hosts native,node,chromium] [--show] [PACK...]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, parseArgs, stripVTControlCharacters } from 'node:util';

import { CAPABILITIES } from './capabilities.mjs';
import * as hosts from './hosts.mjs';
import { mismatches } from './match.mjs';
import { build, packsIn } from './pack.mjs';
import { written } from './zone.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    regulars: { type: 'string', default: join(root, 'target/debug/regulars') },
    hosts: { type: 'string', default: 'native,node,chromium' },
    show: { type: 'boolean', default: false },
  },
});
const asked = options.hosts.split(',');
const folders = packsIn(join(root, 'tests/scenarios')).filter((folder) => wanted.length === 0 || wanted.includes(basename(folder)));

/** What is wrong with the answers of one host to a scenario, a line each. */
function faults({ expected, session }, outcomes) {
  return expected.flatMap(({ expect, refused }, place) => {
    const { answer, error } = outcomes[place];
    const call = `${session.calls[place].call}`;
    if (refused) return error?.code === refused ? [] : [`${call}: expected the error ${refused}; got ${error?.code ?? 'an answer'}`];
    if (error) return [`${call}: ${error.code}: ${error.message}`];
    return expect === undefined ? [] : mismatches(expect, answer, call);
  });
}

/** What is wrong with what `regulars report` finds in the events that one host's devices sent, a line each. */
function reportFaults(pack, { of, expect }, outcomes, host) {
  const events = of.flatMap((name) => {
    const place = pack.scenarios.findIndex((scenario) => scenario.name.startsWith(name));
    if (place < 0) return [];
    const { member, session } = pack.scenarios[place];
    const sent = outcomes[place].filter((_, step) => session.calls[step].call === 'drainEvents').flatMap(({ answer }) => answer.events);
    return sent.map((event) => JSON.stringify({ ...event, member }));
  });
  const file = join(pack.out, `${host}.jsonl`);
  writeFileSync(file, `${events.join('\n')}\n`);
  return mismatches(expect, JSON.parse(execFileSync(options.regulars, ['report', file], { encoding: 'utf8' })), 'report');
}

/** Milliseconds in a line of a fault, as the shop's clock shows them. */
const readable = (line, zone) => line.replace(/\b1[5-9]\d{11}\b/g, (at) => `${at} (${written(Number(at), zone)})`);

async function main() {
  const work = mkdtempSync(join(tmpdir(), 'regulars-scenarios-'));
  try {
    const packs = folders.map((folder) => build(folder, options.regulars, work));
    const answers = {};
    if (asked.includes('native')) answers.native = await hosts.native(packs, options.regulars);
    if (asked.includes('node')) answers.node = await hosts.node(packs);
    if (asked.includes('chromium')) answers.chromium = await hosts.chromium(packs, work);
    const failed = report(packs, answers);
    table(packs, answers, failed);
    const empty = wanted.length === 0 ? Object.keys(CAPABILITIES).filter((row) => !packs.some((pack) => pack.scenarios.some(({ shows }) => shows.includes(row)))) : [];
    if (empty.length) console.error(`no pack shows ${empty.join(', ')}`);
    const total = packs.reduce((sum, { scenarios, reports }) => sum + scenarios.length + reports.length, 0);
    console.log(`${packs.length} packs, ${total} scenarios on ${Object.keys(answers).join(', ')}: ${failed.size} failed`);
    process.exitCode = failed.size || empty.length ? 1 : 0;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Prints what failed; gives the keys `host pack scenario` of it. */
function report(packs, answers) {
  const failed = new Set();
  const names = Object.keys(answers);
  packs.forEach((pack, at) => {
    pack.scenarios.forEach((scenario, place) => {
      const key = (host) => `${host} ${pack.name} ${place}`;
      const lines = [];
      for (const host of names) {
        const outcomes = answers[host][at][place];
        if (options.show && host === names[0]) outcomes.forEach((outcome, step) => console.log(scenario.session.calls[step].call, JSON.stringify(outcome, null, 1)));
        const own = faults(scenario, outcomes);
        if (own.length) failed.add(key(host));
        lines.push(...own.map((line) => `  ${host}  ${readable(line, pack.zone)}`));
        if (!isDeepStrictEqual(outcomes, answers[names[0]][at][place])) {
          failed.add(key(host));
          lines.push(`  ${host}  answers otherwise than ${names[0]}:`, ...mismatches(answers[names[0]][at][place], outcomes, '').slice(0, 5).map((line) => `    ${line}`));
        }
      }
      if (lines.length) complain(pack, scenario, lines);
    });
    pack.reports.forEach((entry, place) => {
      const lines = names.flatMap((host) => {
        const own = reportFaults(pack, entry, answers[host][at], host);
        if (own.length) failed.add(`${host} ${pack.name} ${pack.scenarios.length + place}`);
        return own.map((line) => `  ${host}  ${line}`);
      });
      if (lines.length) complain(pack, entry, lines);
    });
  });
  return failed;
}

function complain(pack, { name, why }, lines) {
  console.error([`${pack.name}: ${name}`, ...lines, `  why it is expected: ${why}`, ''].join('\n'));
}

/** The table: each capability, how many of its scenarios hold on each host, and which packs have them. */
function table(packs, answers, failed) {
  const names = Object.keys(answers);
  // Chinese characters take two columns.
  const width = (text) => [...stripVTControlCharacters(text)].reduce((sum, letter) => sum + (letter > '\u2e7f' ? 2 : 1), 0);
  const padded = (text, columns) => text + ' '.repeat(Math.max(0, columns - width(text)));
  console.log([padded('', 43), ...names.map((host) => padded(host, 9)), 'packs'].join(' '));
  for (const [row, title] of Object.entries(CAPABILITIES)) {
    const shown = packs.flatMap((pack) => [...pack.scenarios, ...pack.reports].map((scenario, place) => ({ pack: pack.name, scenario, place }))).filter(({ scenario }) => scenario.shows.includes(row));
    const counts = names.map((host) => {
      const held = shown.filter(({ pack, place }) => !failed.has(`${host} ${pack} ${place}`)).length;
      return padded(shown.length === 0 ? 'NONE' : held === shown.length ? `ok ${held}` : `${held} of ${shown.length}`, 9);
    });
    console.log([padded(`${row.padEnd(4)}${title}`, 43), ...counts, [...new Set(shown.map(({ pack }) => pack))].join(' ')].join(' '));
  }
}

await main();

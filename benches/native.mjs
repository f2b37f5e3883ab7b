// Times answers natively by criterion (benches/answers.rs), and puts them with their counts of instructions into
// benches/RESULTS.md: node benches/native.mjs
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { put } from './browser/report.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const command = ['bench', '--bench', 'answers', '--features', 'bench'];
const before = loadavg()[0];
const said = execFileSync('cargo', [...command, '--', '--noplot'], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
const names = [...said.matchAll(/^(\S.*?)\s+time:/gm)].map(([, name]) => name.trim());
const counted = JSON.parse(readFileSync(join(root, 'benches/instructions.json'), 'utf8'));
const time = (nanoseconds) => (nanoseconds < 1e5 ? `${(nanoseconds / 1e3).toPrecision(3)} µs` : `${(nanoseconds / 1e6).toPrecision(3)} ms`);

const rows = names.map((name) => {
  const folder = name.replaceAll(/[^\w. -]/g, '_');
  const { mean, median } = JSON.parse(readFileSync(join(root, 'target/criterion', folder, 'new/estimates.json'), 'utf8'));
  const { lower_bound: lower, upper_bound: upper } = mean.confidence_interval;
  return `| ${name} | ${time(mean.point_estimate)} | ${time(lower)} to ${time(upper)} | ${time(median.point_estimate)} |`;
});
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
const counts = Object.entries(counted).map(([name, count]) => `| ${name} | ${count.toLocaleString('en')} |`);
const text = `Command: \`node benches/native.mjs\` (criterion: \`cargo ${command.join(' ')}\`), at commit ${commit}. Machine: ${cpus()[0].model}, ${cpus().length} cores; load average ${before.toFixed(1)} before, ${loadavg()[0].toFixed(1)} after. Twenty households of the demo in turns, the catalogue of 11,803 items.

| natively | mean | its 95 % interval | median of the samples |
|---|---|---|---|
${rows.join('\n')}

Instructions, by \`node benches/instructions.mjs\`, which \`make test\` holds to a tenth; those of a member hold loading the profile too:

| counted | instructions |
|---|---|
${counts.join('\n')}
`;
put(join(root, 'benches/RESULTS.md'), 'native', text);
console.log(text);

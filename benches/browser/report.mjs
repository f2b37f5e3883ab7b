// Figures as Markdown, put between the marks of their part of benches/RESULTS.md; the other parts stay.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const HEAD = `# Results

Written by \`make bench\`: each part between its marks by the command it names. Look at ratios first: times are of one machine at one hour.
`;

function time(milliseconds) {
  if (milliseconds < 0.0995) return `${(milliseconds * 1000).toPrecision(3)} µs`;
  return milliseconds < 100 ? `${milliseconds.toPrecision(3)} ms` : `${Math.round(milliseconds)} ms`;
}

const times = (ratio) => `${ratio >= 100 ? Math.round(ratio) : ratio.toPrecision(3)}×`;

function casesTable({ name, baseline, peers }) {
  // Where the difference says more than the ratio: the median of each round's.
  const differs = Object.values(peers).some(({ above }) => above !== undefined);
  const rows = Object.entries(peers).map(
    ([peer, { median, best, worst, ratio, above }]) => `| ${peer} | ${time(median)} | ${time(best)} | ${time(worst)} | ${peer === baseline ? '1' : times(ratio)} |${differs ? ` ${peer === baseline ? '' : `${Math.round(above)} ms`} |` : ''}`,
  );
  return [`${name}`, '', `| peer | median | best | worst | as fast as ${baseline}, times |${differs ? ' above it |' : ''}`, `|---|---|---|---|---|${differs ? '---|' : ''}`, ...rows, ''];
}

function latencyTable(latencies) {
  const rows = latencies.map(({ name, calls, p50, p99, worst }) => `| ${name} | ${calls} | ${time(p50)} | ${time(p99)} | ${time(worst)} |`);
  return ['| call | calls | p50 | p99 | worst |', '|---|---|---|---|---|', ...rows, ''];
}

function partsTable(parts) {
  const rows = parts.map(({ name, begins, ends, times }) => `| ${name} | ${times} | ${begins.toFixed(1)} | ${ends.toFixed(1)} | ${(ends - begins).toFixed(1)} |`);
  return ['Where a warm visit of `open()` goes: medians of milliseconds since the start of navigation. Parts overlap, and noting them costs some.', '', '| part | times | begins | ends | between |', '|---|---|---|---|---|', ...rows, ''];
}

function curveTable({ name, x, points, explained }) {
  const names = Object.keys(points[0].y);
  const rows = points.map((point) => `| ${point.x.toLocaleString('en')} | ${names.map((one) => time(point.y[one])).join(' | ')} |`);
  return [`| ${x} | ${names.join(' | ')} |`, `|---|${names.map(() => '---|').join('')}`, ...rows, '', explained, '', `![](plots/${name}.svg)`, ''];
}

/** Results as Markdown. */
export function markdown({ machine, load, commit, hosts }, command) {
  const lines = [`Command: \`${command}\`, at commit ${commit}. Machine: ${machine}; load average ${load}. Peers run in turns, round by round; ratios are medians of each round's. Calls in tables of p50 and p99 are timed one by one, each the fastest of three.`, ''];
  for (const [host, suites] of Object.entries(hosts).filter(([, found]) => found.length > 0)) {
    lines.push(`## ${host}`, '');
    for (const { title, about, cases, latencies, curves, parts } of suites) {
      lines.push(`### ${title}`, '', about, '');
      for (const one of cases) lines.push(...casesTable(one));
      if (latencies.length > 0) lines.push(...latencyTable(latencies));
      if (parts) lines.push(...partsTable(parts));
      for (const curve of curves) lines.push(...curveTable(curve));
    }
  }
  return lines.join('\n');
}

/** Puts `text` between the marks of `part`, at the end of the file where there are none yet. */
export function put(path, part, text) {
  const [open, close] = [`<!-- ${part} -->`, `<!-- end of ${part} -->`];
  const before = existsSync(path) ? readFileSync(path, 'utf8') : HEAD;
  const block = `${open}\n${text.trimEnd()}\n${close}`;
  const [start, end] = [before.indexOf(open), before.indexOf(close)];
  const after = start >= 0 && end > start ? before.slice(0, start) + block + before.slice(end + close.length) : `${before.trimEnd()}\n\n${block}\n`;
  writeFileSync(path, after);
}

/** Takes away the parts whose name starts with `start`. */
export function drop(path, start) {
  const parts = new RegExp(`\\n*<!-- ${start}([^>]*) -->[\\s\\S]*?<!-- end of ${start}\\1 -->`, 'g');
  writeFileSync(path, `${readFileSync(path, 'utf8').replace(parts, '').trimEnd()}\n`);
}

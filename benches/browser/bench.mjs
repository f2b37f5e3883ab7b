// Runs suites in the host it is in, and gives their figures: a page calls it, and Node.
import { measure } from './measure.mjs';

/** A quantile of sorted numbers. */
const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];

/**
 * Each call by itself, three times; the fastest of the three counts, so that what else the machine does does not. What `each`
 * does before every one is not counted.
 */
async function each({ name, calls }) {
  const times = [];
  for (const { before, each = () => {}, call } of calls) {
    before();
    each();
    await call();
    let best = Infinity;
    for (let turn = 0; turn < 3; turn += 1) {
      each();
      const began = performance.now();
      const answer = call();
      if (answer instanceof Promise) await answer;
      best = Math.min(best, performance.now() - began);
    }
    times.push(best);
  }
  times.sort((one, other) => one - other);
  return { name, calls: times.length, p50: quantile(times, 0.5), p99: quantile(times, 0.99), worst: times.at(-1) };
}

/** @param {object[]} suites modules of ./suites; `world` is what they are given */
export async function bench(suites, world, tell = () => {}) {
  const found = [];
  for (const { title, about, cases, latencies, curves } of suites) {
    tell(title);
    const figures = { title, about, cases: [], latencies: [], curves: (await curves?.(world)) ?? [] };
    for await (const { name, peers, baseline, rounds, after } of (await cases?.(world)) ?? []) {
      figures.cases.push({ name, baseline, peers: await measure(peers, { baseline, rounds }) });
      await after?.();
    }
    for (const one of (await latencies?.(world)) ?? []) figures.latencies.push(await each(one));
    found.push(figures);
  }
  return found;
}

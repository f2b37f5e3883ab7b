// Measures peers side by side, in a page or in Node: in each round every peer runs once, in turns that change from round
// to round, so that what disturbs the machine disturbs all of them. Browsers clamp their clock, so a run is a batch of calls.

/** A run lasts at least so many milliseconds, and at least one call. */
const BATCH = 10;

function median(numbers) {
  const sorted = [...numbers].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function timed(call, calls) {
  const began = performance.now();
  for (let count = 0; count < calls; count += 1) call();
  return performance.now() - began;
}

async function timedAsync(call, calls) {
  const began = performance.now();
  for (let count = 0; count < calls; count += 1) await call();
  return performance.now() - began;
}

/** Calls that make a run, found by doubling; warms the code up on the way. */
async function callsOf(run) {
  for (let calls = 1; ; calls *= 2) {
    if ((await run(calls)) >= BATCH) return calls;
  }
}

/**
 * @param {Record<string, () => unknown>} peers what each does once; a promise is awaited
 * @param {{ baseline: string, rounds?: number }} how
 * @returns {Promise<Record<string, { median: number, best: number, worst: number, ratio: number, calls: number }>>} milliseconds
 *   a call; `ratio` is the median over the rounds of the baseline's time over the peer's: above 1 is faster
 */
export async function measure(peers, { baseline, rounds = 15 }) {
  const runs = [];
  for (const [name, call] of Object.entries(peers)) {
    const run = call() instanceof Promise ? timedAsync : timed;
    runs.push({ name, calls: await callsOf((calls) => run(call, calls)), run: (calls) => run(call, calls), times: [] });
  }
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < runs.length; turn += 1) {
      const peer = runs[(turn + round) % runs.length];
      peer.times.push((await peer.run(peer.calls)) / peer.calls);
    }
  }
  const base = runs.find(({ name }) => name === baseline).times;
  return Object.fromEntries(
    runs.map(({ name, calls, times }) => [
      name,
      {
        median: median(times),
        best: Math.min(...times),
        worst: Math.max(...times),
        ratio: median(times.map((time, round) => base[round] / time)),
        calls,
      },
    ]),
  );
}

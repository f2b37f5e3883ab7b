// How long an answer takes here. Browsers clamp their clock to 0.1 ms, so calls are timed by the batch.
import { signal } from '@preact/signals';

import { RAILS } from './ahead';
import { cart, household, shop } from './session';

/** Median microseconds of one call, by kind. */
export const pace = signal<ReadonlyMap<string, number>>(new Map());

const BATCHES = 5;
const LONG_ENOUGH = 4;

function median(times: number[]): number {
  const sorted = times.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Milliseconds of one call: the median of batches that last long enough for the clock. */
function timed(call: () => unknown): number {
  let calls = 1;
  for (;;) {
    const began = performance.now();
    for (let count = 0; count < calls; count += 1) call();
    if (performance.now() - began >= LONG_ENOUGH || calls >= 4096) break;
    calls *= 2;
  }
  const times = Array.from({ length: BATCHES }, () => {
    const began = performance.now();
    for (let count = 0; count < calls; count += 1) call();
    return (performance.now() - began) / calls;
  });
  return median(times);
}

/** Measures one kind a turn, so that the page stays free in between. */
export async function measure(signalled: AbortSignal): Promise<void> {
  const open = shop.peek();
  if (!open) return;
  const { engine } = open;
  const lines = cart.peek();
  const calls: [string, () => unknown][] = RAILS.map((strategy) => [strategy, () => engine.recommend({ strategy, limit: 12, cart: lines })]);
  calls.push(['offers', () => engine.offers({ cart: lines })]);
  if (household.peek()) calls.push(['membership', () => engine.membership()]);
  if (lines.length > 0) calls.push(['quote', () => engine.quote({ lines })]);
  const found = new Map<string, number>();
  for (const [kind, call] of calls) {
    await new Promise((resolve) => setTimeout(resolve, 30));
    if (signalled.aborted) return;
    try {
      found.set(kind, timed(call));
    } catch {
      // What has no answer has no pace.
    }
  }
  pace.value = found;
}

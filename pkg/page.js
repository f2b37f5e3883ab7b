// What befalls a page: it is hidden and seen again, left, without network and back, and the device's clock is set.

const CLOCK_EVERY = 30_000;
const CLOCK_SET = 60_000;

/** Calls `hidden`, `seen`, `left`, `online` and `clockSet` when that happens. Gives what ends it. */
export function watchPage({ hidden, seen, left, online, clockSet }) {
  const stops = [];
  const on = (target, event, act) => {
    if (typeof target?.addEventListener !== 'function') return;
    target.addEventListener(event, act);
    stops.push(() => target.removeEventListener(event, act));
  };
  const page = typeof document === 'undefined' ? undefined : document;
  on(page, 'visibilitychange', () => (page.visibilityState === 'hidden' ? hidden() : seen()));
  if (page) on(globalThis, 'pagehide', left);
  on(globalThis, 'online', online);
  // A device clock that was set anew shows against the one that only runs.
  let apart = Date.now() - performance.now();
  const timer = setInterval(() => {
    const now = Date.now() - performance.now();
    if (Math.abs(now - apart) > CLOCK_SET) clockSet();
    apart = now;
  }, CLOCK_EVERY);
  timer.unref?.();
  stops.push(() => clearInterval(timer));
  return () => stops.forEach((stop) => stop());
}

/** Whether nobody sees the page. */
export const isHidden = () => typeof document !== 'undefined' && document.visibilityState === 'hidden';

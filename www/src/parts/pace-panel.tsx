import { useEffect } from 'preact/hooks';

import { RAILS, shownAfter } from '../ahead';
import { count, duration } from '../format';
import { measure, pace } from '../pace';
import { catalogue, revision, shop, status } from '../session';
import { words } from '../words';

/** The mean of the rails' strategies stands for recommendations. */
function figures(): [string, number][] {
  const found = pace.value;
  const rails = RAILS.map((strategy) => found.get(strategy)).filter((time) => time !== undefined);
  const mean = rails.reduce((sum, time) => sum + time, 0) / rails.length;
  const others = ['offers', 'membership', 'quote'].flatMap((kind): [string, number][] => {
    const time = found.get(kind);
    return time === undefined ? [] : [[kind, time]];
  });
  return rails.length > 0 ? [['recommend', mean], ...others] : others;
}

export function PacePanel() {
  const open = shop.value;
  const seen = revision.value;
  // A while after the last change, so that it never stands in the shopper's way.
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => void measure(stop.signal), 700);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [open, seen]);
  if (!open) return null;
  const all = words().pace;
  const waiting = open.engine.eventsWaiting();
  return (
    <section class="pace" aria-labelledby="pace-title">
      <h2 id="pace-title">{all.title}</h2>
      <dl>
        {figures().map(([kind, time]) => (
          <div key={kind}>
            <dt>{all.calls[kind] ?? kind}</dt>
            <dd>{all.each(duration(time))}</dd>
          </div>
        ))}
      </dl>
      <p class="soft small">{all.why}</p>
      <p class="soft small">
        {all.catalogue(count(catalogue.value?.items ?? 0), duration(open.opening), open.fromDevice)} · {all.waiting(waiting)}
      </p>
      {shownAfter.value === null ? null : (
        <p class="soft small" data-ahead>
          {all.ahead(duration(shownAfter.value))}
        </p>
      )}
      <p class="soft small" data-version={catalogue.value?.version}>
        {all.version(String(catalogue.value?.version ?? 0), status.value.stale)}
      </p>
    </section>
  );
}

import { useEffect, useState } from 'preact/hooks';

import { day } from '../format';
import { catalogue, shop, status } from '../session';
import { words } from '../words';

/** Nothing is said of what is confirmed within so many milliseconds. */
const SOON = 1500;

/** Says that what is shown was not confirmed by the shop, since when, and why; nothing while all is well. */
export function Freshness() {
  const [late, setLate] = useState(false);
  const [asking, setAsking] = useState(false);
  const open = shop.value;
  const { stale, reasons } = status.value;
  const failure = reasons.find(({ code, facts }) => facts.document === 'catalog' || code === 'expired-snapshot') ?? reasons.find(({ facts }) => facts.document === 'member');
  const checking = stale && !failure;
  useEffect(() => {
    setLate(false);
    if (!checking) return undefined;
    const timer = setTimeout(() => setLate(true), SOON);
    return () => clearTimeout(timer);
  }, [checking, open]);
  const info = catalogue.value;
  const all = words().freshness;
  const shown = stale && open && info && (failure || late);
  const ask = () => {
    setAsking(true);
    void open?.client.refresh().finally(() => setAsking(false));
  };
  return (
    <div class="freshness" role="status" data-shown={Boolean(shown)} data-why={failure?.code}>
      {shown ? (
        <>
          <p>
            {failure ? <strong>{all.why(failure.code, failure.facts)}</strong> : null}{' '}
            {failure?.facts.document === 'member' ? all.memberAsSeen : failure ? all.asOf(day(info.issuedAt, open.now(), open.zone)) : all.checking}
          </p>
          {failure ? (
            <button class="button quiet" type="button" disabled={asking} onClick={ask}>
              {asking ? all.asking : words().tryAgain}
            </button>
          ) : null}
        </>
      ) : null}
    </div>
  );
}

import type { Membership } from 'regulars';

import { count, lastDay } from '../../format';
import { shop } from '../../session';
import { words } from '../../words';
import { Block } from './block';

type Held = Membership['points'];

/** Lots that end on the same day, as one: the soonest first, those without end last. */
function byEnd(lots: Held['lots'], now: number): { amount: number; expiresAt: number | null; pending: boolean }[] {
  const found = new Map<string, { amount: number; expiresAt: number | null; pending: boolean }>();
  for (const { amount, expiresAt, availableAt } of lots) {
    const pending = availableAt !== null && availableAt > now;
    const key = `${expiresAt} ${pending}`;
    const before = found.get(key);
    found.set(key, { amount: amount + (before?.amount ?? 0), expiresAt, pending });
  }
  return [...found.values()].toSorted((one, other) => (one.expiresAt ?? Infinity) - (other.expiresAt ?? Infinity));
}

export function Points({ points }: { points: Held }) {
  const all = words().centre;
  const open = shop.value;
  if (!open) return null;
  const now = open.now();
  const lots = byEnd(points.lots, now);
  const most = Math.max(...lots.map(({ amount }) => amount));
  return (
    <Block title={all.points} why={lots.length > 0 ? all.pointsWhy : all.noPoints} kind="points">
      <ul class="lots">
        {lots.map(({ amount, expiresAt, pending }) => (
          <li key={`${expiresAt} ${pending}`} class="lot" data-pending={pending}>
            <span>{expiresAt === null ? all.noEnd : lastDay(expiresAt, now, open.zone)}</span>
            <span class="lot-bar" aria-hidden="true">
              <i style={{ width: `${(100 * amount) / most}%` }} />
            </span>
            <strong>{count(amount)}</strong>
            {pending ? <small class="soft">{all.pending}</small> : null}
          </li>
        ))}
      </ul>
    </Block>
  );
}

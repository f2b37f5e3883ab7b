import type { Membership, Reason } from 'regulars';

import { membership, nameOf } from '../answers';
import { count, lastDay } from '../format';
import { household, shop } from '../session';
import { words } from '../words';
import { choosing, householdName } from './household';
import { Icon } from './icons';
import { Reasons } from './reasons';

/** How far a requirement is met, 0 to 1, where its facts say so. */
function share(reason: Reason): number | null {
  const { have, need } = reason.facts;
  if (typeof have !== 'number' || typeof need !== 'number' || need <= 0) return null;
  return Math.min(1, Math.max(0, have / need));
}

function Progress({ missing, label }: { missing: Reason[]; label: string }) {
  const shares = missing.map(share).filter((value) => value !== null);
  const met = shares.length > 0 ? Math.min(...shares) : null;
  return (
    <div class="progress">
      <h3>{label}</h3>
      {met === null ? null : <progress value={met} max={1} aria-label={label} />}
      <Reasons reasons={missing} />
    </div>
  );
}

function Card({ member }: { member: Membership }) {
  const all = words().member;
  const open = shop.value;
  if (!open) return null;
  const now = open.now();
  const date = (at: number) => lastDay(at, now, open.zone);
  const { tier, next, keep, points } = member;
  const soon = points.expiring[0];
  return (
    <>
      <div class="card-head">
        <p class="card-who">{householdName(household.value)}</p>
        <p class="card-tier">
          {tier.id === '' ? all.noTier : nameOf('tier', tier.id)}
          {tier.until === null ? null : <small>{all.until(date(tier.until))}</small>}
        </p>
      </div>
      <p class="card-points">
        <strong>{count(points.balance)}</strong> {all.points}
        {points.pending > 0 ? <small>{all.pending(count(points.pending))}</small> : null}
      </p>
      {next ? <Progress missing={next.missing} label={all.toNext(nameOf('tier', next.id))} /> : tier.id === '' ? null : <p class="card-top">{all.top}</p>}
      {keep && keep.missing.length > 0 ? <Progress missing={keep.missing} label={all.keep(nameOf('tier', tier.id), date(keep.by))} /> : null}
      <p class="card-expiring">
        <Icon name="clock" />
        {soon ? all.expiring(count(soon.amount), date(soon.at)) : all.nothingExpires}
      </p>
      {tier.benefits.length > 0 ? (
        <details class="card-benefits">
          <summary>
            <Icon name="gift" />
            {all.benefits}
            <Icon name="down" />
          </summary>
          <ul>
            {tier.benefits.map((benefit) => (
              <li key={benefit}>{nameOf('benefit', benefit)}</li>
            ))}
          </ul>
        </details>
      ) : null}
    </>
  );
}

export function MemberCard() {
  const all = words();
  const answer = membership.value;
  const guest = household.value === null;
  const tier = answer && 'value' in answer ? answer.value?.tier.id : undefined;
  return (
    <section class="card" aria-label={all.member.card} data-tier={guest ? 'guest' : tier}>
      {guest || !answer ? (
        <>
          <h2 class="card-who">{all.member.guest}</h2>
          <p>{all.member.guestWhy}</p>
          <button class="button light" type="button" aria-haspopup="dialog" onClick={() => (choosing.value = true)}>
            {all.household.choose}
          </button>
        </>
      ) : 'error' in answer ? (
        <p>{all.noAnswer}</p>
      ) : answer.value ? (
        <Card member={answer.value} />
      ) : null}
    </section>
  );
}

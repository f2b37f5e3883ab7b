import { signal } from '@preact/signals';
import type { OffersResult } from 'regulars';

import { nameOf, offers } from '../answers';
import { duration, lastDay, money } from '../format';
import { pace } from '../pace';
import { shop } from '../session';
import { words } from '../words';
import { Icon, type IconName } from './icons';
import { Reasons } from './reasons';

type Coupon = OffersResult['offers'][number];
const GROUPS = ['eligible', 'nearly', 'others'] as const;
type Group = (typeof GROUPS)[number];
/** How many of a group show before one asks for the rest: best ranked first. */
const FIRST = 12;

const ICONS: Record<Group, IconName> = { eligible: 'check', nearly: 'hourglass', others: 'lock' };

const shown = signal<Group | 'all'>('all');
const groupOf = ({ status }: Coupon): Group => (status === 'eligible' || status === 'nearly' ? status : 'others');

function Ticket({ coupon }: { coupon: Coupon }) {
  const all = words().coupons;
  const open = shop.value;
  if (!open) return null;
  const why = coupon.status === 'eligible' ? coupon.reasons : coupon.missing.length > 0 ? coupon.missing : coupon.reasons;
  return (
    <li class="ticket" data-status={coupon.status}>
      <div class="ticket-worth">
        {coupon.saving === null || coupon.saving === 0 ? <Icon name={ICONS[groupOf(coupon)]} /> : <strong>−{money(coupon.saving)}</strong>}
        <span>{all.status[coupon.status] ?? coupon.status}</span>
      </div>
      <div class="ticket-body">
        <h3>{nameOf('offer', coupon.id)}</h3>
        <Reasons reasons={why} />
        <p class="soft">{coupon.endsAt === null ? all.noEnd : all.ends(lastDay(coupon.endsAt, open.now(), open.zone))}</p>
      </div>
    </li>
  );
}

const ticket = (coupon: Coupon) => <Ticket key={coupon.id} coupon={coupon} />;

function Tickets({ list }: { list: Coupon[] }) {
  const all = words().coupons;
  const wanted = shown.value;
  const groups = GROUPS.filter((group) => wanted === 'all' || wanted === group);
  const count = (group: Group) => list.filter((coupon) => groupOf(coupon) === group).length;
  const choice = (group: Group | 'all', text: string) => (
    <button key={group} class="chip" type="button" aria-pressed={wanted === group} onClick={() => (shown.value = group)}>
      {text} <span>{group === 'all' ? list.length : count(group)}</span>
    </button>
  );
  return (
    <>
      <div class="chips" role="group" aria-label={all.title}>
        {choice('all', all.allGroups)}
        {GROUPS.map((group) => choice(group, all[group]))}
      </div>
      {groups.map((group) => {
        const coupons = list.filter((coupon) => groupOf(coupon) === group);
        if (coupons.length === 0) return wanted === group ? <p class="empty">{all.none}</p> : null;
        return (
          <section key={group} aria-label={all[group]}>
            {wanted === 'all' ? <h3 class="group-title">{all[group]}</h3> : null}
            <ul class="tickets">{coupons.slice(0, FIRST).map(ticket)}</ul>
            {coupons.length > FIRST ? (
              <details class="more">
                <summary>{all.more(coupons.length - FIRST)}</summary>
                <ul class="tickets">{coupons.slice(FIRST).map(ticket)}</ul>
              </details>
            ) : null}
          </section>
        );
      })}
    </>
  );
}

export function Coupons() {
  const all = words();
  const answer = offers.value;
  const took = pace.value.get('offers');
  return (
    <section class="coupons" aria-labelledby="coupons-title">
      <header class="rail-head">
        <h2 id="coupons-title">{all.coupons.title}</h2>
        <p>
          {all.coupons.forCart}
          {took === undefined ? null : <span class="took">{duration(took)}</span>}
        </p>
      </header>
      {!answer ? null : 'error' in answer ? <p class="empty">{all.noAnswer}</p> : <Tickets list={answer.value.offers} />}
    </section>
  );
}

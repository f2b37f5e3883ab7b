import type { Membership } from 'regulars';

import { count, day, lastDay } from '../../format';
import { shop } from '../../session';
import { words } from '../../words';
import { inWords } from '../reasons';
import { Block } from './block';

/** Shown before one asks for more. */
const FIRST = 6;

/** What ends is told of with its last day, everything else with the day it begins. */
const ENDS = new Set(['points-expire', 'coupon-ends', 'offer-ends', 'benefit-ends', 'tier-ends']);

interface Entry {
  at: number;
  ends: boolean;
  text: string;
}

/** Each says what its reason says; points that end in the shop's own words. */
function entries(calendar: Membership['calendar']): Entry[] {
  return calendar.map(({ at, event }) => {
    const points = event.code === 'points-expire' && typeof event.facts.amount === 'number' ? event.facts.amount : undefined;
    const text = points === undefined ? inWords(event) : words().centre.pointsEnd(count(points));
    return { at, ends: ENDS.has(event.code), text };
  });
}

/** What will happen, by day. */
export function Ahead({ calendar }: { calendar: Membership['calendar'] }) {
  const all = words().centre;
  const open = shop.value;
  if (!open) return null;
  const now = open.now();
  const list = entries(calendar);
  const line = ({ at, ends, text }: Entry, place: number) => (
    <li key={place}>
      <time dateTime={new Date(at).toISOString()}>{(ends ? lastDay : day)(at, now, open.zone)}</time>
      <span>{text}</span>
    </li>
  );
  return (
    <Block title={all.ahead} why={list.length === 0 ? all.nothingAhead : undefined} kind="ahead">
      <ol class="ahead">{list.slice(0, FIRST).map(line)}</ol>
      {list.length > FIRST ? (
        <details class="more">
          <summary>{all.moreAhead(list.length - FIRST)}</summary>
          <ol class="ahead">{list.slice(FIRST).map(line)}</ol>
        </details>
      ) : null}
    </Block>
  );
}

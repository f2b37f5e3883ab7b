import type { Membership, MemberTag } from 'regulars';

import { nameOf, tags } from '../../answers';
import { count, money } from '../../format';
import { enter, forgetTag, household, personalised, say, shop } from '../../session';
import { words } from '../../words';
import { Icon } from '../icons';
import { Block } from './block';

/** `segment:pet-owners` as `the group Pet owners`. */
function reader(usedFor: string): string {
  const [kind = '', ...id] = usedFor.split(':');
  const name = nameOf(kind, id.join(':'));
  return words().centre.reader(kind, name);
}

function Tag({ tag }: { tag: MemberTag }) {
  const all = words().centre;
  const name = nameOf('tag', tag.tag);
  const forget = () => {
    forgetTag(tag.tag);
    say(all.forgotten(name));
  };
  return (
    <li class="tag">
      <div>
        <p>
          <strong>{name}</strong> <span class="soft">{all.source(tag.source)}</span>
        </p>
        <p class="soft small">{tag.usedFor.length > 0 ? all.usedFor(tag.usedFor.map(reader)) : all.unused}</p>
      </div>
      <button class="round-button" type="button" aria-label={all.forget(name)} title={all.forget(name)} onClick={forget}>
        <Icon name="bin" />
      </button>
    </li>
  );
}

/** Hands over everything known on this device as a file. */
function takeAlong(): void {
  const open = shop.peek();
  if (!open) return;
  const text = JSON.stringify(open.engine.exportData(), null, 2);
  const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = Object.assign(document.createElement('a'), { href: address, download: `${open.entry.id}-${household.peek()?.id ?? 'visitor'}.json` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

/** What is known of the member, with a way to delete and to take along. */
export function AboutYou({ member }: { member: Membership }) {
  const all = words().centre;
  const { value, lifecycle, segments } = member;
  const held = tags.value;
  const facts: [string, string][] = [];
  if (lifecycle !== '') facts.push([all.stage, all.stages[lifecycle] ?? lifecycle]);
  if (value.recencyDays !== null) facts.push([all.lastOrder, all.daysAgo(value.recencyDays)]);
  if (value.frequency > 0) facts.push([all.orders, count(value.frequency)], [all.spent, money(value.monetary)]);
  if (value.rfm !== null) facts.push([all.rfm, [...value.rfm].join(' · ')]);
  if (segments.length > 0) facts.push([all.segments, segments.map((segment) => nameOf('segment', segment)).join(all.comma)]);
  return (
    <Block title={all.about} why={personalised.value ? all.aboutWhy : all.aboutOff} kind="about">
      {facts.length > 0 ? (
        <dl class="facts">
          {facts.map(([name, said]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{said}</dd>
            </div>
          ))}
        </dl>
      ) : null}
      {held.length > 0 ? (
        <ul class="tags" aria-label={all.tags}>
          {held.map((tag) => (
            <Tag key={tag.tag} tag={tag} />
          ))}
        </ul>
      ) : null}
      <div class="about-buttons">
        <button class="button quiet" type="button" onClick={takeAlong}>
          <Icon name="download" />
          {all.takeAlong}
        </button>
        <button class="button quiet" type="button" onClick={() => void enter(null).then(() => say(words().said.left))}>
          <Icon name="lock" />
          {all.signOut}
        </button>
      </div>
    </Block>
  );
}

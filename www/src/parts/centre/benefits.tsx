import type { Membership } from 'regulars';

import { nameOf } from '../../answers';
import { count, day } from '../../format';
import { shop } from '../../session';
import { words } from '../../words';
import { Icon } from '../icons';
import { Block } from './block';

/** Benefits, each with how often it can still be had. */
export function Benefits({ benefits }: { benefits: Membership['benefits'] }) {
  const all = words().centre;
  const open = shop.value;
  if (!open) return null;
  const now = open.now();
  return (
    <Block title={all.benefits} why={benefits.length === 0 ? all.noBenefits : undefined} kind="benefits">
      <ul class="benefits">
        {benefits.map(({ id, quota }) => (
          <li key={id} data-left={quota?.left}>
            <Icon name="gift" />
            <span>{nameOf('benefit', id)}</span>
            {quota ? (
              <span class="left">
                {all.left(count(quota.left), count(quota.count))}
                {quota.resetsAt === null ? null : <small>{all.again(day(quota.resetsAt, now, open.zone))}</small>}
              </span>
            ) : null}
          </li>
        ))}
      </ul>
    </Block>
  );
}

import { nameOf } from '../../answers';
import { words } from '../../words';
import { Icon } from '../icons';
import { Block } from './block';

export function Benefits({ benefits }: { benefits: string[] }) {
  const all = words().centre;
  return (
    <Block title={all.benefits} why={benefits.length === 0 ? all.noBenefits : undefined} kind="benefits">
      <ul class="benefits">
        {benefits.map((benefit) => (
          <li key={benefit}>
            <Icon name="gift" />
            <span>{nameOf('benefit', benefit)}</span>
          </li>
        ))}
      </ul>
    </Block>
  );
}

import type { NextAction } from 'regulars';

import { nameOf, nextActions } from '../../answers';
import { shop, tell } from '../../session';
import { words } from '../../words';
import { Icon } from '../icons';
import { Reasons } from '../reasons';
import { titleOf } from '../product';

/** What a message is called: its own name, else what it is about. */
function called({ message, kind, offer, task, benefit, item }: NextAction): string {
  const named = nameOf('message', message);
  if (named !== message) return named;
  const known = words().news.kinds[kind];
  if (known) return known;
  if (offer) return nameOf('offer', offer);
  if (task) return nameOf('task', task);
  if (benefit) return nameOf('benefit', benefit);
  const about = item ? shop.value?.engine.items([item])[0] : undefined;
  return about ? titleOf(about) : message;
}

/** What the shop has to say on this surface, under its caps; each can be waved away. */
export function News() {
  const all = words().news;
  const answer = nextActions.value;
  if (!answer || 'error' in answer || answer.value.length === 0) return null;
  return (
    <section class="news" aria-label={all.title}>
      <ul>
        {answer.value.map((action) => (
          <li key={action.id} data-kind={action.kind}>
            <Icon name="spark" />
            <div>
              <p>{called(action)}</p>
              <Reasons reasons={action.reasons.slice(0, 1)} />
            </div>
            <button
              class="round-button"
              type="button"
              aria-label={all.dismiss(called(action))}
              onClick={() => tell('dismiss', { message: action.id, surface: 'home' })}
            >
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

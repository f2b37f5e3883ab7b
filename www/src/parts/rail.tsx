import { useEffect, useId, useRef } from 'preact/hooks';

import { rail, type Answer, type Recommended } from '../answers';
import { duration } from '../format';
import { pace } from '../pace';
import { words } from '../words';
import { Icon } from './icons';
import { ProductCard } from './product';
import { Reasons } from './reasons';

/** What stands where an answer has no items, or threw. */
function Nothing({ answer }: { answer: Answer<Recommended> }) {
  const { noAnswer, emptyRail } = words();
  if ('error' in answer) {
    return (
      <p class="empty">
        {noAnswer} <code>{'code' in answer.error ? String(answer.error.code) : answer.error.name}</code>
      </p>
    );
  }
  const { notes } = answer.value.result;
  return <div class="empty">{notes.length > 0 ? <Reasons reasons={notes} /> : emptyRail}</div>;
}

function Items({ recommended }: { recommended: Recommended }) {
  const row = useRef<HTMLUListElement>(null);
  const first = recommended.result.items[0]?.id;
  // A row whose best item is another is another row: it is read from its start.
  useEffect(() => row.current?.scrollTo({ left: 0, behavior: 'instant' }), [first]);
  const { previous, next } = words();
  const scroll = (direction: number) => {
    const smooth = !matchMedia('(prefers-reduced-motion: reduce)').matches;
    row.current?.scrollBy({ left: direction * row.current.clientWidth * 0.85, behavior: smooth ? 'smooth' : 'auto' });
  };
  return (
    <>
      <div class="rail-arrows">
        <button class="round-button" type="button" aria-label={previous} onClick={() => scroll(-1)}>
          <Icon name="left" />
        </button>
        <button class="round-button" type="button" aria-label={next} onClick={() => scroll(1)}>
          <Icon name="right" />
        </button>
      </div>
      <ul class="rail-items" ref={row}>
        {recommended.result.items.map(({ id, reasons }) => {
          const item = recommended.items.get(id);
          return item ? <ProductCard key={id} item={item} reasons={reasons} /> : null;
        })}
      </ul>
    </>
  );
}

/** A strategy's answer, in a row that scrolls. `title` defaults to the strategy's own. */
export function Rail({ strategy, item, title, level = 2 }: { strategy: string; item?: string; title?: string; level?: 2 | 3 }) {
  const name = useId();
  const own = words().rails[strategy] ?? { title: strategy, why: '' };
  const took = item === undefined ? pace.value.get(strategy) : undefined;
  const answer = rail(strategy, item).value;
  const Heading = `h${level}` as 'h2' | 'h3';
  if (!answer) return null;
  return (
    <section class="rail" aria-labelledby={name} data-strategy={strategy}>
      <header class="rail-head">
        <Heading id={name}>{title ?? own.title}</Heading>
        <p>
          {own.why}
          {took === undefined ? null : <span class="took">{duration(took)}</span>}
        </p>
      </header>
      {'value' in answer && answer.value.result.items.length > 0 ? <Items recommended={answer.value} /> : <Nothing answer={answer} />}
    </section>
  );
}

import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

import { goods, rail, type Answer, type Recommended } from '../answers';
import { duration } from '../format';
import { pace } from '../pace';
import { shop } from '../session';
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

/** Cards in a row that scrolls. */
function Row({ first, children }: { first: string | undefined; children: ComponentChildren }) {
  const row = useRef<HTMLUListElement>(null);
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
        {children}
      </ul>
    </>
  );
}

function Items({ recommended }: { recommended: Recommended }) {
  return (
    <Row first={recommended.result.items[0]?.id}>
      {recommended.result.items.map(({ id, reasons }) => {
        const item = recommended.items.get(id);
        return item ? <ProductCard key={id} item={item} reasons={reasons} /> : null;
      })}
    </Row>
  );
}

/** Everything a shop of few goods has. */
export function Goods() {
  const name = useId();
  const all = words();
  const items = goods.value;
  if (items.length === 0) return null;
  return (
    <section class="rail" aria-labelledby={name} data-strategy="goods">
      <header class="rail-head">
        <h2 id={name}>{all.goods}</h2>
        <p>{all.goodsWhy}</p>
      </header>
      <Row first={undefined}>
        {items.map((item) => (
          <ProductCard key={item.id} item={item} reasons={[]} />
        ))}
      </Row>
    </section>
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
  // A shop of few goods has nothing for some of them.
  if ('value' in answer && answer.value.result.items.length === 0 && item === undefined && shop.value?.entry.hue !== undefined) return null;
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

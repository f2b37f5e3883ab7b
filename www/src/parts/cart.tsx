import type { Quote } from 'regulars';

import { almost, cartItems, inOrder, membership, nameOf, quote, usual } from '../answers';
import { count, duration, money } from '../format';
import { pace } from '../pace';
import { buy, cart, fillCart, putInCart, say } from '../session';
import { words } from '../words';
import { Icon } from './icons';
import { Picture } from './picture';
import { titleOf } from './product';
import { Reasons, inWords } from './reasons';

function Line({ line }: { line: Quote['lines'][number] }) {
  const all = words().cart;
  const item = cartItems.value.get(line.item);
  const title = item ? titleOf(item) : line.item;
  const less = line.subtotal - line.total;
  return (
    <li class="line">
      {item ? <Picture item={item} /> : null}
      <div class="line-what">
        <p class="line-title">{title}</p>
        <p class="soft">
          {money(line.unitPrice)} {all.each}
        </p>
        {line.discounts.map(({ offer, amount }) => (
          <p key={offer} class="saving">
            −{money(amount)} {nameOf('offer', offer)}
          </p>
        ))}
      </div>
      <div class="line-how-many">
        <p class="line-total">
          {less > 0 ? <s>{money(line.subtotal)}</s> : null} <strong>{money(line.total)}</strong>
        </p>
        <div class="stepper">
          <button type="button" aria-label={all.less(title)} onClick={() => putInCart(line.item, -1)}>
            <Icon name="minus" />
          </button>
          <output>{count(line.quantity)}</output>
          <button type="button" aria-label={all.more(title)} onClick={() => putInCart(line.item, 1)}>
            <Icon name="plus" />
          </button>
        </div>
      </div>
    </li>
  );
}

/** Shown of the offers not applied: those that would save most, then those with the fewest obstacles. */
const REJECTED = 12;

function byWorth(one: Quote['rejected'][number], other: Quote['rejected'][number]): number {
  return (other.wouldSave ?? -1) - (one.wouldSave ?? -1) || one.reasons.length - other.reasons.length;
}

/** Coupons within reach shown in the cart. */
const ALMOST = 3;

/** What to do next: what the quote says is worth it, then coupons within reach. */
function Next({ quote }: { quote: Quote }) {
  const all = words().cart;
  const told = new Set(quote.nudges.map(({ facts }) => facts.offer));
  const near = almost.value.filter(({ id }) => !told.has(id)).slice(0, ALMOST);
  if (quote.nudges.length + near.length === 0) return null;
  return (
    <section class="nudges">
      <h3>{all.nudges}</h3>
      <ul>
        {quote.nudges.map((nudge, place) => (
          <li key={place}>
            <Icon name="spark" />
            <span>{inWords(nudge)}</span>
          </li>
        ))}
        {near.map(({ id, missing }) => (
          <li key={id}>
            <Icon name="hourglass" />
            <span>
              {nameOf('offer', id)}
              <span class="near-missing">{missing.map(inWords).join(words().centre.comma)}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The best combination beside what a till comes to that takes coupons as they come. */
function Compared({ quote, inOrder }: { quote: Quote; inOrder: Quote | null }) {
  const all = words().cart;
  if (!inOrder) return null;
  const other = inOrder.total;
  const most = Math.max(quote.subtotal, other, 1);
  const bar = (name: string, total: number, best: boolean) => (
    <div class="compared" data-best={best}>
      <dt>{name}</dt>
      <dd>
        <span class="compared-bar" aria-hidden="true">
          <i style={{ width: `${(100 * total) / most}%` }} />
        </span>
        {money(total)}
      </dd>
    </div>
  );
  return (
    <section class="comparison">
      <h3>{all.compared}</h3>
      <dl>
        {bar(all.inOrder, other, false)}
        {bar(all.bestFound, quote.total, true)}
      </dl>
      <p class={other > quote.total ? 'worth' : 'soft small'}>{other > quote.total ? all.searchSaves(money(other - quote.total)) : all.searchSame}</p>
    </section>
  );
}

/** What the member usually buys, priced, to be put into the empty cart at once. */
function Usual() {
  const all = words().cart;
  const answer = usual.value;
  if (!answer || 'error' in answer || !answer.value) return null;
  const { lines, best, inOrder } = answer.value;
  return (
    <section class="usual">
      <h3>{all.usual}</h3>
      <p class="soft small">{all.usualWhy(lines.length)}</p>
      <p class="usual-price">
        {best.discountTotal > 0 ? <s>{money(best.subtotal)}</s> : null} <strong>{money(best.total)}</strong>
      </p>
      <button class="button wide" type="button" onClick={() => fillCart(lines)}>
        {all.fill}
      </button>
      <Compared quote={best} inOrder={inOrder} />
    </section>
  );
}

function Applied({ quote }: { quote: Quote }) {
  const all = words().cart;
  if (quote.applied.length === 0) return null;
  return (
    <section class="applied">
      <h3>{all.applied}</h3>
      <ul>
        {quote.applied.map(({ offer, saving }) => (
          <li key={offer}>
            <Icon name="check" />
            <span>{nameOf('offer', offer)}</span>
            <strong>−{money(saving)}</strong>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Rejected({ quote }: { quote: Quote }) {
  const all = words().cart;
  if (quote.rejected.length === 0) return null;
  const rejected = quote.rejected.toSorted(byWorth).slice(0, REJECTED);
  return (
    <details class="rejected">
      <summary>
        {all.rejected(quote.rejected.length)}
        <Icon name="down" />
      </summary>
      <ul>
        {rejected.map(({ offer, wouldSave, reasons }) => (
          <li key={offer}>
            <p>
              {nameOf('offer', offer)}
              {wouldSave ? <span class="soft"> · {all.wouldSave(money(wouldSave))}</span> : null}
            </p>
            <Reasons reasons={reasons} />
          </li>
        ))}
        {quote.rejected.length > REJECTED ? <li class="soft">{all.moreRejected(quote.rejected.length - REJECTED)}</li> : null}
      </ul>
    </details>
  );
}

/** The tier that buying this brings, where it is another. */
function rise(): string | null {
  const answer = membership.value;
  const member = answer && 'value' in answer ? answer.value : null;
  const tier = member?.cart?.tier;
  return member && tier && tier !== member.tier.id ? words().cart.rises(nameOf('tier', tier)) : null;
}

function Priced({ quote }: { quote: Quote }) {
  const all = words();
  const pay = () => {
    buy(
      quote.lines.map(({ item, quantity, total }) => ({ item, quantity, paid: total })),
      quote.applied.map(({ offer, saving }) => ({ offer, saved: saving })),
    );
    say(all.said.bought);
  };
  return (
    <>
      <ul class="lines">
        {quote.lines.map((line) => (
          <Line key={line.item} line={line} />
        ))}
      </ul>
      <Next quote={quote} />
      <Applied quote={quote} />
      <dl class="sums">
        <div>
          <dt>{all.cart.subtotal}</dt>
          <dd>{money(quote.subtotal)}</dd>
        </div>
        {quote.discountTotal > 0 ? (
          <div class="saving">
            <dt>{all.cart.discounts}</dt>
            <dd>−{money(quote.discountTotal)}</dd>
          </div>
        ) : null}
        <div class="total">
          <dt>{all.cart.total}</dt>
          <dd>{money(quote.total)}</dd>
        </div>
      </dl>
      <p class="soft small">
        {[
          quote.points.earned > 0 ? all.cart.earns(count(quote.points.earned)) : null,
          rise(),
          quote.optimal ? all.cart.best : quote.gap > 0 ? all.cart.gap(money(quote.gap)) : null,
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      <button class="button wide" type="button" onClick={pay}>
        {all.cart.buy} {money(quote.total)}
      </button>
      <p class="soft small">{all.cart.confirm}</p>
      <Compared quote={quote} inOrder={inOrder.value && 'value' in inOrder.value ? inOrder.value.value : null} />
      <Rejected quote={quote} />
    </>
  );
}

export function Cart() {
  const all = words();
  const answer = quote.value;
  const took = pace.value.get('quote');
  const pieces = cart.value.reduce((sum, { quantity }) => sum + quantity, 0);
  return (
    <section class="cart" aria-labelledby="cart-title">
      <header class="cart-head">
        <h2 id="cart-title">{all.cart.title}</h2>
        <p class="soft">
          {pieces > 0 ? all.cart.items(pieces) : null}
          {took === undefined || pieces === 0 ? null : <span class="took">{duration(took)}</span>}
        </p>
      </header>
      {answer && 'error' in answer ? (
        <p class="empty">{all.noAnswer}</p>
      ) : answer?.value ? (
        <Priced quote={answer.value} />
      ) : (
        <>
          <div class="cart-empty">
            <Icon name="cart" />
            <p>{all.cart.empty}</p>
            <p class="soft small">{all.cart.emptyWhy}</p>
          </div>
          <Usual />
        </>
      )}
    </section>
  );
}

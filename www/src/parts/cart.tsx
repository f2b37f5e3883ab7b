import type { Quote } from 'regulars';

import { cartItems, nameOf, quote } from '../answers';
import { count, duration, money } from '../format';
import { pace } from '../pace';
import { buy, cart, putInCart, say } from '../session';
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

function Applied({ quote }: { quote: Quote }) {
  const all = words().cart;
  const rejected = quote.rejected.toSorted(byWorth).slice(0, REJECTED);
  return (
    <>
      {quote.applied.length > 0 ? (
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
      ) : null}
      {quote.rejected.length > 0 ? (
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
      ) : null}
    </>
  );
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
      {quote.nudges.length > 0 ? (
        <section class="nudges">
          <h3>{all.cart.nudges}</h3>
          <ul>
            {quote.nudges.map((nudge, place) => (
              <li key={place}>
                <Icon name="spark" />
                {inWords(nudge)}
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      <ul class="lines">
        {quote.lines.map((line) => (
          <Line key={line.item} line={line} />
        ))}
      </ul>
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
          quote.optimal ? all.cart.best : quote.gap > 0 ? all.cart.gap(money(quote.gap)) : null,
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      <button class="button wide" type="button" onClick={pay}>
        {all.cart.buy} {money(quote.total)}
      </button>
      <p class="soft small">{all.cart.confirm}</p>
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
        <div class="cart-empty">
          <Icon name="cart" />
          <p>{all.cart.empty}</p>
          <p class="soft small">{all.cart.emptyWhy}</p>
        </div>
      )}
    </section>
  );
}

import { signal } from '@preact/signals';
import type { ItemInfo, Reason } from 'regulars';

import { money } from '../format';
import { putInCart, say, tell } from '../session';
import { words } from '../words';
import { Icon } from './icons';
import { Picture } from './picture';
import { inWords } from './reasons';

/** The product whose details are shown. */
export const shownProduct = signal<{ item: ItemInfo; reasons: Reason[] } | null>(null);

export const titleOf = (item: ItemInfo): string => item.title ?? item.id;

export function add(item: ItemInfo): void {
  putInCart(item.id, 1);
  say(words().said.added(titleOf(item)));
}

export function dismiss(item: ItemInfo): void {
  tell('dismiss', { item: item.id });
  say(words().said.dismissed(titleOf(item)));
}

export function Price({ item }: { item: ItemInfo }) {
  const { product } = words();
  return (
    <p class="price">
      <strong>{money(item.price)}</strong>
      {item.basePrice !== null && item.basePrice > item.price ? (
        <s>
          <span class="out-of-sight">{product.was} </span>
          {money(item.basePrice)}
        </s>
      ) : null}
    </p>
  );
}

export function ProductCard({ item, reasons }: { item: ItemInfo; reasons: Reason[] }) {
  const { product } = words();
  const title = titleOf(item);
  const open = () => {
    tell('view', { item: item.id });
    shownProduct.value = { item, reasons };
  };
  const first = reasons[0];
  return (
    <li class="product" data-item={item.id}>
      <div class="product-top">
        <Picture item={item} />
        <button class="dismiss" type="button" aria-label={product.dismiss(title)} title={product.dismissShort} onClick={() => dismiss(item)}>
          <Icon name="close" />
        </button>
        <button class="add" type="button" aria-label={product.add(title)} title={product.addShort} onClick={() => add(item)}>
          <Icon name="plus" />
        </button>
      </div>
      <h3>
        <button class="product-title" type="button" aria-haspopup="dialog" onClick={open}>
          {title}
        </button>
      </h3>
      <Price item={item} />
      {first ? <p class="why">{inWords(first)}</p> : null}
    </li>
  );
}

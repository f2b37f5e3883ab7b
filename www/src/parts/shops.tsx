import { signal } from '@preact/signals';

import { shop, shops, start, type ShopEntry } from '../session';
import { locale, words } from '../words';
import { Dialog } from './dialog';
import { Icon } from './icons';

const choosingShop = signal(false);

/** Words in the page's language. */
const inLocale = (titles: Record<string, string>): string => titles[locale.value] ?? titles.en ?? '';

/** The shop that is open; the page's own while none is. */
export function shopName(): string {
  const entry = shop.value?.entry;
  return entry ? inLocale(entry.name) : words().shop;
}

export function slogan(): string {
  const entry = shop.value?.entry;
  return entry ? inLocale(entry.slogan) : words().slogan;
}

/** The sign over the door; with several shops it opens the list of them. */
export function Brand() {
  const all = words();
  const sign = (
    <>
      <svg viewBox="0 0 32 32" aria-hidden="true">
        <path d="M6 6h20l2.500 7a4 4 0 0 1-7 2.200 4.200 4.200 0 0 1-6.500 0 4.200 4.200 0 0 1-6.500 0A4 4 0 0 1 3.500 13z" />
        <path class="brand-door" d="M7.500 19h17v8h-17z" />
      </svg>
      <span>{shopName()}</span>
    </>
  );
  if (shops.value.length < 2) {
    return (
      <a class="brand" href="#shop">
        {sign}
      </a>
    );
  }
  return (
    <button class="brand" type="button" aria-haspopup="dialog" aria-label={`${shopName()}, ${all.shops.change}`} onClick={() => (choosingShop.value = true)}>
      {sign}
      <Icon name="down" />
    </button>
  );
}

function Choice({ entry }: { entry: ShopEntry }) {
  const chosen = shop.value?.entry.id === entry.id;
  const choose = () => {
    choosingShop.value = false;
    location.hash = '#shop';
    if (!chosen) void start(entry.id);
  };
  return (
    <li>
      <button class="choice" type="button" aria-current={chosen ? 'true' : undefined} onClick={choose}>
        <span class="choice-name">
          <i class="choice-colour" style={entry.hue === undefined ? undefined : { '--hue': String(entry.hue) }} />
          {inLocale(entry.name)}
        </span>
        <span class="soft">{inLocale(entry.slogan)}</span>
        {chosen ? <Icon name="check" /> : null}
      </button>
    </li>
  );
}

export function ShopsDialog() {
  const all = words().shops;
  if (!choosingShop.value) return null;
  return (
    <Dialog title={all.choose} onClose={() => (choosingShop.value = false)}>
      <p class="soft">{all.chooseWhy}</p>
      <ul class="choices two">
        {shops.value.map((entry) => (
          <Choice key={entry.id} entry={entry} />
        ))}
      </ul>
    </Dialog>
  );
}

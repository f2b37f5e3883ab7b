import { signal } from '@preact/signals';
import { useState } from 'preact/hooks';

import { nameOf } from '../answers';
import { enter, household, say, shop, type Household } from '../session';
import { locale, words } from '../words';
import { Dialog } from './dialog';
import { Icon } from './icons';

export const choosing = signal(false);

/** The household's name, and what the list says of it beside. */
function named(who: Household): [string, ...string[]] {
  const [name = who.id, ...about] = (who.name[locale.value] ?? who.name.en ?? who.id).split(' · ');
  return [name, ...about];
}

export function householdName(who: Household | null): string {
  return who ? named(who)[0] : words().household.guest;
}

function Choice({ who }: { who: Household | null }) {
  const all = words().household;
  const chosen = (household.value?.id ?? null) === (who?.id ?? null);
  const choose = async () => {
    choosing.value = false;
    try {
      const leaves = who === null && household.peek() !== null;
      await enter(who);
      say(leaves ? words().said.left : words().said.household(householdName(who)));
    } catch (error) {
      say(`${householdName(who)}: ${(error as Error).message}`);
    }
  };
  return (
    <li>
      <button class="choice" type="button" aria-current={chosen ? 'true' : undefined} onClick={() => void choose()}>
        <span class="choice-name">{householdName(who)}</span>
        <span class="soft">{who ? [...named(who).slice(1), who.baskets > 0 ? all.baskets(who.baskets) : null, who.tier ? nameOf('tier', who.tier) : null].filter(Boolean).join(' · ') : household.value ? all.leaveWhy : all.guestWhy}</span>
        {chosen ? <Icon name="check" /> : null}
      </button>
    </li>
  );
}

export function HouseholdDialog() {
  const [wanted, setWanted] = useState('');
  const isCase = shop.value?.entry.hue !== undefined;
  const all = { ...words().household, ...(isCase ? words().members : {}) };
  if (!choosing.value) return null;
  const sought = wanted.trim().toLowerCase();
  const found = (shop.value?.index.households ?? []).filter((who) => `${who.id} ${isCase ? Object.values(who.name).join(' ') : ''}`.toLowerCase().includes(sought));
  return (
    <Dialog title={all.choose} onClose={() => (choosing.value = false)}>
      <p class="soft">{all.chooseWhy}</p>
      <input
        class="search"
        type="search"
        inputMode={isCase ? 'text' : 'numeric'}
        aria-label={all.search}
        placeholder={all.search}
        value={wanted}
        onInput={(event) => setWanted(event.currentTarget.value)}
      />
      <ul class="choices">
        {wanted === '' ? <Choice who={null} /> : null}
        {found.map((who) => (
          <Choice key={who.id} who={who} />
        ))}
      </ul>
      {found.length === 0 ? <p class="empty">{all.none}</p> : null}
    </Dialog>
  );
}

export function HouseholdButton() {
  return (
    <button class="household" type="button" aria-haspopup="dialog" title={words().household.change} onClick={() => (choosing.value = true)}>
      <Icon name="people" />
      <span>{householdName(household.value)}</span>
      <Icon name="down" />
    </button>
  );
}

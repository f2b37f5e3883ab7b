import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { ahead, type FirstRails } from './ahead';
import { offers, rail, rails } from './answers';
import { cart, household, notice, noticeShown, phase, shop, start } from './session';
import { locale, switchLocale, words } from './words';
import { Cart } from './parts/cart';
import { MemberCentre } from './parts/centre';
import { News } from './parts/centre/news';
import { Coupons } from './parts/coupons';
import { Freshness } from './parts/freshness';
import { HouseholdButton, HouseholdDialog } from './parts/household';
import { Icon, type IconName } from './parts/icons';
import { MemberCard } from './parts/member-card';
import { PacePanel } from './parts/pace-panel';
import { Privacy } from './parts/privacy';
import { ProductSheet } from './parts/product-sheet';
import { Goods, Rail } from './parts/rail';
import { Brand, ShopsDialog, shopName, slogan } from './parts/shops';

const VIEWS = ['shop', 'coupons', 'member', 'cart'] as const;
type View = (typeof VIEWS)[number];

const inAddress = (): View => VIEWS.find((view) => `#${view}` === location.hash) ?? 'shop';
const view = signal<View>(inAddress());
addEventListener('hashchange', () => {
  view.value = inAddress();
  scrollTo({ top: 0, behavior: 'instant' });
});

function Tabs() {
  const all = words();
  const pieces = cart.value.reduce((sum, { quantity }) => sum + quantity, 0);
  const answer = offers.value;
  const ready = answer && 'value' in answer ? answer.value.offers.filter(({ status }) => status === 'eligible').length : 0;
  const badges: Record<View, number> = { shop: 0, coupons: ready, member: 0, cart: pieces };
  const icons: Record<View, IconName> = { shop: 'shop', coupons: 'coupon', member: 'card', cart: 'cart' };
  return (
    <nav class="tabs" aria-label={all.mainNavigation}>
      {VIEWS.map((name) => (
        <a key={name} href={`#${name}`} aria-current={view.value === name ? 'page' : undefined} data-tab={name}>
          <Icon name={icons[name]} />
          <span>{all.tabs[name]}</span>
          {badges[name] > 0 ? <b class="badge">{badges[name]}</b> : null}
        </a>
      ))}
    </nav>
  );
}

function Header() {
  const all = words();
  return (
    <header class="top">
      <h1>
        <Brand />
      </h1>
      <Tabs />
      <div class="top-right">
        <HouseholdButton />
        <button class="language" type="button" lang={locale.value === 'en' ? 'zh-CN' : 'en'} onClick={switchLocale}>
          {all.otherLanguage}
        </button>
      </div>
    </header>
  );
}

function Shop() {
  const hasCart = cart.value.length > 0;
  const visit = rail('session').value;
  const leadsOn = visit !== null && 'value' in visit && visit.value.result.items.length > 0;
  return (
    <div class="page" data-view={view.value}>
      <main id="main" tabIndex={-1}>
        <div class="view-shop">
          {leadsOn ? <Rail strategy="session" /> : null}
          {rails.value.map((strategy, place) => (
            <>
              {place === 2 && hasCart ? <Rail key="bought-together" strategy="bought-together" /> : null}
              <Rail key={strategy} strategy={strategy} />
            </>
          ))}
          <Goods />
        </div>
        <div class="view-coupons">
          <Coupons />
        </div>
        <div class="view-centre">
          <MemberCentre />
        </div>
      </main>
      <aside class="side">
        <div class="view-member">
          <MemberCard />
          <News />
          <Privacy />
        </div>
        <div class="view-cart">
          <Cart />
        </div>
        <div class="view-pace">
          <PacePanel />
        </div>
      </aside>
    </div>
  );
}

function Waiting() {
  const all = words();
  return (
    <main id="main" class="waiting" aria-busy="true">
      <p class="waiting-text">
        <strong>{all.loading}</strong>
        <span class="soft">{all.loadingWhat}</span>
      </p>
      <div class="ghost ghost-card" />
      <div class="ghost ghost-title" />
      <div class="ghost-row">
        {Array.from({ length: 6 }, (_, place) => (
          <div key={place} class="ghost ghost-product" />
        ))}
      </div>
    </main>
  );
}

/** The first rails as the page before left them: to look at, until the shop is open. */
function Ahead({ first }: { first: FirstRails }) {
  return (
    <div class="page" data-view="shop" data-ahead aria-busy="true">
      <main id="main" tabIndex={-1}>
        <div class="view-shop" inert>
          {first.rails.map(({ strategy }) => (
            <Rail key={strategy} strategy={strategy} />
          ))}
        </div>
      </main>
      <aside class="side">
        <div class="view-member" inert>
          <div class="ghost ghost-card" />
          {Array.from({ length: first.news }, (_, place) => (
            <div key={place} class="ghost ghost-news" />
          ))}
          <Privacy />
        </div>
      </aside>
    </div>
  );
}

function Failed({ error }: { error: Error }) {
  const all = words();
  return (
    <main id="main" class="failed">
      <div role="alert">
        <h2>{all.failed}</h2>
        <p>
          {'code' in error ? <code>{String(error.code)}</code> : null} {error.message}
        </p>
      </div>
      <button class="button" type="button" onClick={() => void start()}>
        {all.tryAgain}
      </button>
    </main>
  );
}

export function App() {
  const all = words();
  const now = phase.value;
  useEffect(() => {
    document.documentElement.lang = locale.value;
    document.title = `${shopName()} · ${slogan()}`;
  }, [locale.value, shop.value]);
  return (
    <>
      <a class="skip" href="#main">
        {all.skip}
      </a>
      <Header />
      <Freshness />
      {now.name === 'loading' ? ahead.value && view.value === 'shop' ? <Ahead first={ahead.value} /> : <Waiting /> : now.name === 'failed' ? <Failed error={now.error} /> : <Shop key={`${now.open.entry.id} ${household.value?.id ?? ''}`} />}
      <footer class="bottom soft small">{shop.value && shop.value.entry.hue !== undefined ? all.sourceOfCases : all.source}</footer>
      <ShopsDialog />
      <HouseholdDialog />
      <ProductSheet />
      <p class="notice" role="status" data-shown={noticeShown.value}>
        {notice.value}
      </p>
    </>
  );
}

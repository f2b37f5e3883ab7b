// Many tabs of one browser: one leads, all know the same, nothing is counted twice, and a killed tab loses nothing.
import assert from 'node:assert/strict';

import { faults } from '../server.mjs';

const opened = async ({ regulars, address }, { publicKeys, push }) => {
  globalThis.client = await regulars.open({
    catalog: `${address}/catalog`,
    member: `${address}/member`,
    events: `${address}/events`,
    stream: `${address}/stream`,
    push: push ?? 'off',
    publicKeys: publicKeys.map((key) => new Uint8Array(key)),
    timeout: 2_000,
  });
};
const tracked = async (_, { tab, count }) => {
  for (let place = 0; place < count; place += 1) globalThis.client.engine.track({ type: 'view', item: 'i00001', uid: `t${tab}-${place}` });
  globalThis.client.engine.feature('banner', { attributes: { id: 'unit' } });
  await globalThis.client.saved();
};
const flushed = async () => {
  await globalThis.client.flush();
  return globalThis.client.engine.eventsWaiting();
};

async function tabs(host, count, argument) {
  const pages = [host.page()];
  while (pages.length < count) pages.push(await host.opened());
  await Promise.all(pages.map((page) => host.runIn(page, opened, argument)));
  return pages;
}

/** Kills the process that shows the page, as a phone does when memory is short. */
async function killed(host, page) {
  const session = await host.context.newCDPSession(page);
  const gone = new Promise((resolve) => page.once('crash', resolve));
  void session.send('Page.crash').catch(() => {});
  await gone;
  await page.close();
}

/** The page of the tab that leads. */
async function leaderOf(host, pages) {
  const leads = async ({ address }) =>
    navigator.locks.request('who is asked', async () => {
      const { held } = await navigator.locks.query();
      const clientOf = (wanted) => held.find(({ name }) => name === wanted)?.clientId;
      return clientOf(`regulars ${address}/catalog leader`) === clientOf('who is asked');
    });
  for (const page of pages) if (await host.runIn(page, leads)) return page;
  throw new Error('no tab leads');
}

const exposures = (books) => [...books.events.values()].filter(({ type }) => type === 'exposure').length;

function once(books, count) {
  assert.equal(books.ids.size, count);
  assert.deepEqual([...books.ids.values()].filter((times) => times !== 1), []);
}

export const manyTabs = [
  {
    group: 'tabs',
    name: 'eight tabs track at once',
    browser: true,
    async run(host, server, { publicKeys, one }) {
      server.state.catalog = one;
      server.state.member = { id: 'm', version: 1 };
      const pages = await tabs(host, 8, { publicKeys });
      await Promise.all(pages.map((page, tab) => host.runIn(page, tracked, { tab, count: 25 })));
      const waiting = await Promise.all(pages.map((page) => host.runIn(page, flushed)));
      assert.deepEqual(waiting, Array(8).fill(0));
      once(server.books, 200);
      assert.equal(exposures(server.books), 1);
      return '200 sent, 200 taken; one exposure';
    },
  },
  {
    group: 'tabs',
    name: 'what one learns, all know',
    browser: true,
    async run(host, server, { publicKeys, one, two }) {
      server.state.catalog = one;
      server.state.member = { id: 'm', version: 1 };
      const pages = await tabs(host, 3, { publicKeys });
      // One that comes later hears from the leader that all is confirmed, and does not ask the network itself.
      await host.runIn(pages[0], async ({ host }) => host.until(() => !globalThis.client.status.stale));
      server.state.requests = [];
      pages.push(await host.opened());
      await host.runIn(pages[3], opened, { publicKeys });
      await host.runIn(pages[3], async ({ host }) => host.until(() => !globalThis.client.status.stale && globalThis.client.status.source === 'network'));
      assert.ok(!server.state.requests.includes('GET /catalog'), `${server.state.requests}`);
      await host.runIn(pages[0], async () => globalThis.client.engine.track({ type: 'dismiss', item: 'i00000' }));
      await host.runIn(pages[1], async ({ host }) => host.until(() => globalThis.client.engine.exportData().events.some(({ type }) => type === 'dismiss')));
      await host.runIn(pages[1], async () => globalThis.client.engine.setPrivacy({ personalised: false }));
      await host.runIn(pages[2], async ({ host }) => host.until(() => globalThis.client.engine.exportData().personalised === false));
      server.state.catalog = two;
      await host.runIn(pages[2], async () => globalThis.client.refresh());
      for (const page of pages) await host.runIn(page, async ({ host }) => host.until(() => host.seen(globalThis.client).version === 'corner-2'));
      await host.runIn(pages[0], async () => globalThis.client.signOut());
      for (const page of pages) await host.runIn(page, async ({ host }) => host.until(() => globalThis.client.engine.exportData().member === null));
      return 'dismissal, privacy, catalog and sign-out reach all';
    },
  },
  {
    group: 'tabs',
    name: 'signing out in one wipes all',
    browser: true,
    async run(host, server, { publicKeys, one }) {
      server.state.catalog = one;
      server.state.member = { id: 'm', version: 1, tags: [{ tag: 'secret-trait' }] };
      const [first, second] = await tabs(host, 2, { publicKeys });
      await host.runIn(first, async ({ host }) => {
        const { client } = globalThis;
        await host.until(() => client.info.member);
        globalThis.heard = [];
        client.on('snapshot', ({ kind, info }) => globalThis.heard.push([kind, info?.id ?? null].join()));
        client.engine.track({ type: 'search', query: 'secret-trait' });
        client.engine.setPrivacy({ personalised: false });
      });
      // While the first tab is about to keep what just happened.
      await host.runIn(second, async () => globalThis.client.signOut());
      const seen = await host.runIn(first, async ({ host }) => {
        const { client } = globalThis;
        await host.until(() => client.info.member === null);
        client.engine.track({ type: 'view', item: 'i00002' }); // nobody's
        await client.saved();
        const { member, events, personalised } = client.engine.exportData();
        return { told: globalThis.heard.includes('member,'), member, events: events.map(({ type }) => type), personalised, tags: client.engine.tags(), version: host.seen(client).version };
      });
      assert.deepEqual(seen, { told: true, member: null, events: ['view'], personalised: true, tags: [], version: 'corner-1' });
      const kept = await host.runIn(first, async ({ address }) => {
        const database = await new Promise((resolve) => (indexedDB.open('regulars').onsuccess = ({ target }) => resolve(target.result)));
        const keys = await new Promise((resolve) => (database.transaction('bytes').objectStore('bytes').getAllKeys().onsuccess = ({ target }) => resolve(target.result)));
        database.close();
        return keys.filter((key) => key.startsWith('member ') || key.startsWith(`state ${address}/catalog ${address}/member`));
      });
      assert.deepEqual(kept, []);
      return 'the page is told; profile, history, state and settings are gone there too';
    },
  },
  {
    group: 'tabs',
    name: 'an old web view: neither channels nor locks',
    browser: true,
    async run(host, server, { publicKeys, one, two }) {
      server.state.catalog = one;
      server.state.member = { id: 'm', version: 1 };
      const old = () => {
        delete globalThis.BroadcastChannel;
        Object.defineProperty(navigator, 'locks', { value: undefined });
      };
      await host.context.addInitScript(old);
      await host.page().reload();
      const [first, second] = await tabs(host, 2, { publicKeys });
      assert.equal(await host.runIn(first, async () => typeof BroadcastChannel), 'undefined');
      for (const page of [first, second]) await host.runIn(page, async ({ host }) => host.until(() => globalThis.client.info.member && !globalThis.client.status.stale));
      server.state.catalog = two;
      await host.runIn(second, async () => globalThis.client.refresh());
      await host.runIn(first, async ({ host }) => host.until(() => host.seen(globalThis.client).version === 'corner-2'));
      await host.runIn(first, async () => globalThis.client.engine.track({ type: 'search', query: 'secret-trait' }));
      const kept = await host.runIn(first, async () => {
        await globalThis.client.saved();
        return JSON.stringify({ ...localStorage });
      });
      assert.equal(kept, '{}', 'nothing lies in the open');
      await host.runIn(second, async () => globalThis.client.signOut());
      await host.runIn(first, async ({ host }) => host.until(() => globalThis.client.info.member === null && globalThis.client.engine.exportData().events.length === 0));
      return 'catalog and sign-out reach the other tab, nothing lies in the open';
    },
  },
  {
    group: 'tabs',
    name: 'the leader is killed',
    long: 1,
    browser: true,
    async run(host, server, { publicKeys, one, two }) {
      server.state.catalog = one;
      server.state.member = { id: 'm', version: 1 };
      const pages = await tabs(host, 8, { publicKeys, push: 'sse' });
      await waited(() => server.push({ type: 'nothing known' }) === 1);
      const [leader, idle] = [await leaderOf(host, pages), 3];
      const victims = [leader, pages.filter((page) => page !== leader)[idle]];
      for (const victim of victims) {
        await host.runIn(victim, tracked, { tab: pages.indexOf(victim), count: 5 });
        await killed(host, victim);
      }
      const alive = pages.filter((page) => !victims.includes(page));
      await waited(() => server.push({ type: 'nothing known' }) === 1);
      server.state.catalog = two;
      server.push({ type: 'catalog', version: 2 });
      for (const page of alive) await host.runIn(page, async ({ host }) => host.until(() => host.seen(globalThis.client).version === 'corner-2'));
      // What the killed ones had tracked is sent by the new leader.
      const dead = victims.length;
      for (const page of alive) await host.runIn(page, flushed);
      await waited(() => server.books.ids.size === dead * 5, 40_000);
      once(server.books, dead * 5);
      return `leader and another killed: one leads, their ${dead * 5} events are taken`;
    },
  },
  {
    group: 'tabs',
    name: 'a killed tab is taken over by the next',
    browser: true,
    async run(host, server, { publicKeys, one }) {
      server.state.catalog = one;
      server.state.member = { id: 'm', version: 1 };
      server.state.fault = { '/events': faults.offline };
      const [first] = await tabs(host, 1, { publicKeys });
      await host.runIn(first, tracked, { tab: 0, count: 30 });
      await killed(host, first);
      server.state.fault = {};
      const next = await host.opened();
      await host.runIn(next, opened, { publicKeys });
      await host.runIn(next, flushed);
      once(server.books, 30);
      // The arm was counted there, and is not counted again.
      await host.runIn(next, tracked, { tab: 1, count: 1 });
      await host.runIn(next, flushed);
      assert.equal(exposures(server.books), 1);
      return '30 sent, 30 taken; one exposure';
    },
  },
];

async function waited(condition, wait = 10_000) {
  for (const end = Date.now() + wait; Date.now() < end; ) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`waited in vain for: ${condition}`);
}

// What a page left ready for the next: shown before the engine is there, and never once something has happened since.
import assert from 'node:assert/strict';

/**
 * Opens the shop with answers to prepare, does as `act` says, and waits until they are prepared anew. Gives what was handed over,
 * the list before and after, what lies ready in the end, and how many events wait.
 */
const visited = async ({ regulars, host, address, storage }, { publicKeys, act = {}, ahead = 0, locale, odd = false, other = false, member = '/member' }) => {
  const name = `prepared ${address}/catalog ${address}${member}`;
  const ready = async () => {
    if (storage) return host.kept.get(name)?.join() ?? null;
    const database = await new Promise((resolve, reject) => {
      const request = indexedDB.open('regulars', 1);
      request.onupgradeneeded = () => ['bytes', 'secrets'].forEach((store) => request.result.createObjectStore(store));
      request.onsuccess = () => resolve(request.result);
      request.onerror = reject;
    });
    const bytes = await new Promise((resolve) => {
      database.transaction('bytes').objectStore('bytes').get(name).onsuccess = ({ target }) => resolve(target.result);
    });
    database.close();
    return bytes?.join() ?? null;
  };
  const home = (engine) => engine.recommend({ strategy: 'for-you', limit: 3 }).items.map(({ id }) => id);
  const prepare = { home, badge: (engine) => engine.feature('banner', { attributes: { id: 'unit' } }).source };
  if (other) {
    delete prepare.home;
    prepare.points = (engine) => engine.membership().points.balance;
  }
  if (odd) {
    prepare.throwing = () => {
      throw new Error('by the test');
    };
    prepare.endless = () => {
      const self = {};
      return Object.assign(self, { self });
    };
    prepare.tracking = (engine) => engine.track({ type: 'view', item: 'i00001' });
    globalThis.reportError = () => {};
  }
  const before = await ready();
  const handed = [];
  let open = false;
  const client = await regulars.open({
    catalog: `${address}/catalog`,
    member: address + member,
    publicKeys: publicKeys.map((key) => new Uint8Array(key)),
    storage,
    timeout: 2_000,
    locale,
    now: ahead ? () => Date.now() + ahead : undefined,
    prepare,
    prepared: (answers, at) => handed.push({ answers, early: !open, recent: Math.abs(Date.now() + ahead - at) < 600_000 }),
  });
  open = true;
  const list = home(client.engine);
  if (act.dismiss) client.engine.track({ type: 'dismiss', item: act.dismiss });
  if (act.atOnce) await client.saved();
  else if (act.signOut) await client.signOut();
  else if (act.signIn) await client.signIn(address + act.signIn);
  else {
    await host.until(async () => ![null, before].includes(await ready()), 5_000);
    // The network may have had news, which take along what was ready before them.
    await client.refresh();
    await host.until(ready, 5_000);
  }
  if (odd) await new Promise((resolve) => setTimeout(resolve, 500));
  const found = { handed, list, isReady: (await ready()) !== null, waiting: client.engine.eventsWaiting() };
  if (!act.atOnce) await client.refresh(); // none is on its way when the cell ends
  await client.close();
  return found;
};

const serving = (state, one) => {
  state.catalog = one;
  state.member = { id: 'm', version: 1 };
};

export const prepared = [
  {
    group: 'prepared',
    name: 'the next page has it before its engine',
    async run(host, { state }, { publicKeys, one }) {
      serving(state, one);
      const first = await host.run(visited, { publicKeys });
      // The experiment that a question asked for exposed nobody.
      assert.deepEqual([first.handed, first.isReady, first.waiting], [[], true, 0]);
      const second = await host.run(visited, { publicKeys });
      assert.deepEqual(second.handed, [{ answers: { home: first.list, badge: 'experiment' }, early: true, recent: true }]);
      assert.deepEqual(second.list, first.list, 'the engine says the same');
      return `${first.list.length} items before the engine`;
    },
  },
  {
    group: 'prepared',
    name: 'something happened, and the page was left at once',
    async run(host, { state }, { publicKeys, one }) {
      serving(state, one);
      const [item] = (await host.run(visited, { publicKeys })).list;
      const second = await host.run(visited, { publicKeys, act: { dismiss: item, atOnce: true } });
      assert.ok(second.handed[0].answers.home.includes(item));
      // What was ready went with what was kept; there may have been time to prepare anew.
      const third = await host.run(visited, { publicKeys });
      assert.deepEqual([third.handed.filter(({ answers }) => answers.home.includes(item)), third.list.includes(item)], [[], false]);
      const fourth = await host.run(visited, { publicKeys });
      assert.deepEqual(fourth.handed[0].answers.home, third.list);
      return 'no list with what was dismissed';
    },
  },
  {
    group: 'prepared',
    name: 'pages that show something else in between',
    async run(host, { state }, { publicKeys, one }) {
      serving(state, one);
      const { list } = await host.run(visited, { publicKeys });
      const names = async (how) => (await host.run(visited, { publicKeys, ...how })).handed.map(({ answers }) => Object.keys(answers).sort().join());
      assert.deepEqual([await names({ other: true }), await names({ other: true }), await names({})], [['badge'], ['badge,points'], ['badge,home']]);
      // What happens on another page takes along what it did not ask for itself.
      const [item] = list;
      await host.run(visited, { publicKeys, other: true, act: { dismiss: item } });
      const { handed } = await host.run(visited, { publicKeys });
      assert.ok(!handed.some(({ answers }) => answers.home?.includes(item)), 'no list with what was dismissed');
      // Whoever signs in there is left nothing of it.
      await host.run(visited, { publicKeys });
      await host.run(visited, { publicKeys, other: true, act: { signIn: '/member?another' } });
      assert.ok(!(await names({ member: '/member?another' })).some((held) => held.includes('home')));
      return 'each its own';
    },
  },
  {
    group: 'prepared',
    name: 'too old, of a clock set back, in another language',
    async run(host, { state }, { publicKeys, one }) {
      serving(state, one);
      const seen = [];
      for (const how of [{}, { ahead: 31 * 60_000 }, {}, {}, { locale: 'zh-CN' }, { locale: 'zh-CN' }]) seen.push((await host.run(visited, { publicKeys, ...how })).handed.length);
      assert.deepEqual(seen, [0, 0, 0, 1, 0, 1]);
      return 'nothing';
    },
  },
  {
    group: 'prepared',
    name: 'questions that throw, have no end, or track',
    async run(host, { state }, { publicKeys, one }) {
      serving(state, one);
      const first = await host.run(visited, { publicKeys, odd: true });
      assert.equal(first.waiting, 1, 'what a question does leads to no other question');
      const second = await host.run(visited, { publicKeys });
      assert.deepEqual(Object.keys(second.handed[0].answers), ['home', 'badge']);
      return 'the others are ready';
    },
  },
  {
    group: 'prepared',
    name: 'gone after signing out',
    async run(host, { state }, { publicKeys, one }) {
      serving(state, one);
      await host.run(visited, { publicKeys });
      const second = await host.run(visited, { publicKeys, act: { signOut: true } });
      assert.deepEqual([second.handed.length, second.isReady], [1, false]);
      assert.deepEqual((await host.run(visited, { publicKeys })).handed, []);
      return 'nothing';
    },
  },
];

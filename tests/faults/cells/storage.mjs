// The storage: whatever it does, the shop opens; what it lost comes from the network, and the page is told.
import assert from 'node:assert/strict';

import { faults } from '../server.mjs';

/** Opens with a storage that fails as `fail` says: an adapter in Node, a patched IndexedDB in a page. */
const opened = async ({ regulars, host, address, storage }, { publicKeys, fail, track }) => {
  let restore = () => {};
  let chosen = storage;
  if (storage) {
    let times = fail?.times ?? Infinity;
    chosen = fail ? host.adapter({ fail: { [fail.on]: (key) => key.startsWith(fail.key ?? '') && times-- > 0 && fail.error } }) : storage;
  } else if (fail) {
    const proto = { get: IDBObjectStore.prototype, set: IDBObjectStore.prototype, open: IDBFactory.prototype }[fail.on];
    const method = { get: 'get', set: 'put', open: 'open' }[fail.on];
    const original = proto[method];
    let times = fail.times ?? Infinity;
    proto[method] = function (...given) {
      if ((!fail.key || String(given[1]).startsWith(fail.key)) && times-- > 0) throw new DOMException('by the test', fail.error);
      return original.apply(this, given);
    };
    restore = () => (proto[method] = original);
  }
  const client = await regulars.open({ catalog: `${address}/catalog`, events: track && `${address}/events`, publicKeys: publicKeys.map((key) => new Uint8Array(key)), storage: chosen, timeout: 2_000 });
  await client.refresh();
  for (let count = 0; count < (track ?? 0); count += 1) client.engine.track({ type: 'view', item: 'i00001', uid: `s${count}` });
  await client.flush();
  const seen = host.seen(client);
  await client.close();
  restore();
  return seen;
};

function failing(name, fail, code, kept = false) {
  return {
    group: 'storage',
    name,
    async run(host, server, { publicKeys, one }) {
      server.state.catalog = one;
      const seen = await host.run(opened, { publicKeys, fail: fail(host), track: 3 });
      assert.deepEqual([seen.version, seen.price, seen.stale], ['corner-1', 1_000, false]);
      const told = seen.reasons.map((reason) => reason.split(': ').at(-1));
      if (code) assert.ok(told.some((reason) => code.includes(reason)), `${seen.reasons}`);
      else assert.deepEqual(told.filter((reason) => reason.startsWith('storage')), []);
      assert.equal(server.books.ids.size, 3, 'events are sent all the same');
      server.state.fault = { '/catalog': faults.offline };
      const later = await host.run(opened, { publicKeys });
      assert.equal(later.version, kept ? 'corner-1' : null);
      return `corner-1${code ? `, ${told.find((reason) => code.includes(reason))}` : ''}${kept ? ', kept' : ''}`;
    },
  };
}

/** Changes one record that is kept. */
const damaged = async ({ host, storage }, { start, last }) => {
  const flip = (bytes) => {
    const other = bytes.slice();
    other[other.length - 40] ^= 1;
    return other;
  };
  const wanted = (key) => key.startsWith(start) && (last === undefined || key.includes(last));
  if (storage) {
    for (const [key, bytes] of host.kept) if (wanted(key)) host.kept.set(key, flip(bytes));
    return [...host.kept.keys()].filter(wanted).length;
  }
  const database = await new Promise((resolve, reject) => {
    const request = indexedDB.open('regulars');
    request.onsuccess = () => resolve(request.result);
    request.onerror = reject;
  });
  let count = 0;
  await new Promise((resolve) => {
    const transaction = database.transaction('bytes', 'readwrite');
    transaction.objectStore('bytes').openCursor().onsuccess = ({ target: { result: cursor } }) => {
      if (!cursor) return;
      if (wanted(cursor.key)) {
        cursor.update(flip(cursor.value));
        count += 1;
      }
      cursor.continue();
    };
    transaction.oncomplete = resolve;
  });
  database.close();
  return count;
};

export const storage = [
  failing('quota exceeded', () => ({ on: 'set', error: 'QuotaExceededError' }), ['storage-failed']),
  {
    group: 'storage',
    name: 'room for one generation only',
    async run(host, server, { publicKeys, one, two, three }) {
      for (server.state.catalog of [one, two]) await host.run(opened, { publicKeys });
      server.state.catalog = three;
      const seen = await host.run(opened, { publicKeys, fail: { on: 'set', key: 'catalog ', error: 'QuotaExceededError', times: 1 } });
      assert.deepEqual([...pick(seen), seen.reasons], ['corner-3', 'network', false, []]);
      server.state.fault = { '/catalog': faults.offline };
      assert.equal((await host.run(opened, { publicKeys })).version, 'corner-3');
      return 'the oldest makes room, corner-3 is kept';
    },
  },
  failing('throws on open', (host) => ({ on: host.browser ? 'open' : 'all', error: 'SecurityError' }), ['storage-unavailable', 'storage-failed']),
  failing('connection lost, then back', () => ({ on: 'get', error: 'InvalidStateError', times: 1 }), null, true),
  {
    group: 'storage',
    name: 'private mode (no database at all)',
    browser: true,
    async run(host, server, { publicKeys, one }) {
      server.state.catalog = one;
      await host.run(async () => void Object.defineProperty(globalThis, 'indexedDB', { value: null, configurable: true }));
      const seen = await host.run(opened, { publicKeys });
      assert.deepEqual([seen.version, seen.stale], ['corner-1', false]);
      assert.ok(seen.reasons.includes('storage-unavailable'));
      return 'corner-1, storage-unavailable';
    },
  },
  {
    group: 'storage',
    name: 'corrupted record: the generation before',
    async run(host, server, { publicKeys, one, two, digests }) {
      server.state.catalog = one;
      await host.run(opened, { publicKeys });
      server.state.catalog = two;
      assert.equal((await host.run(opened, { publicKeys })).version, 'corner-2');
      assert.equal(await host.run(damaged, { start: 'catalog ', last: digests.two.slice(0, 32) }), 1);
      server.state.fault = { '/catalog': faults.offline };
      const rolled = await host.run(opened, { publicKeys });
      assert.deepEqual([rolled.version, rolled.stale], ['corner-1', true]);
      // The network may not use the occasion to bring back what is old.
      server.state.fault = {};
      server.state.catalog = one;
      const old = await host.run(opened, { publicKeys });
      assert.ok(old.reasons.includes('catalog: older-snapshot'), `${old.reasons}`);
      server.state.catalog = two;
      assert.deepEqual(pick(await host.run(opened, { publicKeys })), ['corner-2', 'network', false]);
      return 'corner-1 stale; then corner-2';
    },
  },
  {
    group: 'storage',
    name: 'corrupted pointer and both generations',
    async run(host, server, { publicKeys, one, two }) {
      for (server.state.catalog of [one, two]) await host.run(opened, { publicKeys });
      assert.equal(await host.run(damaged, { start: 'catalog ' }), 3);
      assert.deepEqual(pick(await host.run(opened, { publicKeys })), ['corner-2', 'network', false]);
      return 'corner-2 from the network';
    },
  },
  {
    group: 'storage',
    name: 'corrupted state and profile',
    async run(host, server, { publicKeys, one }) {
      server.state.catalog = one;
      server.state.member = { id: 'm', version: 1 };
      server.state.fault = { '/events': faults.broken };
      const withMember = async ({ regulars, host, address, storage }, { publicKeys }) => {
        const client = await regulars.open({ catalog: `${address}/catalog`, member: `${address}/member`, events: `${address}/events`, publicKeys: publicKeys.map((key) => new Uint8Array(key)), storage, timeout: 2_000 });
        await client.refresh();
        client.engine.track({ type: 'view', item: 'i00001' });
        await client.flush();
        const seen = host.seen(client);
        const member = client.engine.exportData().member?.id;
        await client.close();
        return { ...seen, member };
      };
      assert.equal((await host.run(withMember, { publicKeys })).member, 'm');
      assert.ok((await host.run(damaged, { start: 'state ' })) > 0);
      assert.equal(await host.run(damaged, { start: 'member ' }), 1);
      const seen = await host.run(withMember, { publicKeys });
      assert.deepEqual([seen.version, seen.member, seen.stale], ['corner-1', 'm', false]);
      assert.ok(seen.reasons.includes('state-not-restored'), `${seen.reasons}`);
      return 'corner-1, state-not-restored';
    },
  },
  {
    group: 'storage',
    name: 'signing in again without network',
    async run(host, server, { publicKeys, one }) {
      server.state.catalog = one;
      server.state.member = { id: 'm', version: 1 };
      const visited = async ({ regulars, host, address, storage }, { publicKeys, first }) => {
        const client = await regulars.open({ catalog: `${address}/catalog`, publicKeys: publicKeys.map((key) => new Uint8Array(key)), storage, timeout: 2_000 });
        await client.signIn(`${address}/member`);
        const member = client.engine.exportData().member?.id ?? null;
        const { stale, reasons } = host.seen(client);
        if (!first) await client.signOut();
        client.engine.track({ type: 'view', item: 'i00001' });
        await client.saved();
        const after = client.engine.exportData().member?.id ?? null;
        await client.close();
        return { member, stale, reasons, after };
      };
      assert.equal((await host.run(visited, { publicKeys, first: true })).member, 'm');
      server.state.fault = { '/member': faults.offline };
      const again = await host.run(visited, { publicKeys });
      assert.deepEqual([again.member, again.stale, again.after], ['m', true, null]);
      assert.ok(again.reasons.includes('member: fetch-failed'), `${again.reasons}`);
      // After signing out nothing of the profile is left, and what was done then is not theirs.
      assert.equal((await host.run(visited, { publicKeys })).member, null);
      return 'the member as last seen; after signing out nobody';
    },
  },
  {
    group: 'storage',
    name: 'signing in while the catalog is asked for',
    async run(host, server, { publicKeys, one }) {
      server.state.catalog = one;
      server.state.member = { id: 'm', version: 1 };
      const visited = async ({ regulars, address, storage }, { publicKeys, signsIn }) => {
        const client = await regulars.open({ catalog: `${address}/catalog`, publicKeys: publicKeys.map((key) => new Uint8Array(key)), storage, timeout: 2_000 });
        if (signsIn) {
          const signing = client.signIn(`${address}/member`);
          // This one knows nothing of the member, and is answered late.
          void client.refresh();
          await signing;
        }
        const member = client.engine.exportData().member?.id ?? null;
        await client.saved();
        await client.close();
        return member;
      };
      assert.equal(await host.run(visited, { publicKeys }), null);
      server.state.fault = { '/catalog': (request, response) => void setTimeout(() => response.writeHead(304).end(), 300) };
      assert.equal(await host.run(visited, { publicKeys, signsIn: true }), 'm');
      return 'the member, once signed in';
    },
  },
  {
    group: 'storage',
    name: 'signing in takes over what was done here before',
    async run(host, server, { publicKeys, one }) {
      const { state } = server;
      state.catalog = one;
      // Each address has a profile of its own, and events are not taken for now.
      const profile = (id) => (request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ id, version: 1 }));
      state.fault = { '/member': profile('m'), '/other': profile('n'), '/events': faults.broken };
      const seen = await host.run(
        async ({ regulars, address, storage, host }, { publicKeys }) => {
          const dismissed = (client) => client.engine.exportData().events.filter(({ type }) => type === 'dismiss').map(({ item }) => item);
          const told = (client) => [client.engine.exportData().member?.id ?? null, dismissed(client).join()];
          const options = { catalog: `${address}/catalog`, events: `${address}/events`, publicKeys: publicKeys.map((key) => new Uint8Array(key)), storage, timeout: 2_000 };
          const steps = [];
          let client = await regulars.open(options);
          // What nobody known did becomes that of the first who is known.
          client.engine.track({ type: 'dismiss', item: 'i00001', uid: 'a' });
          await client.signIn(`${address}/member`);
          client.engine.track({ type: 'dismiss', item: 'i00002', uid: 'b' });
          steps.push(told(client));
          // The next one sees nothing of it ...
          await client.signIn(`${address}/other`);
          client.engine.track({ type: 'dismiss', item: 'i00003', uid: 'c' });
          steps.push(told(client), client.engine.eventsWaiting());
          // ... and the first has it back at once, not only when the page is opened anew.
          await client.signIn(`${address}/member`);
          steps.push(told(client));
          await client.close();
          client = await regulars.open({ ...options, member: `${address}/other` });
          await host.until(() => client.info.member);
          steps.push(told(client));
          await client.signIn(`${address}/member`);
          steps.push(told(client));
          globalThis.client = client;
          return steps;
        },
        { publicKeys },
      );
      assert.deepEqual(seen, [['m', 'i00001,i00002'], ['n', 'i00003'], 3, ['m', 'i00001,i00002'], ['n', 'i00003'], ['m', 'i00001,i00002']]);
      // Each event goes under the name of whom it is, once.
      delete state.fault['/events'];
      await host.run(async () => {
        await globalThis.client.flush();
        await globalThis.client.close();
      });
      const members = Object.fromEntries([...server.books.events.values()].map(({ uid, member }) => [uid, member]));
      assert.deepEqual([members, [...server.books.ids.values()]], [{ a: 'm', b: 'm', c: 'n' }, [1, 1, 1]]);
      return 'own history at once, nothing of the other; 3 sent, 3 taken';
    },
  },
  {
    group: 'storage',
    name: 'what concerns a person is sealed, and gone after signing out',
    browser: true,
    async run(host, server, { publicKeys, one }) {
      server.state.catalog = one;
      server.state.member = { id: 'member-4711', version: 1, tags: [{ tag: 'secret-trait' }] };
      const found = await host.run(
        async ({ regulars, address, host }, { publicKeys }) => {
          const client = await regulars.open({ catalog: `${address}/catalog`, member: `${address}/member`, publicKeys: publicKeys.map((key) => new Uint8Array(key)) });
          await client.refresh();
          client.engine.track({ type: 'search', query: 'secret-trait' });
          await client.saved();
          const database = await new Promise((resolve) => (indexedDB.open('regulars').onsuccess = ({ target }) => resolve(target.result)));
          const all = (store) => new Promise((resolve) => (database.transaction(store).objectStore(store).getAll().onsuccess = ({ target }) => resolve(target.result)));
          const keys = () => new Promise((resolve) => (database.transaction('bytes').objectStore('bytes').getAllKeys().onsuccess = ({ target }) => resolve(target.result)));
          const readable = async () => (await all('bytes')).filter((bytes) => new TextDecoder().decode(bytes).includes('secret-trait')).length;
          const before = { readable: await readable(), extractable: (await all('secrets')).map((key) => key.extractable), kinds: (await keys()).map((key) => key.split(' ')[0]).sort() };
          await client.signOut();
          const after = { kinds: (await keys()).map((key) => key.split(' ')[0]).sort(), member: client.engine.exportData().member, tags: client.engine.tags(), seen: host.seen(client).version };
          database.close();
          await client.close();
          return { before, after };
        },
        { publicKeys },
      );
      assert.deepEqual(found.before, { readable: 0, extractable: [false], kinds: ['catalog', 'catalog', 'member', 'state'] });
      assert.deepEqual(found.after, { kinds: ['catalog', 'catalog'], member: null, tags: [], seen: 'corner-1' });
      return 'nothing readable; profile and state gone, catalog there';
    },
  },
];

/** Opens with a member, and keeps what a person leaves behind. */
const visited = async ({ regulars, address, host }, { publicKeys, member = 'member' }) => {
  const client = await regulars.open({ catalog: `${address}/catalog`, member: `${address}/${member}`, publicKeys: publicKeys.map((key) => new Uint8Array(key)), timeout: 1_000 });
  globalThis.client = client;
  await client.refresh();
  const seen = { member: client.engine.exportData().member?.id ?? null, searches: client.engine.exportData().events.length, reasons: host.seen(client).reasons };
  if (seen.member) client.engine.track({ type: 'search', query: 'secret' });
  await client.saved();
  return seen;
};
const closed = async () => globalThis.client.close();

/** What one with the disk can do: takes all records, or writes some. */
const disk = async (_, { put }) => {
  const database = await new Promise((resolve) => (indexedDB.open('regulars').onsuccess = ({ target }) => resolve(target.result)));
  const store = database.transaction('bytes', 'readwrite').objectStore('bytes');
  const asked = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
  for (const [key, bytes] of put ?? []) await asked(store.put(new Uint8Array(bytes), key));
  const [keys, values] = [await asked(store.getAllKeys()), await asked(store.getAll())];
  database.close();
  return keys.map((key, place) => [key, [...values[place]]]).filter(([key]) => !key.startsWith('catalog '));
};

storage.push(
  {
    group: 'storage',
    name: 'a record put under another name',
    browser: true,
    async run(host, server, { publicKeys, one }) {
      server.state.catalog = one;
      server.state.member = { id: 'm', version: 1 };
      assert.equal((await host.run(visited, { publicKeys })).member, 'm');
      await host.run(closed);
      const records = await host.run(disk, {});
      assert.deepEqual(records.map(([key]) => key.split(' ')[0]).sort(), ['member', 'state']);
      await host.run(disk, { put: records.map(([key, bytes]) => [key.replace('/member', '/other'), bytes]) });
      server.state.fault = { '/member': faults.offline, '/other': faults.offline };
      const seen = await host.run(visited, { publicKeys, member: 'other' });
      assert.deepEqual([seen.member, seen.searches], [null, 0]);
      assert.ok(seen.reasons.includes('state-not-restored'), `${seen.reasons}`);
      await host.run(closed);
      // Under its own name it is as good as before.
      assert.deepEqual(await host.run(visited, { publicKeys }).then(({ member, searches }) => [member, searches]), ['m', 1]);
      await host.run(closed);
      return 'nobody, state-not-restored';
    },
  },
  {
    group: 'storage',
    name: 'a backup put back after signing out',
    browser: true,
    async run(host, server, { publicKeys, one }) {
      server.state.catalog = one;
      server.state.member = { id: 'm', version: 1 };
      await host.run(visited, { publicKeys });
      const backup = await host.run(disk, {});
      await host.run(async () => globalThis.client.signOut());
      await host.run(closed);
      await host.run(disk, { put: backup });
      server.state.fault = { '/member': faults.offline };
      const seen = await host.run(visited, { publicKeys });
      assert.deepEqual([seen.member, seen.searches], [null, 0]);
      await host.run(closed);
      return 'cannot be opened: the key is gone';
    },
  },
  {
    group: 'storage',
    name: 'a page of another site looks',
    browser: true,
    async run(host, server, { publicKeys, one }) {
      server.state.catalog = one;
      server.state.member = { id: 'm', version: 1 };
      await host.run(visited, { publicKeys });
      const address = server.address;
      const other = await host.opened();
      await other.goto(`${address.replace('127.0.0.1', 'localhost')}/blank`);
      const seen = await other.evaluate(async (address) => {
        const refused = (ask) => ask().then(() => 'read', () => 'refused');
        return {
          databases: (await indexedDB.databases()).map(({ name }) => name),
          shelves: await caches.keys(),
          profile: await refused(() => fetch(`${address}/member`, { credentials: 'include' })),
          locks: (await navigator.locks.query()).held.length,
        };
      }, address);
      assert.deepEqual(seen, { databases: [], shelves: [], profile: 'refused', locks: 0 });
      await other.close();
      await host.run(closed);
      return 'no record, no profile, no tab of the shop';
    },
  },
);

const pick = ({ version, source, stale }) => [version, source, stale];

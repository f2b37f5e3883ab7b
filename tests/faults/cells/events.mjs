// Events: whatever happens on the way, each that was tracked is taken once.
import assert from 'node:assert/strict';

import { faults } from '../server.mjs';

const started = async ({ regulars, address, storage }, { publicKeys }) => {
  globalThis.client = await regulars.open({ catalog: `${address}/catalog`, events: `${address}/events`, publicKeys: publicKeys.map((key) => new Uint8Array(key)), storage, timeout: 2_000 });
};
const tracked = async (_, { from, count, type = 'view' }) => {
  for (let place = from; place < from + count; place += 1) globalThis.client.engine.track({ type, item: 'i00001', uid: `u${place}` });
};
const flushed = async () => {
  await globalThis.client.flush();
  return { waiting: globalThis.client.engine.eventsWaiting(), reasons: globalThis.client.status.reasons };
};
const closed = async () => globalThis.client.close();
/** The page is gone without a word: nothing runs any more, what was not kept is lost. */
const lost = async () => {
  const { client } = globalThis;
  await client.saved();
  client.engine.free();
};

/** Every event is in the books once. */
function all(books, count) {
  assert.equal(books.ids.size, count, `${count} events were tracked`);
  assert.deepEqual([...books.ids.values()].filter((times) => times !== 1), []);
}

export const events = [
  {
    group: 'events',
    name: 'the answer is lost, the batch comes twice',
    async run(host, server, { publicKeys, one }) {
      server.state.catalog = one;
      await host.run(started, { publicKeys });
      await host.run(tracked, { from: 0, count: 250 });
      server.state.fault = { '/events': { times: 2, act: 'taken but unanswered' } };
      await host.run(flushed);
      await host.run(tracked, { from: 250, count: 5 });
      await host.run(flushed);
      assert.equal((await host.run(flushed)).waiting, 0);
      all(server.books, 255);
      assert.ok(server.books.repeated >= 2, 'batches came again');
      await host.run(closed);
      return `255 sent, 255 taken, ${server.books.repeated} batches came twice`;
    },
  },
  {
    group: 'events',
    name: 'reordered: a batch arrives after those behind it',
    async run(host, server, { publicKeys, one }) {
      server.state.catalog = one;
      await host.run(started, { publicKeys });
      await host.run(tracked, { from: 0, count: 3 });
      // Some proxy holds the first batch back, and tells the client that it did not arrive.
      let held;
      server.state.fault = {
        '/events': {
          times: 1,
          act(request, response, { body }) {
            held = body;
            response.writeHead(504).end();
          },
        },
      };
      await host.run(flushed);
      assert.equal(server.books.ids.size, 0);
      await host.run(tracked, { from: 3, count: 3 });
      assert.equal((await host.run(flushed)).waiting, 0);
      server.late(held);
      await host.run(closed);
      all(server.books, 6);
      assert.ok(server.books.repeated >= 1, 'the late one is known by its id');
      const sequences = [...server.books.events.values()].map(({ sequence }) => sequence);
      assert.deepEqual(sequences.toSorted((one, other) => one - other), [0, 1, 2, 3, 4, 5]);
      return '6 sent, 6 taken, the late batch known';
    },
  },
  {
    group: 'events',
    name: 'reordered: a later batch first',
    async run(host, server, { publicKeys, one }) {
      server.state.catalog = one;
      await host.run(started, { publicKeys });
      await host.run(tracked, { from: 0, count: 230 });
      // The batches come in any order, and each twice.
      const held = [];
      server.state.fault = {
        '/events': (request, response, { body }) => {
          held.push(body);
          response.writeHead(204).end();
        },
      };
      assert.equal((await host.run(flushed)).waiting, 0);
      assert.equal(held.length, 3);
      for (const body of [...held].reverse()) for (let times = 0; times < 2; times += 1) server.late(body);
      await host.run(closed);
      all(server.books, 230);
      return `230 sent, 230 taken, ${server.books.repeated} batches came twice`;
    },
  },
  {
    group: 'events',
    name: 'server down for the day, page closed and opened',
    async run(host, server, { publicKeys, one }) {
      server.state.catalog = one;
      server.state.fault = { '/events': faults.broken };
      for (let visit = 0; visit < 4; visit += 1) {
        await host.run(started, { publicKeys });
        await host.run(tracked, { from: visit * 100, count: 100 });
        await host.run(flushed);
        await host.run(visit % 2 ? closed : lost);
        if (host.browser) await host.page().reload();
      }
      assert.equal(server.books.arrivals, 0);
      server.state.fault = {};
      await host.run(started, { publicKeys });
      assert.equal((await host.run(flushed)).waiting, 0);
      await host.run(closed);
      all(server.books, 400);
      return '400 sent, 400 taken the next day';
    },
  },
  {
    group: 'events',
    name: '10,000 queued, and 101 more',
    long: 2,
    async run(host, server, { publicKeys, one }) {
      server.state.catalog = one;
      server.state.fault = { '/events': faults.offline };
      await host.run(started, { publicKeys });
      await host.run(tracked, { from: 0, count: 20, type: 'impression' });
      await host.run(tracked, { from: 20, count: 5, type: 'purchase' });
      // A hundred above are let in before all that is too much is dropped together.
      await host.run(tracked, { from: 25, count: 10_076 });
      const { waiting } = await host.run(flushed);
      assert.equal(waiting, 10_000);
      server.state.fault = {};
      const after = await host.run(flushed);
      assert.equal(after.waiting, 0);
      // What is worth least went first: the impressions, then the oldest views. It was counted, and told.
      all(server.books, 10_000);
      assert.equal(server.books.dropped, 101);
      for (let place = 0; place < 20; place += 1) assert.ok(!server.books.ids.has(`u${place}`));
      for (let place = 20; place < 25; place += 1) assert.ok(server.books.ids.has(`u${place}`));
      assert.ok(after.reasons.some(({ code }) => code === 'events-dropped'));
      await host.run(closed);
      return '10,000 taken, 101 least valuable dropped and told';
    },
  },
  {
    group: 'events',
    name: 'refused for good does not block the rest',
    async run(host, server, { publicKeys, one }) {
      server.state.catalog = one;
      await host.run(started, { publicKeys });
      await host.run(tracked, { from: 0, count: 2 });
      server.state.fault = { '/events': { times: 1, act: faults.refused } };
      const { waiting, reasons } = await host.run(flushed);
      assert.equal(waiting, 0);
      assert.ok(reasons.some(({ code, facts }) => code === 'events-refused' && facts.events === 2));
      await host.run(tracked, { from: 2, count: 2 });
      await host.run(flushed);
      assert.equal(server.books.ids.size, 2);
      await host.run(closed);
      return '2 refused and told, 2 taken';
    },
  },
  {
    group: 'events',
    name: 'a refused purpose keeps nothing',
    async run(host, server, { publicKeys, one }) {
      server.state.catalog = one;
      await host.run(started, { publicKeys });
      await host.run(tracked, { from: 0, count: 3 });
      await host.run(async () => globalThis.client.engine.setPrivacy({ purposes: { analytics: false, personalisation: false } }));
      await host.run(tracked, { from: 3, count: 3 });
      await host.run(tracked, { from: 6, count: 1, type: 'purchase' });
      await host.run(flushed);
      const known = await host.run(async () => globalThis.client.engine.exportData().events.length);
      await host.run(closed);
      assert.deepEqual([[...server.books.ids.keys()], known], [['u6'], 1]);
      return 'only the purchase is kept and sent';
    },
  },
  {
    group: 'events',
    name: 'the page is left (beacon)',
    browser: true,
    async run(host, server, { publicKeys, one }) {
      server.state.catalog = one;
      await host.run(started, { publicKeys });
      await host.run(tracked, { from: 0, count: 40 });
      await host.page().goto('about:blank');
      await waited(() => server.books.ids.size === 40);
      // Here again: what the browser took along comes once more, and is known.
      await host.page().goto(`${server.address}/blank`);
      await host.run(started, { publicKeys });
      assert.equal((await host.run(flushed)).waiting, 0);
      all(server.books, 40);
      await host.run(closed);
      return '40 sent, 40 taken';
    },
  },
];

async function waited(condition) {
  for (let tries = 0; tries < 300; tries += 1) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`waited in vain for: ${condition}`);
}

// The network: whatever it answers, a member who was here before sees the shop as it was, and one who is new is told why
// there is none; when it is well again, everybody sees the newest.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { faults } from '../server.mjs';

const open = async ({ regulars, host, address, storage }, { publicKeys, timeout }) => {
  const client = await regulars.open({ catalog: `${address}/catalog`, publicKeys: publicKeys.map((key) => new Uint8Array(key)), storage, timeout });
  globalThis.client = client;
  await client.refresh();
  return host.seen(client);
};
const again = async ({ host }) => {
  await globalThis.client.refresh();
  // One that was under way while the network was still unwell counts for nothing.
  if (globalThis.client.status.stale) await globalThis.client.refresh();
  const seen = host.seen(globalThis.client);
  await globalThis.client.close();
  return seen;
};
const close = async () => globalThis.client.close();

function cell(name, fault, code, { timeout = 2_000, heals = false } = {}) {
  return {
    group: 'network',
    name,
    async run(host, server, { publicKeys, one, two }) {
      const { state } = server;
      // A new member.
      state.catalog = two;
      state.fault = { '/catalog': fault };
      const fresh = await host.run(open, { publicKeys, timeout });
      assert.deepEqual([fresh.version, fresh.source, fresh.stale], [null, 'none', true]);
      assert.ok(fresh.reasons.includes(`catalog: ${code}`), `${fresh.reasons}`);
      state.fault = {};
      assert.deepEqual(pick(await host.run(again)), ['corner-2', 2_000, 'network', false]);
      // A member who was here before, with an older snapshot.
      await host.fresh();
      state.catalog = one;
      assert.equal((await host.run(open, { publicKeys, timeout })).version, 'corner-1');
      await host.run(close);
      state.catalog = two;
      state.fault = { '/catalog': typeof fault === 'function' ? fault : { ...fault } };
      const known = await host.run(open, { publicKeys, timeout });
      if (heals) {
        assert.deepEqual(pick(known), ['corner-2', 2_000, 'network', false]);
      } else {
        assert.deepEqual([known.version, known.price, known.source, known.stale], ['corner-1', 1_000, 'cache', true]);
        assert.ok(known.reasons.includes(`catalog: ${code}`), `${known.reasons}`);
      }
      state.fault = {};
      assert.deepEqual(pick(await host.run(again)), ['corner-2', 2_000, 'network', false]);
      return `new: none, ${code}; known: ${known.version}${known.stale ? ' stale' : ''}`;
    },
  };
}

const pick = ({ version, price, source, stale }) => [version, price, source, stale];

export const network = [
  cell('offline', faults.offline, 'fetch-failed'),
  cell('slow', faults.slow, 'timed-out', { timeout: 150 }),
  cell('truncated', faults.truncated, 'fetch-failed'),
  cell('cut by a proxy', faults.cut, 'truncated-snapshot'),
  cell('wrong type', faults.html, 'wrong-type'),
  cell('5xx', faults.broken, 'http-error'),
  cell('redirect to a login page', faults.login, 'wrong-type'),
  {
    group: 'network',
    name: '304 without cache',
    async run(host, server, { publicKeys, one, two }) {
      server.state.catalog = one;
      server.state.fault = { '/catalog': faults.unchanged };
      const fresh = await host.run(open, { publicKeys, timeout: 2_000 });
      assert.deepEqual([fresh.version, fresh.source], [null, 'none']);
      assert.ok(fresh.reasons.includes('catalog: unexpected-304'), `${fresh.reasons}`);
      server.state.fault = {};
      assert.deepEqual(pick(await host.run(again)), ['corner-1', 1_000, 'network', false]);
      // To one who has the bytes it is the truth.
      server.state.catalog = one;
      server.state.fault = { '/catalog': faults.unchanged };
      assert.deepEqual(pick(await host.run(open, { publicKeys, timeout: 2_000 })), ['corner-1', 1_000, 'network', false]);
      await host.run(close);
      void two;
      return 'new: none, unexpected-304; known: confirmed';
    },
  },
  {
    group: 'network',
    name: 'a sign-in page in place of the module',
    browser: true,
    async run(host, server, { publicKeys, one }) {
      server.state.catalog = one;
      const module = readFileSync(new URL('../../../pkg/wasm/regulars_bg.wasm', import.meta.url));
      let sound = true;
      // The browser's own cache keeps nothing.
      const answer = (request, response) => (sound ? void response.writeHead(200, { 'content-type': 'application/wasm', 'cache-control': 'no-store' }).end(module) : faults.html(request, response));
      server.state.fault = { '/pkg/wasm/regulars_bg.wasm': answer };
      assert.equal((await host.run(open, { publicKeys, timeout: 2_000 })).version, 'corner-1');
      await host.run(async ({ host }) => host.until(async () => (await caches.match('/pkg/wasm/regulars_bg.wasm')) !== undefined));
      await host.run(close);
      await host.page().reload();
      sound = false;
      assert.equal((await host.run(open, { publicKeys, timeout: 2_000 })).version, 'corner-1');
      await host.run(close);
      // Who was never here is told what came instead.
      await host.fresh();
      const code = await host.run(async ({ regulars }) => regulars.default().catch(({ code, message }) => `${code}: ${message}`));
      assert.match(code, /^initialisation-failed: no WebAssembly module at .*text\/html/);
      return 'known: the module kept before; new: initialisation-failed';
    },
  },
  {
    group: 'network',
    name: 'fails twice, then well',
    async run(host, server, { publicKeys, one }) {
      server.state.catalog = one;
      server.state.fault = { '/catalog': { times: 2, act: faults.broken } };
      const seen = await host.run(open, { publicKeys, timeout: 2_000 });
      assert.deepEqual(pick(seen), ['corner-1', 1_000, 'network', false]);
      assert.equal(server.state.requests.filter((line) => line === 'GET /catalog').length, 3);
      await host.run(close);
      return 'asked three times, then the newest';
    },
  },
];

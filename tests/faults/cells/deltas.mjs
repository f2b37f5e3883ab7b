// Deltas: applied in place, and on any doubt the whole snapshot is fetched.
import assert from 'node:assert/strict';

const opened = async ({ regulars, host, address, storage }, { publicKeys, push, origins }) => {
  const client = await regulars.open({
    catalog: `${address}/catalog`,
    deltas: `${address}/deltas`,
    stream: `${address}/stream`,
    publicKeys: publicKeys.map((key) => new Uint8Array(key)),
    storage,
    push: push ?? 'off',
    pushOrigins: origins ?? [address],
    timeout: 2_000,
  });
  globalThis.client = client;
  await client.refresh();
  return host.seen(client);
};
const refreshed = async ({ host }) => {
  await globalThis.client.refresh();
  await new Promise((resolve) => setTimeout(resolve, 100)); // the file is kept when there is time
  return host.seen(globalThis.client);
};
const close = async () => globalThis.client.close();

function cell(name, { delta, whole, saw, version = 'corner-2' }) {
  return {
    group: 'deltas',
    name,
    async run(host, server, fixtures) {
      const { state } = server;
      const { publicKeys, one, digests } = fixtures;
      state.catalog = one;
      assert.equal((await host.run(opened, { publicKeys })).version, 'corner-1');
      state.catalog = fixtures[whole ?? 'two'];
      state.requests = [];
      state.deltas.set(digests.one, delta(fixtures));
      if (version === 'corner-3') state.deltas.set(digests.two, fixtures.delta23);
      const seen = await host.run(refreshed);
      assert.deepEqual([seen.version, seen.stale], [version, false], `${seen.reasons}`);
      const fetched = state.requests.includes('GET /catalog');
      await host.run(close);
      // What the delta led to is kept, and as good as if it had been fetched.
      state.requests = [];
      const after = await host.run(opened, { publicKeys });
      assert.deepEqual([after.version, after.stale], [version, false]);
      await host.run(close);
      assert.equal(fetched, saw.includes('whole'), `the whole snapshot was ${fetched ? '' : 'not '}fetched`);
      return saw;
    },
  };
}

const flipped = (bytes) => {
  const other = bytes.slice();
  other[other.length - 3] ^= 1;
  return other;
};

export const deltas = [
  cell('applied in place', { delta: ({ delta12 }) => delta12, saw: 'corner-2 from the delta' }),
  cell('a chain', { delta: ({ delta12 }) => delta12, whole: 'three', version: 'corner-3', saw: 'corner-3 from two deltas' }),
  cell('changed on the way', { delta: ({ delta12 }) => flipped(delta12), saw: 'corner-2 from the whole' }),
  cell('by another hand', { delta: ({ foreignDelta }) => foreignDelta, saw: 'corner-2 from the whole' }),
  cell('a gap', { delta: ({ delta23 }) => delta23, saw: 'corner-2 from the whole' }),
  {
    group: 'deltas',
    name: 'streamed (SSE)',
    async run(host, server, { publicKeys, one, two, three, delta12, delta23 }) {
      const { state } = server;
      state.catalog = one;
      await host.run(opened, { publicKeys, push: 'sse' });
      await waited(() => server.push({ type: 'nothing known' }) === 1);
      state.catalog = two;
      server.push({ type: 'delta', bytes: Buffer.from(delta12).toString('base64') });
      await host.run(async ({ host }) => host.until(() => host.seen(globalThis.client).version === 'corner-2'));
      state.catalog = three;
      // The stream breaks, and what came in between is asked for.
      server.hangUp();
      await host.run(async ({ host }) => host.until(() => host.seen(globalThis.client).version === 'corner-3'));
      void delta23;
      await host.run(close);
      return 'corner-2 pushed, corner-3 after a broken stream';
    },
  },
  {
    group: 'deltas',
    name: 'by postMessage',
    browser: true,
    async run(host, server, { publicKeys, one, two, foreign, delta12 }) {
      server.state.catalog = one;
      await host.run(opened, { publicKeys, push: 'message' });
      const post = (bytes, type) =>
        host.run(
          async (_, { bytes, type }) => {
            globalThis.postMessage({ regulars: { type, bytes } }, '*');
            await new Promise((resolve) => setTimeout(resolve, 200));
          },
          { bytes: Buffer.from(bytes).toString('base64'), type },
        );
      server.state.fault = { '/catalog': (request, response) => void response.writeHead(503).end() };
      await post(foreign, 'snapshot');
      assert.equal((await host.run(async ({ host }) => host.seen(globalThis.client))).version, 'corner-1');
      await post(delta12, 'delta');
      assert.equal((await host.run(async ({ host }) => host.seen(globalThis.client))).version, 'corner-2');
      // A page of another origin, framed in or around, is not heard.
      const frame = await host.run(async ({ address }) => {
        const frame = document.createElement('iframe');
        frame.srcdoc = `<script>parent.postMessage({ regulars: { type: 'profile', profile: { id: 'mallory' } } }, '*')</script>`;
        frame.sandbox = 'allow-scripts'; // an origin of its own
        const heard = new Promise((resolve) => addEventListener('message', ({ origin }) => resolve(origin), { once: true }));
        document.body.append(frame);
        const origin = await heard;
        await new Promise((resolve) => setTimeout(resolve, 50));
        return { origin, member: globalThis.client.engine.exportData().member?.id ?? null, address };
      });
      assert.deepEqual([frame.origin, frame.member], ['null', null]);
      void two;
      await host.run(close);
      return 'corner-2; foreign bytes and foreign origins not heard';
    },
  },
];

deltas.push({
  group: 'deltas',
  name: 'from a page around the shop',
  browser: true,
  async run(host, server, { publicKeys, one, two, foreign }) {
    server.state.catalog = one;
    // Another origin on the same machine.
    const around = server.address.replace('127.0.0.1', 'localhost');
    const page = host.page();
    await page.goto(`${around}/blank`);
    const framed = async () => {
      await page.evaluate((address) => {
        const frame = document.createElement('iframe');
        frame.src = address;
        document.body.replaceChildren(frame);
        return new Promise((resolve) => (frame.onload = resolve));
      }, `${server.address}/blank`);
      return page.frames().find((frame) => frame.url().startsWith(server.address));
    };
    const post = (message) =>
      page.evaluate(async (message) => {
        globalThis.frames[0].postMessage({ regulars: message }, '*');
        await new Promise((resolve) => setTimeout(resolve, 200));
      }, message);
    const told = (frame) => host.runIn(frame, async ({ host }) => [host.seen(globalThis.client).version, globalThis.client.engine.exportData().member?.id ?? null]);
    const text = (bytes) => Buffer.from(bytes).toString('base64');

    const shut = await framed();
    await host.runIn(shut, opened, { publicKeys, push: 'message' });
    await post({ type: 'snapshot', bytes: text(two) });
    await post({ type: 'profile', profile: { id: 'mallory' } });
    assert.deepEqual(await told(shut), ['corner-1', null], 'nobody said that this origin may push');
    await host.runIn(shut, close);
    // Where the page says that it may, what comes is checked all the same.
    const open = await framed();
    await host.runIn(open, opened, { publicKeys, push: 'message', origins: [around] });
    await post({ type: 'snapshot', bytes: text(foreign) });
    assert.deepEqual(await told(open), ['corner-1', null]);
    await post({ type: 'snapshot', bytes: text(two) });
    assert.deepEqual(await told(open), ['corner-2', null]);
    await host.runIn(open, close);
    return 'not heard; where it is named, checked all the same';
  },
});

async function waited(condition) {
  for (let tries = 0; tries < 200; tries += 1) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`waited in vain for: ${condition}`);
}

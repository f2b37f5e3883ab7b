// The bytes: nothing that was changed, made by another hand, older or for another shop is ever used.
import assert from 'node:assert/strict';

const step = async ({ regulars, host, address, storage }, { publicKeys, shop }) => {
  const client = await regulars.open({ catalog: `${address}/catalog`, publicKeys: publicKeys.map((key) => new Uint8Array(key)), storage, shop, timeout: 2_000 });
  await client.refresh();
  const seen = host.seen(client);
  await client.close();
  return seen;
};

/** What a member sees who has `before` and whom the server then gives `after`. */
async function between(host, server, publicKeys, before, after, more = {}) {
  await host.fresh();
  server.state.catalog = before;
  if (before) assert.equal((await host.run(step, { publicKeys })).stale, false);
  server.state.catalog = after;
  return host.run(step, { publicKeys, ...more });
}

function refused(name, code, bytes, more = () => ({})) {
  return {
    group: 'bytes',
    name,
    async run(host, server, fixtures) {
      const seen = await between(host, server, fixtures.publicKeys, fixtures.one, bytes(fixtures), more(fixtures));
      assert.deepEqual([seen.version, seen.price, seen.source, seen.stale], ['corner-1', 1_000, 'cache', true]);
      assert.ok(seen.reasons.includes(`catalog: ${code}`), `${seen.reasons}`);
      return `corner-1 stale, ${code}`;
    },
  };
}

export const bytes = [
  {
    group: 'bytes',
    name: 'each section flipped',
    async run(host, server, { publicKeys, two }) {
      // Every byte of the header, and one in every 61 of what follows: each column and document is met.
      const places = [...Array(192).keys()];
      for (let place = 192; place < two.length; place += 61) places.push(place);
      const codes = await host.run(
        async ({ regulars }, { file, keys, places }) => {
          await regulars.default();
          const { checkedByHost } = typeof document === 'undefined' ? await import('../../../pkg/verify.js') : await import('/pkg/verify.js');
          const bytes = Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0));
          const publicKeys = keys.map((key) => new Uint8Array(key));
          const engine = new regulars.Engine();
          const codes = {};
          for (const place of places) {
            const flipped = bytes.slice();
            flipped[place] ^= 0x40;
            // By the engine alone, and with what the host's cryptography says.
            for (const checked of [undefined, await checkedByHost(flipped, publicKeys)]) {
              let code = 'taken';
              try {
                engine.loadCatalog(flipped, { publicKeys, checked });
              } catch (error) {
                code = error.code;
              }
              codes[code] = (codes[code] ?? 0) + 1;
            }
          }
          engine.loadCatalog(bytes, { publicKeys });
          engine.free();
          return codes;
        },
        { file: Buffer.from(two).toString('base64'), keys: publicKeys, places },
      );
      assert.equal(codes.taken, undefined);
      assert.equal(Object.values(codes).reduce((sum, count) => sum + count), places.length * 2);
      return `${places.length} places, none taken`;
    },
  },
  {
    group: 'bytes',
    name: 'a check that was not made, or of other bytes',
    async run(host, server, { publicKeys, two, foreign }) {
      const codes = await host.run(
        async ({ regulars }, { file, forged, keys }) => {
          await regulars.default();
          const { checkedByHost } = typeof document === 'undefined' ? await import('../../../pkg/verify.js') : await import('/pkg/verify.js');
          const [sound, byAnother] = [file, forged].map((text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));
          const publicKeys = keys.map((key) => new Uint8Array(key));
          const flipped = sound.slice();
          flipped[flipped.length - 500] ^= 1;
          const engine = new regulars.Engine();
          const code = (bytes, checked) => {
            try {
              engine.loadCatalog(bytes, { publicKeys, checked });
              return 'taken';
            } catch (error) {
              return error.code;
            }
          };
          const checked = await checkedByHost(sound, publicKeys);
          const codes = [
            code(flipped, { digest: flipped.slice(64, 96), signature: true }),
            code(flipped, checked),
            code(flipped, { ...checked }),
            code(byAnother, { digest: byAnother.slice(64, 96), signature: true }),
            code(sound, checked),
          ];
          // What others can write into while it is looked at is looked at by the engine, in a copy.
          if (typeof SharedArrayBuffer === 'function') {
            const shared = new Uint8Array(new SharedArrayBuffer(sound.length));
            shared.set(sound);
            codes.push(String(await checkedByHost(shared, publicKeys)), code(shared));
          }
          engine.free();
          return codes;
        },
        { file: Buffer.from(two).toString('base64'), forged: Buffer.from(foreign).toString('base64'), keys: publicKeys },
      );
      assert.deepEqual(codes.slice(0, 5), ['bad-digest', 'bad-digest', 'bad-digest', 'bad-signature', 'taken']);
      assert.ok(['', 'undefined taken'].includes(codes.slice(5).join(' ')), `${codes}`);
      return 'computed by the engine itself';
    },
  },
  refused('one byte flipped on the way', 'bad-digest', ({ two }) => {
    const flipped = two.slice();
    flipped[two.length - 500] ^= 1;
    return flipped;
  }),
  refused('signed with the wrong key', 'bad-signature', ({ foreign }) => foreign),
  refused('not signed', 'unsigned-snapshot', ({ unsigned }) => unsigned),
  refused('older version', 'older-snapshot', ({ zero }) => zero),
  refused('other shop', 'wrong-shop', ({ other }) => other),
  {
    group: 'bytes',
    name: 'other shop, by option',
    async run(host, server, { publicKeys, other }) {
      const seen = await between(host, server, publicKeys, undefined, other, { shop: 'corner' });
      assert.deepEqual([seen.version, seen.source], [null, 'none']);
      assert.ok(seen.reasons.includes('catalog: wrong-shop'), `${seen.reasons}`);
      return 'none, wrong-shop';
    },
  },
  {
    group: 'bytes',
    name: 'keys change',
    async run(host, server, { publicKeys, secondKey, one, byTwo }) {
      // Both keys while snapshots of both go round, then the new one alone: what the old one signed is not used any more.
      await host.fresh();
      server.state.catalog = one;
      assert.equal((await host.run(step, { publicKeys })).version, 'corner-1');
      server.state.catalog = byTwo;
      assert.equal((await host.run(step, { publicKeys: [...publicKeys, secondKey] })).version, 'corner-2');
      await host.fresh();
      server.state.catalog = one;
      await host.run(step, { publicKeys });
      const seen = await host.run(step, { publicKeys: [secondKey] });
      assert.deepEqual([seen.version, seen.source], [null, 'none']);
      assert.ok(seen.reasons.includes('catalog: bad-signature'), `${seen.reasons}`);
      return 'new key taken, old key dropped from cache too';
    },
  },
  {
    group: 'bytes',
    name: 'expired',
    async run(host, server, { publicKeys, one, expired }) {
      const seen = await between(host, server, publicKeys, one, expired);
      assert.deepEqual([seen.version, seen.stale], ['corner-1', true]);
      assert.ok(seen.reasons.includes('catalog: expired-snapshot'), `${seen.reasons}`);
      return 'corner-1 stale, expired-snapshot';
    },
  },
];

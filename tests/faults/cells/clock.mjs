// The clock: the server's counts, within a bound, and never against a signature.
import assert from 'node:assert/strict';

const DAY = 86_400_000;

const opened = async ({ regulars, host, address, storage }, { publicKeys, ahead, later }) => {
  const real = Date.now;
  Date.now = () => real() + ahead;
  try {
    const client = await regulars.open({ catalog: `${address}/catalog`, publicKeys: publicKeys.map((key) => new Uint8Array(key)), storage, timeout: 2_000 });
    await client.refresh();
    const off = [client.engine.now() - real()];
    client.engine.track({ type: 'view', item: 'i00001' });
    off.push(client.engine.exportData().events.at(-1).at - real());
    if (later !== undefined) {
      Date.now = () => real() + later;
      await client.refresh();
      off.push(client.engine.now() - real());
    }
    const seen = host.seen(client);
    await client.close();
    return { ...seen, off };
  } finally {
    Date.now = real;
  }
};

const right = (off) => off.every((by) => Math.abs(by) < 3_000);

function corrected(name, ahead, later) {
  return {
    group: 'clock',
    name,
    async run(host, server, { publicKeys, one }) {
      server.state.catalog = one;
      const seen = await host.run(opened, { publicKeys, ahead, later });
      assert.deepEqual([seen.version, seen.stale], ['corner-1', false]);
      assert.ok(right(later === undefined ? seen.off : [seen.off[0], seen.off[2]]), `${seen.off}`);
      return "the server's time";
    },
  };
}

export const clock = [
  {
    group: 'clock',
    name: 'a clock of the page',
    async run(host, server, { publicKeys, one, expired }) {
      server.state.catalog = one;
      const own = async ({ regulars, address, storage }, { publicKeys, by }) => {
        const client = await regulars.open({ catalog: `${address}/catalog`, publicKeys: publicKeys.map((key) => new Uint8Array(key)), storage, timeout: 2_000, now: () => Date.now() + by });
        await client.refresh();
        client.engine.track({ type: 'view', item: 'i00001' });
        const { reasons, stale } = client.status;
        const off = [client.engine.now(), client.engine.exportData().events.at(-1).at].map((at) => at - Date.now() - by);
        const { id = null } = client.info.catalog ?? {};
        await client.close();
        return { off, id, stale, codes: reasons.map(({ code }) => code) };
      };
      // Ten days ahead, further than a server would be believed; the server's time does not correct it.
      const seen = await host.run(own, { publicKeys, by: 10 * DAY });
      assert.deepEqual([right(seen.off), seen.id, seen.stale, seen.codes], [true, 'corner-1', false, []], `${seen.off}`);
      // What ends by that clock has ended.
      const later = await host.run(own, { publicKeys, by: 40 * DAY });
      assert.deepEqual([later.id, later.stale], [null, true]);
      // And what has ended by the device's may be in use by it: the page says what time it is.
      await host.fresh();
      server.state.catalog = expired;
      assert.equal((await host.run(own, { publicKeys, by: -2.5 * DAY })).id, 'corner-5');
      return 'the engine goes by it, the server does not correct it';
    },
  },
  corrected('two days ahead', 2 * DAY),
  corrected('two days behind', -2 * DAY),
  corrected('jumps while open', 0, 2 * DAY),
  corrected('jumps back while open', 0, -2 * DAY),
  {
    group: 'clock',
    name: 'the server claims a month',
    async run(host, server, { publicKeys, one }) {
      server.state.catalog = one;
      server.state.clock = 29 * DAY;
      const seen = await host.run(opened, { publicKeys, ahead: 0 });
      assert.ok(right(seen.off), `${seen.off}`);
      assert.ok(seen.reasons.includes('clock-implausible'));
      return 'not believed, clock-implausible';
    },
  },
  {
    group: 'clock',
    name: 'a device clock of 1970',
    async run(host, server, { publicKeys, one }) {
      server.state.catalog = one;
      const seen = await host.run(opened, { publicKeys, ahead: -Date.now() });
      // The correction is out of bounds, but a signature says that it is later: an hour before the cells began.
      assert.ok(Math.abs(seen.off[0] + 3_600_000) < 1_800_000, `${seen.off}`);
      assert.equal(seen.version, 'corner-1');
      return 'not before the signed snapshot';
    },
  },
  {
    group: 'clock',
    name: 'set back, to use what has expired',
    async run(host, server, { publicKeys, one, expired }) {
      server.state.catalog = one;
      await host.run(opened, { publicKeys, ahead: 0 });
      server.state.catalog = expired;
      server.state.clock = null; // the network hides the time
      const seen = await host.run(opened, { publicKeys, ahead: -5 * DAY });
      assert.deepEqual([seen.version, seen.stale], ['corner-1', true]);
      assert.ok(seen.reasons.includes('catalog: expired-snapshot'), `${seen.reasons}`);
      return 'refused: a later signature is known';
    },
  },
];

// The JavaScript surface in Node: every method, every error it can throw, and what hostile arguments do.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import init, { Engine, RegularsError, matches, open } from '../../pkg/node.js';

/** Asserts that `call` throws a RegularsError with `code`, and gives it. */
function throws(code, call) {
  let thrown;
  assert.throws(call, (error) => {
    thrown = error;
    assert.ok(error instanceof RegularsError, `${error?.stack}`);
    assert.ok(error instanceof Error);
    assert.equal(error.name, 'RegularsError');
    assert.equal(error.code, code, error.message);
    assert.ok(error.message.length > 0 && error.stack.includes('RegularsError'));
    return true;
  });
  return thrown;
}

test('before init, calls say what to call', async () => {
  assert.match(throws('not-initialised', () => new Engine()).message, /await init\(\)/);
  throws('not-initialised', () => matches({}, {}));
});

test('init says what is wrong with its source, and can be tried again', async () => {
  const fails = async (source, pattern) => {
    const error = await init(source).then(() => assert.fail('init did not fail'), (error) => error);
    assert.ok(error instanceof RegularsError);
    assert.equal(error.code, 'initialisation-failed');
    assert.match(error.message, pattern);
  };
  await fails(new Uint8Array([1, 2, 3]), /could not be loaded/);
  await fails(new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }), /text\/html.*pass its address to init/s);
  await fails(new Response('', { status: 404 }), /status 404/);
  await fails(Promise.reject(new Error('offline')), /offline/);
  assert.throws(() => new Engine(), { code: 'not-initialised' });
});

test('init is free the second time, also at once', async () => {
  const bytes = readFileSync(new URL('../../pkg/wasm/regulars_bg.wasm', import.meta.url));
  await Promise.all([init(Promise.resolve(bytes)), init(), init()]);
  await init(new Uint8Array([1, 2, 3]));
  new Engine().free();
});

test('a freed engine says so, and freeing twice is harmless', () => {
  const engine = new Engine();
  engine.free();
  engine.free();
  throws('freed', () => engine.eventsWaiting());
  throws('freed', () => engine.loadMember({ id: 'm' }));
});

test('a member is taken as an object or as bytes, all or nothing', () => {
  const engine = new Engine();
  const profile = { id: 'm', version: 2, issuedAt: 5 };
  const info = { id: 'm', version: 2, issuedAt: 5, expiresAt: null, warnings: [] };
  assert.deepEqual(engine.loadMember(profile), info);
  assert.deepEqual(engine.loadMember(new TextEncoder().encode(JSON.stringify(profile))), info);
  assert.deepEqual(engine.loadMember(new TextEncoder().encode(`\ufeff${JSON.stringify(profile)}`).buffer), info);
  throws('older-member', () => engine.loadMember({ ...profile, version: 1 }));
  throws('malformed-member', () => engine.loadMember({ ...profile, id: 7 }));
  throws('malformed-member', () => engine.loadMember(undefined));
  throws('malformed-member', () => engine.loadMember('{}'));
  throws('malformed-member', () => engine.loadMember(new Uint8Array([0xff, 0xfe])));
  assert.match(throws('malformed-member', () => engine.loadMember(new TextEncoder().encode('{"id": '))).message, /JSON/);
  throws('unsupported-member-format', () => engine.loadMember({ ...profile, format: 99 }));
  throws('expired-member', () => engine.loadMember({ ...profile, expiresAt: 10 }));
  engine.free();
});

const small = readFileSync(new URL('../vectors/snapshot/small.json', import.meta.url));

test('a delta needs a catalog, and is bytes', () => {
  const engine = new Engine();
  throws('no-catalog', () => engine.applyDelta(new Uint8Array(200)));
  engine.loadCatalog(small, { now: 0 });
  throws('malformed-delta', () => engine.applyDelta('delta'));
  throws('malformed-delta', () => engine.applyDelta(new Uint8Array(300)));
  assert.equal(engine.catalogBytes(), undefined, 'a catalog taken as JSON has no file');
  engine.free();
});

test('a catalog is taken as bytes, all or nothing', () => {
  const engine = new Engine();
  throws('no-catalog', () => engine.items(['a']));
  throws('no-catalog', () => engine.nameOf('tier', 'gold'));
  const info = engine.loadCatalog(small, { now: 0 });
  const wire = JSON.parse(small);
  assert.equal(info.id, wire.id);
  assert.equal(info.items, wire.items.length);
  assert.equal(info.shop, wire.shop ?? '');
  assert.deepEqual(info.currency, { code: wire.currency.code, minorUnits: wire.currency.minorUnits ?? 2 });
  assert.deepEqual(info.warnings.map(({ code }) => code), ['signature-not-checked']);
  const next = (change) => new TextEncoder().encode(JSON.stringify({ ...wire, ...change }));
  throws('older-snapshot', () => engine.loadCatalog(next({ version: wire.version - 1 }), { now: 0 }));
  throws('expired-snapshot', () => engine.loadCatalog(next({ expiresAt: 5 }), { now: 5 }));
  throws('unsupported-format', () => engine.loadCatalog(next({ format: 99 }), { now: 0 }));
  throws('malformed-json', () => engine.loadCatalog(next({ id: 7 }), { now: 0 }));
  throws('malformed-snapshot', () => engine.loadCatalog(new Uint8Array(), { now: 0 }));
  throws('malformed-snapshot', () => engine.loadCatalog('snapshot', { now: 0 }));
  throws('malformed-snapshot', () => engine.loadCatalog(small.subarray(0, 100), { now: 0 }));
  throws('unsigned-snapshot', () => engine.loadCatalog(small, { publicKeys: [new Uint8Array(32)], now: 0 }));
  throws('bad-public-key', () => engine.loadCatalog(small, { publicKeys: ['key'], now: 0 }));
  throws('bad-public-key', () => engine.loadCatalog(small, { publicKeys: 'key', now: 0 }));
  throws('malformed-request', () => engine.loadCatalog(small, { now: 'noon' }));
  // What the package itself has not found counts for nothing, be it sound or not.
  assert.equal(engine.loadCatalog(small, { now: 0, checked: { digest: new Uint8Array(31) } }).version, wire.version);
  throws('older-snapshot', () => engine.loadCatalog(small, { now: 0, atLeast: wire.version + 1 }));
  throws('wrong-shop', () => engine.loadCatalog(small, { now: 0, shop: 'elsewhere' }));
  const ids = wire.items.map(({ id }) => id);
  assert.deepEqual(engine.items([...ids, 'none']).map(({ id }) => id), ids);
  engine.free();
});

test('answers are plain objects, and their questions are checked', () => {
  const engine = new Engine();
  for (const call of ['recommend', 'offers', 'quote', 'membership', 'growth', 'nextActions']) {
    throws('no-catalog', () => engine[call]({ strategy: 'trending', surface: 'home', limit: 1, lines: [] }));
  }
  engine.loadCatalog(small, { now: 0 });
  const wire = JSON.parse(small);
  const now = wire.issuedAt;

  const found = engine.recommend({ strategy: 'new-arrivals', limit: 5, now });
  assert.deepEqual(Object.keys(found).sort(), ['items', 'notes', 'personalised', 'snapshot']);
  assert.equal(found.snapshot, wire.id);
  assert.equal(found.personalised, false);
  assert.ok(found.items.length > 0);
  for (const { id, score, reasons } of found.items) {
    assert.ok(wire.items.some((item) => item.id === id));
    assert.equal(typeof score, 'number');
    for (const { code, facts } of reasons) assert.ok(typeof code === 'string' && Object.getPrototypeOf(facts) === Object.prototype);
  }
  assert.deepEqual(engine.recommend({ strategy: 'no such', limit: 5, now }).notes.map(({ code }) => code), ['unknown-strategy']);
  assert.match(throws('malformed-request', () => engine.recommend({ strategy: 'trending' })).message, /limit/);
  throws('malformed-request', () => engine.recommend({ strategy: 'trending', limit: -1 }));
  throws('malformed-request', () => engine.recommend());

  const quote = engine.quote({ lines: [{ item: 'milk', quantity: 2 }], now });
  assert.equal(quote.subtotal, 2400);
  assert.equal(quote.total, quote.subtotal - quote.discountTotal);
  assert.equal(quote.lines[0].item, 'milk');
  assert.match(throws('malformed-request', () => engine.quote({ lines: [{ item: 'milk', quantity: 1.5 }], now })).message, /lines\[0\]\.quantity/);
  throws('malformed-request', () => engine.quote({ lines: [{ item: 'milk', quantity: 2 ** 60 }], now }));

  assert.ok(Array.isArray(engine.offers({ now }).offers));
  assert.ok(Array.isArray(engine.offers().offers));
  engine.free();
});

test('an argument is not changed', () => {
  const engine = new Engine();
  engine.loadCatalog(small, { now: 0 });
  const frozen = (value) => {
    if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
    return value;
  };
  engine.recommend(frozen({ strategy: 'trending', limit: 2, cart: [{ item: 'milk', quantity: 1 }], where: { 'item.kind': 'milk' } }));
  engine.quote(frozen({ lines: [{ item: 'milk', quantity: 1 }] }));
  engine.track(frozen({ type: 'view', item: 'milk', at: 1 }));
  engine.free();
});

test('titles follow the locale', () => {
  const engine = new Engine();
  engine.loadCatalog(small, { now: 0 });
  const wire = JSON.parse(small);
  const titled = wire.items.find(({ title }) => typeof title === 'object' && Object.keys(title).length > 1);
  for (const [locale, title] of Object.entries(titled.title)) {
    engine.setLocale(locale);
    assert.equal(engine.items([titled.id])[0].title, title);
  }
  engine.setLocale(null);
  assert.equal(engine.nameOf('tier', 'no such tier'), undefined);
  throws('malformed-request', () => engine.setLocale(7));
  throws('malformed-request', () => engine.items('a'));
  throws('malformed-request', () => engine.items([7]));
  throws('malformed-request', () => engine.nameOf('tier'));
  engine.free();
});

test('members see what is known of them', () => {
  const engine = new Engine();
  engine.loadMember({ id: 'm', tags: [{ tag: 'fashion', source: 'server' }], attributes: { skin: 'dry' } });
  engine.track({ type: 'view', item: 'a', at: 1 });
  assert.deepEqual(engine.tags(), [{ tag: 'fashion', source: 'server', usedFor: [] }]);
  const known = engine.exportData();
  assert.equal(known.member.id, 'm');
  assert.deepEqual(known.member.attributes, { skin: 'dry' });
  assert.equal(known.events.length, 1);
  engine.forgetTag('fashion');
  assert.deepEqual(engine.tags(), []);
  engine.free();
});

test('events wait, go out in batches, come back, are confirmed', () => {
  const engine = new Engine();
  engine.track({ type: 'view', item: 'a', at: 1 });
  engine.track({ type: 'search', query: 'milk', at: new Date(2) });
  engine.track({ type: 'view', item: 'b' });
  assert.equal(engine.eventsWaiting(), 3);
  const batch = engine.drainEvents(2);
  assert.deepEqual(
    batch.events.map(({ type, at, item, query }) => ({ type, at, item, query })),
    [
      { type: 'view', at: 1, item: 'a', query: undefined },
      { type: 'search', at: 2, item: undefined, query: 'milk' },
    ],
  );
  engine.returnEvents(batch);
  assert.deepEqual(engine.drainEvents(2), batch);
  engine.confirmEvents(batch);
  const [last] = engine.drainEvents().events;
  assert.ok(Math.abs(last.at - Date.now()) < 60_000, 'the device clock is the default');
  assert.deepEqual(engine.drainEvents().events, []);
  throws('malformed-request', () => engine.track({ item: 'a' }));
  throws('malformed-request', () => engine.track({ type: 'view', at: 1.5 }));
  throws('malformed-request', () => engine.track('view'));
  throws('malformed-request', () => engine.returnEvents({}));
  throws('malformed-request', () => engine.confirmEvents(null));
  engine.free();
});

test('the clock follows the server', () => {
  const engine = new Engine();
  engine.observeServerTime(Date.now() + 3_600_000);
  engine.track({ type: 'view', item: 'a' });
  const ahead = engine.drainEvents().events[0].at - Date.now();
  assert.ok(Math.abs(ahead - 3_600_000) < 60_000, `${ahead}`);
  for (const nonsense of [Number.NaN, Number.POSITIVE_INFINITY, -1e300]) assert.equal(engine.observeServerTime(nonsense), false);
  assert.ok(Math.abs(engine.now() - Date.now() - 3_600_000) < 60_000);
  engine.free();
});

test('an engine goes by the clock it is given', () => {
  const engine = new Engine();
  engine.setClock(() => 1_514_818_800_000);
  assert.equal(engine.now(), 1_514_818_800_000);
  engine.track({ type: 'view', item: 'a' });
  assert.equal(engine.exportData().events[0].at, 1_514_818_800_000);
  const near = (at) => assert.ok(Math.abs(at - Date.now()) < 60_000, `${at}`);
  for (const broken of [() => 'noon', () => { throw new Error('no clock'); }, null, undefined, 5]) {
    engine.setClock(broken);
    near(engine.now());
  }
  // A clock that asks the engine back gets no answer, and the engine goes on.
  engine.setClock(() => engine.now());
  near(engine.now());
  engine.free();
});

test('state survives, and damaged state changes nothing', () => {
  const one = new Engine();
  one.track({ type: 'view', item: 'a', at: 1 });
  const state = one.saveState();
  const other = new Engine();
  other.restoreState(state);
  assert.equal(other.eventsWaiting(), 1);
  throws('malformed-state', () => other.restoreState(state.subarray(0, state.length - 1)));
  throws('malformed-state', () => other.restoreState(new Uint8Array()));
  throws('malformed-state', () => other.restoreState('state'));
  assert.equal(other.eventsWaiting(), 1);
  one.free();
  other.free();
});

test('tabs learn from each other, and the next page takes over', () => {
  const [one, other] = [new Engine(), new Engine()];
  one.track({ type: 'view', item: 'a', at: 1 });
  other.learnState(one.saveState());
  assert.deepEqual([other.exportData().events.length, other.eventsWaiting()], [1, 0]);
  other.adoptState(one.saveState());
  other.adoptState(one.saveState());
  assert.deepEqual([other.exportData().events.length, other.eventsWaiting()], [1, 1]);
  for (const call of ['learnState', 'adoptState']) throws('malformed-state', () => other[call](new Uint8Array(3)));
  other.loadMember({ id: 'm' });
  other.forgetMember();
  assert.deepEqual([other.exportData().member, other.exportData().events.length, other.eventsWaiting()], [null, 0, 0]);
  one.free();
  other.free();
});

test('settings are checked', () => {
  const engine = new Engine();
  engine.setPrivacy({ personalised: false, purposes: { analytics: false } });
  engine.track({ type: 'view', item: 'a', at: 1 });
  assert.equal(engine.eventsWaiting(), 0);
  throws('malformed-request', () => engine.setPrivacy({ personalised: 'no' }));
  throws('malformed-request', () => engine.setPrivacy({ purposes: { analytics: 1 } }));
  throws('malformed-request', () => engine.setPeek(1));
  engine.forgetTag('fashion');
  throws('malformed-request', () => engine.forgetTag(7));
  engine.free();
});

test('hostile arguments are refused with the place, and leave the engine usable', () => {
  const engine = new Engine();
  const circle = { type: 'view' };
  circle.self = circle;
  const deep = JSON.parse(`${'[1,'.repeat(400)}1${']'.repeat(400)}`);
  const throwing = {
    type: 'view',
    get item() {
      throw new Error('no');
    },
  };
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  assert.match(throws('malformed-request', () => engine.track({ type: 'view', big: { inner: [10n] } })).message, /big\.inner\[0\]/);
  for (const hostile of [circle, { type: 'view', deep }, throwing, proxy, { type: 'view', f() {} }, { type: 'view', s: Symbol('s') }]) {
    throws('malformed-request', () => engine.track(hostile));
  }
  // Whoever comes back while an argument is read finds the engine free.
  let seen;
  engine.track({
    type: 'view',
    get item() {
      seen = engine.eventsWaiting();
      return 'a';
    },
  });
  assert.equal(seen, 0);
  assert.equal(engine.eventsWaiting(), 1);
  engine.free();
});

test('a patched RegExp cannot break in', () => {
  const { test: original } = RegExp.prototype;
  try {
    RegExp.prototype.test = () => {
      throw new Error('patched');
    };
    assert.equal(matches({ name: { $regex: 'a' } }, { name: 'a' }), false);
  } finally {
    RegExp.prototype.test = original;
  }
  assert.equal(matches({ name: { $regex: 'a' } }, { name: 'a' }), true);
  assert.equal(matches({ name: { $regex: '(' } }, { name: '(' }), false);
});

test('open refuses what it cannot do', async () => {
  await assert.rejects(open(), { name: 'RegularsError', code: 'malformed-request' });
  await assert.rejects(open({ catalog: '/catalog', push: 'pigeon' }), { name: 'RegularsError', code: 'malformed-request' });
  await assert.rejects(open({ catalog: '/catalog', push: 'sse' }), { name: 'RegularsError', code: 'malformed-request' });
  await assert.rejects(open({ catalog: '/catalog', member: 7 }), { name: 'RegularsError', code: 'malformed-request' });
});

test('growth, messages, portrait, fit and transparency are plain objects', () => {
  const engine = new Engine();
  const catalog = {
    format: 1, id: 'c', version: 1, issuedAt: 0, currency: { code: 'CNY' },
    items: [{ id: 'cream', price: 100, category: 'care', attributes: { skins: ['dry'] } }, { id: 'gel', price: 100, attributes: { skins: ['oily'] } }],
    programme: {
      id: 'club', version: '2', tiers: [{ id: 'base' }, { id: 'gold', criteria: { metric: 'spend', atLeast: 1000 } }],
      fit: [{ id: 'skin', rule: 'must', member: 'skin', item: 'skins' }],
      tasks: [{ id: 'visit', action: 'check-in', goal: 2, per: 'month', reward: { points: 5 } }],
      contact: { messages: [{ id: 'hello', kind: 'content' }], automatic: ['tier-nudge'] },
    },
  };
  engine.loadCatalog(new TextEncoder().encode(JSON.stringify(catalog)), { now: 0 });
  for (const call of ['growth', 'portrait', 'membership', 'nextActions']) throws('no-member', () => engine[call]({ surface: 'home', limit: 1 }));
  throws('malformed-request', () => engine.nextActions({ limit: 1 }));
  throws('malformed-request', () => engine.fit('cream'));
  const now = 86_400_000;
  engine.loadMember({ id: 'm', joinedAt: 0, attributes: { skin: 'dry' }, history: [{ id: 'o', at: 0, lines: [{ item: 'cream', paid: 600 }] }] });
  engine.track({ type: 'check-in', at: now });
  const [task] = engine.growth({ now }).tasks;
  assert.deepEqual([task.id, task.have, task.need, task.done, task.reward.points], ['visit', 1, 2, false, 5]);
  const said = engine.nextActions({ surface: 'home', limit: 5, now });
  assert.deepEqual(said.map(({ id, kind }) => [id, kind]), [['tier-nudge:gold', 'tier-nudge'], ['hello', 'content']]);
  assert.equal(said[0].reasons[1].facts.missing, 400);
  const { cart, tier } = engine.membership({ now, cart: [{ item: 'cream', quantity: 4 }] });
  assert.deepEqual([tier.id, cart.tier, cart.points], ['base', 'gold', 0]);
  assert.deepEqual(engine.portrait({ now }).affinities.categories.map(({ name, share }) => [name, share]), [['care', 1]]);
  assert.deepEqual(engine.fit(['gel', 'cream', 'none']).map(({ id, fits }) => [id, fits]), [['gel', false], ['cream', true]]);
  assert.deepEqual(engine.transparency().reads, ['member.skin']);
  engine.free();
});

test('lots and calendar of a membership are plain, and each answer has its own', () => {
  const engine = new Engine();
  const DAY = 86_400_000;
  const catalog = {
    format: 1, id: 'c', version: 1, issuedAt: 0, currency: { code: 'USD' }, items: [],
    texts: { en: { 'points-expire': '{amount} end' } },
    programme: {
      id: 'club', tiers: [{ id: 'base' }], days: [{ id: 'eighth', dayOfMonth: 8 }],
      points: {
        wallets: [{ id: 'points' }, { id: 'miles' }, { id: 'none' }],
        earning: [{ id: 'base', on: 'purchase', points: 1, per: 100, wallet: 'miles', pending: { event: 'delivered' } }],
      },
    },
  };
  engine.loadCatalog(new TextEncoder().encode(JSON.stringify(catalog)), { now: 0 });
  const ledger = [
    { id: '1', at: 0, kind: 'earn', amount: 5, expiresAt: 30 * DAY },
    { id: '2', at: 0, kind: 'earn', amount: 7, availableAt: 20 * DAY },
    { id: '3', at: 0, kind: 'earn', amount: 9, wallet: 'miles', rule: 'base', source: 'o' },
  ];
  engine.loadMember({ id: 'm', joinedAt: 0, ledger });
  const ask = () => engine.membership({ now: 10 * DAY });
  const whole = (said = {}) => {
    const found = ask();
    assert.deepEqual(found.wallets.map(({ lots }) => lots), [
      [{ amount: 5, expiresAt: 30 * DAY, availableAt: null }, { amount: 7, expiresAt: null, availableAt: 20 * DAY }],
      [{ amount: 9, expiresAt: null, availableAt: null, awaits: 'delivered' }],
      [],
    ]);
    assert.equal(found.points.lots, found.wallets[0].lots);
    assert.deepEqual(found.points.expiring, found.wallets[0].expiring);
    assert.deepEqual(found.calendar, [
      { at: 20 * DAY, event: { code: 'points-available', facts: { amount: 7, wallet: 'points', at: 20 * DAY } } },
      { at: 30 * DAY, event: { code: 'points-expire', facts: { amount: 5, wallet: 'points', at: 30 * DAY }, ...said } },
      { at: 38 * DAY, event: { code: 'day', facts: { day: 'eighth', at: 38 * DAY } } },
      { at: 66 * DAY, event: { code: 'day', facts: { day: 'eighth', at: 66 * DAY } } },
      { at: 97 * DAY, event: { code: 'day', facts: { day: 'eighth', at: 97 * DAY } } },
    ]);
    return found;
  };
  const first = whole();
  assert.deepEqual(structuredClone(first), first);
  assert.deepEqual(JSON.parse(JSON.stringify(first)), first);
  assert.deepEqual({ ...first.calendar[0] }, first.calendar[0]);
  assert.deepEqual(Object.keys(first.wallets[0].lots[0]), ['amount', 'expiresAt', 'availableAt']);
  assert.ok([first.wallets[0].lots, first.calendar].every((list) => Object.getPrototypeOf(list) === Array.prototype));
  for (const one of [first.wallets[0].lots[0], first.calendar[0], first.calendar[0].event, first.calendar[0].event.facts]) {
    assert.equal(Object.getPrototypeOf(one), Object.prototype);
    assert.ok(Object.values(Object.getOwnPropertyDescriptors(one)).every(({ value, enumerable, writable }) => value !== undefined && enumerable && writable));
  }
  // What a page does to its answer is its own business.
  first.wallets[0].lots.length = 0;
  first.calendar[1].event.facts.amount = 1;
  whole();
  engine.setLocale('en');
  whole({ text: '5 end' });
  engine.free();
});

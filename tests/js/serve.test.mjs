// `regulars serve`: validators, deltas, news, profiles, the intake of events, limits. Then a client on top of it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import init, { Engine, open } from '../../pkg/node.js';
import { digestOf, regulars, shop, workshop } from '../faults/snapshots.mjs';

const made = workshop();
let skip = false;
try {
  made.run('serve', '--help');
} catch {
  skip = 'the command line was built without the feature `serve`';
}
const served = made.path('served.rgl');
const children = [];
let address;

/** Starts a server; resolves with its address. */
async function start(...given) {
  const child = spawn(regulars(), ['serve', served, '--listen', '127.0.0.1:0', '--key', made.path('one.key'), ...given], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const said = await new Promise((resolve, reject) => {
    child.stdout.once('data', resolve);
    child.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
  });
  return /http:\/\/\S+(?=:\s)/.exec(String(said))[0];
}

async function until(condition) {
  for (let tries = 0; tries < 300; tries += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited in vain for: ${condition}`);
}

const post = (batch, headers = {}) => fetch(`${address}/events`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: typeof batch === 'string' ? batch : JSON.stringify(batch) });
const health = async () => (await fetch(`${address}/health`)).json();

let one;
let two;

before(async () => {
  if (skip) return;
  one = made.pack('one', shop(1));
  two = made.pack('two', shop(2, { price: 2_000 }));
  copyFileSync(made.path('one.rgl'), served);
  mkdirSync(made.path('members'));
  writeFileSync(made.path('members/m1.json'), JSON.stringify({ id: 'm1', version: 1 }));
  writeFileSync(made.path('secret.json'), '{}');
  address = await start('--events', made.path('events.db'), '--members', made.path('members'), '--member-header', 'x-member', '--rate', '100', '--origin', 'https://shop.example');
});

after(async () => {
  for (const child of children) {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill();
    await gone;
  }
  made.remove();
});

test('the snapshot has a validator', { skip }, async () => {
  const response = await fetch(`${address}/catalog`);
  assert.equal(response.headers.get('etag'), `"${digestOf(one)}"`);
  assert.ok(response.headers.get('date'));
  assert.deepEqual(Buffer.from(await response.arrayBuffer()), Buffer.from(one));
  for (const known of [`"${digestOf(one)}"`, `W/"${digestOf(one)}"`, `"other", "${digestOf(one)}"`]) {
    assert.equal((await fetch(`${address}/catalog`, { headers: { 'if-none-match': known } })).status, 304, known);
  }
  assert.equal((await fetch(`${address}/catalog`, { headers: { 'if-none-match': '"other"' } })).status, 200);
});

test('only pages of the named origins may ask from elsewhere', { skip }, async () => {
  const asked = (origin) => fetch(`${address}/catalog`, { headers: { origin } });
  assert.equal((await asked('https://shop.example')).headers.get('access-control-allow-origin'), 'https://shop.example');
  assert.equal((await asked('https://evil.example')).headers.get('access-control-allow-origin'), null);
});

test('a profile goes to the member that the proxy names, and to nobody else', { skip }, async () => {
  const asked = (member) => fetch(`${address}/me`, { headers: member === undefined ? {} : { 'x-member': member } });
  const response = await asked('m1');
  assert.deepEqual(await response.json(), { id: 'm1', version: 1 });
  assert.match(response.headers.get('cache-control'), /private/);
  assert.equal((await fetch(`${address}/me`, { headers: { 'x-member': 'm1', 'if-none-match': response.headers.get('etag') } })).status, 304);
  assert.equal((await asked()).status, 401);
  assert.equal((await asked('m2')).status, 404);
  for (const hostile of ['../secret', '..', 'm1/../../secret', 'a'.repeat(200)]) assert.equal((await asked(hostile)).status, 401, hostile);
});

test('a batch is taken once; what no device sends is refused', { skip }, async () => {
  const batch = { id: 'd-0-0', device: 'd', member: 'm1', events: [{ sequence: 0, type: 'view', at: 1, item: 'i00001' }], dropped: 0 };
  for (let times = 0; times < 3; times += 1) assert.equal((await post(batch)).status, 204);
  for (const wrong of ['', '{', '[]', '{"id": "x"}', { ...batch, id: '' }, { ...batch, events: [{ type: 'view' }] }]) assert.equal((await post(wrong)).status, 400, JSON.stringify(wrong));
  assert.equal((await post({ ...batch, id: 'long', events: [{ sequence: 1, type: 'view', at: 1, text: 'x'.repeat(600_000) }] })).status, 413);
});

test('a newer file is served at once, with a delta, and told', { skip }, async () => {
  const news = await fetch(`${address}/stream`, { headers: { accept: 'text/event-stream' } });
  const reader = news.body.pipeThrough(new TextDecoderStream()).getReader();
  let heard = '';
  const hear = async (version) => {
    while (!heard.includes(`{"type":"catalog","version":${version}}`)) {
      const { value, done } = await reader.read();
      assert.ok(!done, 'the stream goes on');
      heard += value;
    }
  };
  await hear(1);
  assert.equal((await fetch(`${address}/deltas/${digestOf(one)}`)).status, 204);
  copyFileSync(made.path('two.rgl'), served);
  await hear(2);
  const delta = await fetch(`${address}/deltas/${digestOf(one)}`);
  assert.equal(delta.status, 200);
  const size = (await delta.arrayBuffer()).byteLength;
  assert.ok(size < two.length, `${size} of ${two.length}`);
  assert.equal((await fetch(`${address}/deltas/${'0'.repeat(64)}`)).status, 404);
  // What is no snapshot, or an older one, is not served.
  writeFileSync(served, 'half a fi');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  copyFileSync(made.path('one.rgl'), served);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  assert.equal((await health()).version, 2);
  copyFileSync(made.path('two.rgl'), served);
  await reader.cancel();
});

test('who asks too much waits', { skip }, async () => {
  const limited = await start('--rate', '1');
  const statuses = await Promise.all(Array.from({ length: 80 }, () => fetch(`${limited}/catalog`).then(({ status, headers }) => [status, headers.get('retry-after')])));
  const refused = statuses.filter(([status]) => status === 429);
  assert.ok(refused.length >= 15 && refused.length <= 20, `${refused.length} of 80 refused, where 60 at once are allowed`);
  assert.ok(refused.every(([, wait]) => Number(wait) >= 1));
  assert.equal((await fetch(`${limited}/events`, { method: 'POST', body: '{}' })).status, 429);
  assert.equal((await fetch(`${limited}/health`)).status, 200);
});

test('one who floods takes nothing from others', { skip }, async () => {
  const limited = await start('--rate', '1', '--behind-proxy');
  const asked = (client) => fetch(`${limited}/catalog`, { headers: { 'x-forwarded-for': `192.0.2.1, ${client}` } }).then(({ status }) => status);
  const flood = await Promise.all(Array.from({ length: 80 }, () => asked('198.51.100.7')));
  assert.ok(flood.includes(429));
  assert.equal(await asked('198.51.100.8'), 200);
});

test('what a device claims of itself is not what its member pays', { skip }, async () => {
  const offers = [{ id: 'for-staff', effects: [{ kind: 'percent', on: 'order', percent: 50 }], when: { 'member.tags': { $in: ['staff'] } } }];
  const catalog = made.pack('priced', shop(4, { more: { offers } }));
  const request = { lines: [{ item: 'i00000', quantity: 2 }] };
  // The member gave themselves a tag, and the catalog a lower price.
  const engine = await claimed(catalog, { id: 'm1', version: 1, tags: [{ tag: 'staff' }] });
  assert.equal(engine.quote(request).total, 1_000);
  const cheaper = catalog.slice();
  cheaper[cheaper.length - 500] ^= 1;
  assert.throws(() => engine.loadCatalog(cheaper, { publicKeys: [made.key('one')] }), { code: 'bad-digest' });
  engine.free();
  // The server asks the same engine with what it knows itself.
  const quoted = JSON.parse(made.run('quote', made.path('priced.rgl'), '--key', made.path('one.pub'), '--member', made.path('members/m1.json'), '--request', JSON.stringify(request)));
  assert.equal((quoted.answer ?? quoted).total, 2_000);
});

async function claimed(catalog, profile) {
  await init();
  const engine = new Engine();
  engine.loadCatalog(catalog, { publicKeys: [made.key('one')] });
  engine.loadMember(profile);
  return engine;
}

test('a client lives on it: news, delta, profile, events', { skip }, async () => {
  copyFileSync(made.path('two.rgl'), served);
  const client = await open({
    catalog: `${address}/catalog`,
    deltas: `${address}/deltas`,
    stream: `${address}/stream`,
    member: `${address}/me`,
    events: `${address}/events`,
    headers: { 'x-member': 'm1' },
    publicKeys: [made.key('one')],
    storage: 'memory',
    push: 'sse',
  });
  await client.refresh();
  assert.deepEqual([client.status.stale, client.engine.exportData().member.id], [false, 'm1']);
  made.pack('three', shop(3, { price: 3_000 }));
  const arrived = new Promise((resolve) => client.on('snapshot', ({ kind, info }) => kind === 'catalog' && info.version === 3 && resolve()));
  copyFileSync(made.path('three.rgl'), served);
  await arrived;
  assert.equal(client.engine.items(['i00000'])[0].price, 3_000);
  client.engine.track({ type: 'purchase', item: 'i00001', order: 'o1' });
  await client.flush();
  assert.equal(client.engine.eventsWaiting(), 0);
  await client.close();
  await until(async () => (await health()).version === 3);
});

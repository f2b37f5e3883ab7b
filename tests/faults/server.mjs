// A shop's server that misbehaves on demand, and keeps books of the events it took.
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

import { digestOf } from './snapshots.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm', '.json': 'application/json' };
const LOGIN = '<!doctype html><title>Sign in</title><form>Please sign in to this network</form>';

/** This clock runs on where a cell sets that of the device. */
const now = Date.now;

/** Ways to misbehave: each takes over the response. */
export const faults = {
  offline: (request) => request.socket.destroy(),
  slow: () => {}, // never answers; the client's patience ends it
  truncated(request, response, { bytes }) {
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes.length });
    response.write(bytes.subarray(0, bytes.length >> 1));
    setTimeout(() => response.destroy(), 20);
  },
  cut(request, response, { bytes }) {
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    response.end(bytes.subarray(0, bytes.length - 100)); // a proxy that says nothing of the length
  },
  html: (request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(LOGIN),
  unchanged: (request, response) => void response.writeHead(304).end(),
  broken: (request, response) => void response.writeHead(503).end(),
  missing: (request, response) => void response.writeHead(404).end(),
  refused: (request, response) => void response.writeHead(400).end(),
  login(request, response) {
    response.writeHead(302, { location: '/login' }).end();
  },
};

/**
 * One server: `/catalog` and `/deltas/...` from `state.catalog` and `state.deltas`, `/member` from `state.member`,
 * `/events` takes batches, everything else are files of the repository. `state.fault[path]` is a function of `faults`, or
 * `{ times, act }`. `state.now` moves the clock of the `Date` header.
 */
export async function shopServer() {
  const state = { catalog: undefined, deltas: new Map(), member: undefined, fault: {}, clock: 0, requests: [], headers: {} };
  const books = { batches: new Map(), events: new Map(), arrivals: 0, repeated: 0, dropped: 0, ids: new Map(), unique: new Set() };
  const streams = new Set();

  const take = (batch) => {
    books.arrivals += 1;
    if (books.batches.has(batch.id)) {
      books.repeated += 1;
      return;
    }
    books.batches.set(batch.id, batch.events.length);
    books.dropped += batch.dropped;
    for (const event of batch.events) {
      const name = `${batch.device} ${event.sequence}`;
      if (books.events.has(name)) continue;
      const unique = event.id && `${batch.member} ${event.type} ${event.id}`;
      if (unique && books.unique.has(unique)) continue;
      if (unique) books.unique.add(unique);
      books.events.set(name, { ...event, member: batch.member });
      if (event.uid) books.ids.set(event.uid, (books.ids.get(event.uid) ?? 0) + 1);
    }
  };

  const server = createServer(async (request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname;
    state.requests.push(`${request.method} ${path}`);
    response.sendDate = false;
    if (state.clock !== null) response.setHeader('date', new Date(now() + state.clock).toUTCString());
    for (const [name, value] of Object.entries(state.headers)) response.setHeader(name, value);
    const body = request.method === 'POST' ? await text(request) : '';
    const fault = state.fault[path.startsWith('/deltas/') ? '/deltas' : path];
    if (fault) {
      const act = typeof fault === 'function' ? fault : fault.act;
      if (typeof fault === 'object' && (fault.times -= 1) <= 0) delete state.fault[path];
      if (act === 'taken but unanswered') {
        take(JSON.parse(body));
        return request.socket.destroy();
      }
      return act(request, response, { bytes: state.catalog, body });
    }
    if (path === '/catalog') return answer(request, response, state.catalog);
    if (path === '/member' && state.member === undefined) return void response.writeHead(404).end();
    if (path === '/member') return answer(request, response, Buffer.from(JSON.stringify(state.member)), 'application/json');
    if (path === '/login') return faults.html(request, response);
    if (path.startsWith('/deltas/')) {
      const digest = path.slice('/deltas/'.length);
      if (state.catalog && digestOf(state.catalog) === digest) return void response.writeHead(204).end();
      const delta = state.deltas.get(digest);
      return delta ? answer(request, response, delta) : void response.writeHead(404).end();
    }
    if (path === '/stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write(': here\n\n');
      streams.add(response);
      request.on('close', () => streams.delete(response));
      return;
    }
    if (path === '/events') {
      try {
        take(JSON.parse(body));
      } catch {
        return void response.writeHead(400).end();
      }
      return void response.writeHead(204).end();
    }
    if (path === '/blank') return void response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>shop</title>');
    const file = join(root, normalize(path));
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'cache-control': 'max-age=60' });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${server.address().port}`;
  return {
    address,
    state,
    books,
    push(message) {
      for (const response of streams) response.write(`data: ${JSON.stringify(message)}\n\n`);
      return streams.size;
    },
    /** A batch arrives that was on its way for long. */
    late: (body) => take(JSON.parse(body)),
    hangUp() {
      for (const response of streams) response.destroy();
    },
    reset() {
      Object.assign(state, { deltas: new Map(), member: undefined, fault: {}, clock: 0, requests: [], headers: {} });
      for (const book of [books.batches, books.events, books.ids, books.unique]) book.clear();
      Object.assign(books, { arrivals: 0, repeated: 0, dropped: 0 });
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(request, response, bytes, type = 'application/octet-stream') {
  const etag = type === 'application/json' ? `"${bytes.length}-${bytes.toString('base64').slice(-20)}"` : `"${digestOf(bytes)}"`;
  response.setHeader('etag', etag);
  response.setHeader('cache-control', 'no-cache');
  if (request.headers['if-none-match'] === etag) return void response.writeHead(304).end();
  response.writeHead(200, { 'content-type': type, 'content-length': bytes.length }).end(bytes);
}

async function text(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

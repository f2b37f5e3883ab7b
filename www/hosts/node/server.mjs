// Rendered on a server: one client for all requests keeps the catalog fresh; each request has an engine of its own, because
// an engine knows one member.
//
//   node www/hosts/node/server.mjs CATALOG_ADDRESS PUBLIC_KEY_IN_HEX [PORT]
import { createServer } from 'node:http';

import { Engine, open } from '../../../pkg/node.js'; // 'regulars'

const [address, key, port = '0'] = process.argv.slice(2);
const publicKeys = [Uint8Array.from(key.match(/../g), (digits) => Number.parseInt(digits, 16))];
const client = await open({ catalog: address, publicKeys, push: 'poll' });

const members = { m1: { id: 'm1', version: 1 } }; // from the shop's own database

function render(member) {
  const engine = new Engine();
  try {
    engine.loadCatalog(client.engine.catalogBytes(), { publicKeys });
    if (member) engine.loadMember(member);
    const { items, snapshot } = engine.recommend({ strategy: 'new-arrivals', limit: 5 });
    const titles = engine.items(items.map(({ id }) => id)).map(({ title }) => `<li>${title}</li>`);
    return `<!doctype html><title>${snapshot}</title><ol>${titles.join('')}</ol>`;
  } finally {
    engine.free();
  }
}

const server = createServer((request, response) => {
  const member = members[new URL(request.url, 'http://localhost').searchParams.get('member')];
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(render(member));
});
server.listen(Number(port), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
process.on('SIGTERM', async () => {
  server.close();
  await client.close();
});

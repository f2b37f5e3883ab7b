// A plain server of files for the tests, on a free port of this machine.
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.mjs': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

/**
 * Serves folders and files while `use` runs: `routes` maps the start of a path to one, the longest first. `answer` may take
 * a request over: it returns true where it did. `headers` go with every file.
 *
 * @template T
 * @param {Record<string, string>} routes
 * @param {(address: string) => Promise<T>} use
 * @param {{ answer?: (request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => boolean, headers?: Record<string, string> }} [more]
 * @returns {Promise<T>}
 */
export async function served(routes, use, { answer = () => false, headers = {} } = {}) {
  const starts = Object.keys(routes).sort((one, other) => other.length - one.length);
  const server = createServer((request, response) => {
    if (answer(request, response)) return;
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname)).replace(/\/$/, '/index.html');
    const start = starts.find((known) => path.startsWith(known));
    const file = start === undefined ? undefined : start === path ? routes[start] : join(routes[start], path.slice(start.length));
    const found = file && statSync(file, { throwIfNoEntry: false })?.isFile();
    if (!found) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'cache-control': 'no-store', ...headers });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`http://127.0.0.1:${server.address().port}/`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

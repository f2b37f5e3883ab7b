// The service worker: it keeps what the page itself is made of, and the lists of shops. Catalogues, profiles and the module
// are kept by the client, which checks them; they pass by here. The build puts version and files in (vite.config.js).
const SHELF = `shop ${'VERSION'}`;
const FILES = 'FILES';
const LISTS = /\/data\/(shops\.json|(.*\/)?(index\.json|shop\.pub))$/;

addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(SHELF)
      .then((shelf) => shelf.addAll(FILES))
      .then(() => skipWaiting()),
  );
});

addEventListener('activate', (event) => {
  const old = (name) => name.startsWith('shop ') && name !== SHELF;
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))))
      .then(() => clients.claim()),
  );
});

/** The network's answer, which is kept; without one, what was kept. */
async function fresh(request) {
  const shelf = await caches.open(SHELF);
  try {
    const response = await fetch(request);
    if (response.ok) await shelf.put(request, response.clone());
    return response;
  } catch (error) {
    const kept = await shelf.match(request);
    if (kept) return kept;
    throw error;
  }
}

const kept = async (request, key) => (await (await caches.open(SHELF)).match(key)) ?? fetch(request);

addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname, href } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate') event.respondWith(kept(request, new URL('./', location).href));
  else if (LISTS.test(pathname)) event.respondWith(fresh(request));
  else if (FILES.some((file) => new URL(file, location).href === href)) event.respondWith(kept(request, href));
});

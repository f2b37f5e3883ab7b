// The tag on real pages in Chromium: what is painted when, what is sent, and what happens where things are refused.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { withChromium } from './chromium.mjs';
import { served } from './serve.mjs';

const OUTPUT = fileURLToPath(new URL('output/script/', import.meta.url));
mkdirSync(OUTPUT, { recursive: true });
const file = (path) => readFileSync(new URL(`../../pkg/${path}`, import.meta.url));
const files = { '/regulars/regulars.iife.js': ['text/javascript', file('regulars.iife.js')], '/regulars/wasm/regulars_bg.wasm': ['application/wasm', file('wasm/regulars_bg.wasm')] };

const everywhere = (key, variations) => ({ defaultValue: null, rules: [{ key, variations, weights: [0, 1], hashVersion: 2, meta: [{ key: 'control' }, { key: 'treatment' }] }] });
const features = {
  features: {
    headline: everywhere('headline-test', ['Everyday prices', 'Fresh this week']),
    banner: everywhere('banner-test', ['plain', 'bold']),
    hint: { defaultValue: null, rules: [{ force: false }] },
    unused: everywhere('unused-test', [false, true]),
    outside: { defaultValue: 'Not me', rules: [{ key: 'outside-test', coverage: 0, variations: ['a', 'b'] }] },
  },
  slots: [{ key: 'hero', arms: [{ key: 'pears', value: 'Pears', alpha: 1, beta: 1e6 }, { key: 'plums', value: 'Plums', alpha: 1e6, beta: 1 }], floor: 0 }],
};
const redirecting = (origin) => ({
  experiments: [
    {
      key: 'new-home',
      urlPatterns: [{ type: 'simple', pattern: '/old', include: true }],
      variations: [{}, { urlRedirect: `${origin}/new` }],
      weights: [0, 1],
      persistQueryString: true,
    },
  ],
});

/** A page of a shop that knows nothing of the tag but its attributes. */
const page = ({ tag = '', slow = '' }) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title>
<style>body{font:16px/1.5 system-ui;margin:2rem;max-width:40rem}.card{padding:1rem;border:1px solid #bbb;border-radius:.5rem;margin:1rem 0}</style>
<script src="/regulars/regulars.iife.js" data-features="/features.json" data-events="/events" ${tag}></script></head><body>
<h1 data-regulars-feature="headline">Everyday prices</h1>
<p id="rest">The rest of the page is always there.</p>
<div class="card" data-regulars-feature="banner"><p>Plain banner</p><template data-regulars-value="bold"><p><strong>Bold banner</strong></p></template></div>
<p data-regulars-feature="hint">A hint that is switched off</p>
<p data-regulars-feature="outside">Mine</p>
<div class="card"><a href="#" data-regulars-slot="hero">Fruit</a></div>
<p data-regulars-feature="no-such-feature">Stays</p>${slow}
</body></html>`;

/** What is painted, frame by frame, as `[headline visible?, its text, rest visible?]`. */
const FILM = () => {
  window.film = [];
  const frame = () => {
    const [headline, rest] = [document.querySelector('h1'), document.querySelector('#rest')];
    const visible = (element) => Boolean(element) && getComputedStyle(element).visibility === 'visible' && element.getClientRects().length > 0;
    if (headline) window.film.push([visible(headline), headline.textContent, visible(rest)]);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
};

/**
 * A shop: `delay` holds its documents back, `policy` is its content security policy. `use` gets its address and the events
 * that came in.
 */
async function shop({ delay = 0, policy, tag, slow, payload = features }, use) {
  const received = [];
  const answer = (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const send = (type, body, wait = 0) => void setTimeout(() => response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store', ...(policy && type === 'text/html' ? { 'content-security-policy': policy } : {}) }).end(body), wait);
    if (pathname === '/events') {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        const batch = JSON.parse(body);
        // A batch may come twice, as when a page goes while it is sent: it is taken once, by its id.
        if (!received.some(({ id }) => id === batch.id)) received.push(batch);
        response.writeHead(204, { 'access-control-allow-origin': request.headers.origin ?? '*', 'access-control-allow-credentials': 'true' }).end();
      });
      return true;
    }
    if (files[pathname]) send(...files[pathname], pathname.endsWith('.wasm') ? delay : 0);
    else if (pathname === '/features.json') send('application/json', JSON.stringify(typeof payload === 'function' ? payload(`http://${request.headers.host}`) : payload), delay);
    else if (pathname === '/frame') send('text/html', `<!doctype html><title>Frame</title><iframe sandbox="allow-scripts" src="/" title="shop"></iframe>`);
    else if (pathname === '/slow.css') send('text/css', '', 200);
    else send('text/html', page({ tag, slow }));
    return true;
  };
  return served({}, (address) => use(address.slice(0, -1), received), { answer });
}

const exposures = (received) => received.flatMap(({ events }) => events).filter(({ type }) => type === 'exposure');
const ready = (tab) => tab.evaluate(() => window.regulars.ready.then(() => window.regulars.status));
const settled = async (tab) => {
  await ready(tab);
  await tab.waitForTimeout(150);
};

async function fresh(use, options = {}) {
  await withChromium(async (context) => use(context, context.pages()[0] ?? (await context.newPage())), options);
}

test('the first visit: nothing is painted twice, and the rest of the page is there all the time', async () => {
  await shop({ delay: 100, tag: 'data-cap="5000"' }, (address) =>
    fresh(async (context, tab) => {
      await tab.addInitScript(FILM);
      const strip = await filmed(tab, () => tab.goto(address));
      await settled(tab);
      const film = await tab.evaluate(() => window.film);
      strip.save('cold');
      assert.ok(film.length > 0);
      assert.deepEqual(film.filter(([visible, text]) => visible && text !== 'Fresh this week'), [], 'control is never painted before the arm');
      assert.ok(film.every(([, , rest]) => rest), 'the page is never blank');
      assert.ok(film.at(-1)[0]);
      assert.equal(await tab.locator('.card strong').innerText(), 'Bold banner');
      assert.ok(await tab.locator('[data-regulars-feature="hint"]').isHidden());
      assert.equal(await tab.locator('[data-regulars-slot]').innerText(), 'Plums');
      assert.equal(await tab.locator('[data-regulars-feature="no-such-feature"]').innerText(), 'Stays');
      await tab.screenshot({ path: `${OUTPUT}cold.png` });
    }),
  );
});

test('a later visit: what was decided is there at the first frame, however late the documents are', async () => {
  const settings = { delay: 0, tag: 'data-cap="300"' };
  await shop(settings, (address) =>
    fresh(async (context, tab) => {
      await tab.goto(address);
      await settled(tab);
      settings.delay = 3000;
      const second = await context.newPage();
      await second.addInitScript(FILM);
      await second.route('**/features.json', () => {}); // never answered
      const strip = await filmed(second, () => second.goto(address, { waitUntil: 'domcontentloaded' }));
      await second.waitForTimeout(600);
      await second.waitForFunction(() => window.film.length > 3);
      strip.save('warm');
      const film = await second.evaluate(() => window.film);
      assert.ok(film.length > 3);
      assert.deepEqual([...new Set(film.map((frame) => JSON.stringify(frame)))], ['[true,"Fresh this week",true]']);
      await second.screenshot({ path: `${OUTPUT}warm.png` });
    }),
  );
});

test('after the cap control stays, and nobody is exposed', async () => {
  await shop({ delay: 1200, tag: 'data-cap="100"' }, (address, received) =>
    fresh(async (context, tab) => {
      await tab.addInitScript(FILM);
      await tab.goto(address);
      await ready(tab);
      await tab.waitForTimeout(300);
      const film = await tab.evaluate(() => window.film);
      assert.ok(film.some(([visible]) => visible));
      assert.deepEqual(film.filter(([, text]) => text !== 'Everyday prices'), []);
      assert.equal(await tab.locator('.card p').first().innerText(), 'Plain banner');
      await tab.goto('about:blank');
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.deepEqual(exposures(received), []);
    }),
  );
});

test('exposures: what is shown and only that, once for each arm, over reloads and tabs', async () => {
  await shop({ tag: 'data-cap="5000" data-layer="dataLayer"' }, (address, received) =>
    fresh(async (context, tab) => {
      await tab.goto(address);
      await settled(tab);
      assert.deepEqual((await tab.evaluate(() => window.dataLayer.map(({ experiment_id: id }) => id))).sort(), ['banner-test', 'headline-test']);
      await tab.reload();
      await settled(tab);
      // Two tabs at once, which share what was counted.
      const tabs = await Promise.all([context.newPage(), context.newPage()]);
      await Promise.all(tabs.map((other) => other.goto(address)));
      await Promise.all(tabs.map(settled));
      await Promise.all([tab, ...tabs].map((other) => other.goto('about:blank')));
      await new Promise((resolve) => setTimeout(resolve, 400));
      const sent = exposures(received);
      assert.deepEqual(sent.map(({ experiment }) => experiment).sort(), ['banner-test', 'headline-test']);
      for (const event of sent) {
        assert.equal(event.variation, 1);
        assert.equal(event.key, 'treatment');
        assert.equal(event.hashAttribute, 'id');
        assert.match(event.hashValue, /^[0-9a-f]{32}$/);
        assert.ok(Math.abs(event.at - Date.now()) < 600_000);
        const allowed = new Set(['sequence', 'type', 'at', 'experiment', 'variation', 'key', 'hashAttribute', 'hashValue', 'feature', 'attributesHash']);
        assert.deepEqual(Object.keys(event).filter((name) => !allowed.has(name)), [], 'ids, time, arm and a hash, no attributes');
      }
      // Peeking is no exposure; using is.
      await tab.goto(address);
      await settled(tab);
      await tab.evaluate(() => [window.regulars.engine.feature('unused', { peek: true }), window.regulars.engine.features(), window.regulars.decisions]);
      await tab.waitForTimeout(200);
      assert.equal(exposures(received).length, 2);
      assert.equal(await tab.evaluate(() => window.regulars.feature('unused').value), true);
      await tab.waitForTimeout(300);
      assert.deepEqual(exposures(received).slice(2).map(({ experiment }) => experiment), ['unused-test']);
    }),
  );
});

test('a page that goes at once takes its exposures along', async () => {
  await shop({ tag: 'data-cap="5000"' }, (address, received) =>
    fresh(async (context, tab) => {
      await tab.goto(address);
      await tab.waitForFunction(() => document.querySelector('h1').hasAttribute('data-regulars-done'));
      await tab.goto(`${address}/other`, { waitUntil: 'commit' });
      await new Promise((resolve) => setTimeout(resolve, 400));
      assert.deepEqual(exposures(received).map(({ experiment }) => experiment).sort(), ['banner-test', 'headline-test']);
    }),
  );
});

test('a redirect experiment keeps the query, leads there at once the next time, and loses no exposure', async () => {
  const visitors = 5;
  await shop({ tag: 'data-cap="5000"', payload: redirecting }, async (address, received) => {
    for (let visitor = 0; visitor < visitors; visitor++) {
      await fresh(async (context, tab) => {
        await tab.goto(`${address}/old?from=mail`);
        await tab.waitForURL('**/new?from=mail');
        await settled(tab);
        const asked = [];
        tab.on('request', (request) => asked.push(new URL(request.url()).pathname));
        await tab.goto(`${address}/old?from=mail`);
        await tab.waitForURL('**/new?from=mail');
        assert.ok(!asked.slice(0, asked.indexOf('/new')).includes('/features.json'), 'the second time nothing is waited for');
        await settled(tab);
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    const sent = exposures(received);
    assert.equal(sent.length, visitors, 'one for each visitor');
    assert.equal(new Set(sent.map(({ hashValue }) => hashValue)).size, visitors);
  });
});

test('an arm that is control of a redirect stays where it is and is counted', async () => {
  const payload = (origin) => ({ experiments: [{ ...redirecting(origin).experiments[0], weights: [1, 0] }] });
  await shop({ tag: 'data-cap="5000"', payload }, (address, received) =>
    fresh(async (context, tab) => {
      await tab.goto(`${address}/old`);
      await settled(tab);
      assert.equal(tab.url(), `${address}/old`);
      await tab.waitForTimeout(300);
      assert.deepEqual(exposures(received).map(({ variation }) => variation), [0]);
    }),
  );
});

test('a policy without WebAssembly: the tag stays out of the way', async () => {
  for (const policy of ["script-src 'self'; style-src 'self' 'unsafe-inline'", "default-src 'self'; style-src 'self' 'unsafe-inline'"]) {
    await shop({ policy, tag: 'data-cap="5000"' }, (address, received) =>
      fresh(async (context, tab) => {
        const complaints = [];
        tab.on('pageerror', (error) => complaints.push(error.message));
        await tab.addInitScript(FILM);
        await tab.goto(address);
        assert.equal(await tab.evaluate(() => window.regulars.status), 'no-webassembly');
        assert.equal(await tab.evaluate(() => window.regulars.ready), null);
        const film = await tab.evaluate(() => window.film);
        assert.deepEqual(film.filter(([visible, text]) => !visible || text !== 'Everyday prices'), [], 'shown at once');
        assert.deepEqual(complaints, []);
        assert.deepEqual(received, []);
      }),
    );
  }
});

test('a strict policy that allows WebAssembly is enough: no eval, no inline style or script', async () => {
  const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'none'";
  await shop({ policy, tag: 'data-cap="5000"' }, (address) =>
    fresh(async (context, tab) => {
      await tab.goto(address);
      await settled(tab);
      assert.equal(await tab.locator('h1').innerText(), 'Fresh this week');
      assert.ok(await tab.locator('h1').isVisible());
    }),
  );
});

test('blocked storage: control, no exposures, no errors; with an id of its own the page takes part', async () => {
  const blocked = () => {
    for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) {
      Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError'); } });
    }
    Object.defineProperty(Document.prototype, 'cookie', { get() { throw new DOMException('denied', 'SecurityError'); }, set() { throw new DOMException('denied', 'SecurityError'); } });
  };
  for (const [tag, text, count] of [['data-cap="5000"', 'Everyday prices', 0], ['data-cap="5000" data-id="member-7"', 'Fresh this week', 2]]) {
    await shop({ tag }, (address, received) =>
      fresh(async (context, tab) => {
        const complaints = [];
        tab.on('pageerror', (error) => complaints.push(error.message));
        await tab.addInitScript(blocked);
        await tab.goto(address);
        await settled(tab);
        assert.equal(await tab.locator('h1').innerText(), text);
        assert.ok(await tab.locator('h1').isVisible());
        await tab.waitForTimeout(300);
        assert.equal(exposures(received).length, count);
        assert.deepEqual(complaints, []);
      }),
    );
  }
});

test('a frame without an origin shows the page', async () => {
  await shop({ tag: 'data-cap="2000"' }, (address) =>
    fresh(async (context, tab) => {
      await tab.goto(`${address}/frame`);
      const headline = tab.frameLocator('iframe').locator('h1');
      await headline.waitFor({ state: 'visible' });
      assert.equal(await headline.innerText(), 'Everyday prices');
    }),
  );
});

test('clicks on a slot are rewards, and its state goes to the next page', async () => {
  await shop({ tag: 'data-cap="5000"' }, (address, received) =>
    fresh(async (context, tab) => {
      await tab.goto(address);
      await settled(tab);
      await tab.locator('[data-regulars-slot]').click();
      await tab.waitForTimeout(300);
      const told = received.flatMap(({ events }) => events).filter(({ slot }) => slot === 'hero').map(({ type, arm }) => [type, arm]);
      assert.deepEqual(told, [['impression', 'plums'], ['click', 'plums']]);
      await tab.reload();
      await settled(tab);
      assert.ok((await tab.evaluate(() => window.regulars.engine.exportData !== undefined)));
    }),
  );
});

test('arms and values by hand, from the address and by call', async () => {
  await shop({ tag: 'data-cap="5000"' }, (address, received) =>
    fresh(async (context, tab) => {
      await tab.goto(`${address}/?headline-test=0&regulars-features=${encodeURIComponent('{"banner":"plain"}')}`);
      await settled(tab);
      assert.equal(await tab.locator('h1').innerText(), 'Everyday prices');
      await Promise.all([tab.waitForEvent('load'), tab.evaluate(() => window.regulars.override({ features: { headline: 'By hand' } }))]);
      await settled(tab);
      assert.equal(await tab.locator('h1').innerText(), 'By hand', 'a value counts over an arm');
      await tab.goto(address);
      await settled(tab);
      assert.equal(await tab.locator('h1').innerText(), 'By hand');
      await tab.goto('about:blank');
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.deepEqual(exposures(received).map(({ experiment }) => experiment), ['banner-test']);
    }),
  );
});

/** Frames of the page as the browser paints them, until `save`. */
async function filmed(tab, act) {
  const frames = [];
  const session = await tab.context().newCDPSession(tab);
  session.on('Page.screencastFrame', ({ data, sessionId }) => {
    frames.push(data);
    session.send('Page.screencastFrameAck', { sessionId }).catch(() => {});
  });
  await session.send('Page.startScreencast', { format: 'png', maxWidth: 480, maxHeight: 360, everyNthFrame: 1 });
  await act();
  return {
    save(name) {
      frames.slice(0, 12).forEach((data, at) => writeFileSync(`${OUTPUT}${name}-${String(at).padStart(2, '0')}.png`, Buffer.from(data, 'base64')));
    },
  };
}

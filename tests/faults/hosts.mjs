// Where a cell runs: in this Node, or in a page of Chromium. A cell's steps are functions that carry all they need, so
// that they can be sent to the page: they get `regulars` (the package), `host` (helpers) and one argument.
import * as regulars from '../../pkg/node.js';
import { chromium } from 'playwright-core';

import { FLAGS, executable } from '../js/chromium.mjs';

/** Helpers for steps; stands alone, because pages get its text. */
export function helpers() {
  const kept = (globalThis.keptByTests ??= new Map());
  return {
    /** A storage that outlives a client; its faults are set by `fail`. */
    adapter({ fail = {} } = {}) {
      const may = (what, key) => {
        const given = fail[what] ?? fail.all;
        const error = typeof given === 'function' ? given(key) : given;
        if (error) throw Object.assign(new Error(error), { name: error });
      };
      return {
        async get(key) {
          may('get', key);
          return kept.get(key);
        },
        async set(key, bytes) {
          may('set', key);
          kept.set(key, bytes.slice());
        },
        async delete(key) {
          may('delete', key);
          kept.delete(key);
        },
        async keys(start) {
          may('keys', start);
          return [...kept.keys()].filter((key) => key.startsWith(start));
        },
      };
    },
    kept,
    /** What the member sees of a client: the catalog in use, a price, how it stands. */
    seen(client) {
      let version = null;
      let price = null;
      try {
        version = client.engine.recommend({ strategy: 'new-arrivals', limit: 1 }).snapshot;
        price = client.engine.items(['i00000'])[0]?.price ?? null;
      } catch {
        // no catalog
      }
      const { source, stale, reasons } = client.status;
      return { version, price, source, stale, reasons: reasons.map(({ code, facts }) => (facts.document ? `${facts.document}: ${code}` : code)) };
    },
    async until(condition, wait = 10_000) {
      for (const end = performance.now() + wait; !(await condition()); ) {
        if (performance.now() > end) throw new Error(`waited in vain for: ${condition}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
  };
}

/** Runs cells in this process. The storage is an adapter that outlives clients. */
export function nodeHost(server) {
  return {
    name: 'Node',
    browser: false,
    async fresh() {
      globalThis.keptByTests = new Map();
    },
    run: (step, argument) => step({ regulars, host: helpers(), address: server.address, storage: helpers().adapter() }, argument),
  };
}

/** Runs cells in pages of one Chromium. `use` gets a function that makes the host of a server; each runs one cell at a time, in
 * a context of its own, and so with an IndexedDB of its own. */
export async function withChromium(use) {
  const browser = await chromium.launch({ executablePath: executable(), headless: true, args: FLAGS });
  try {
    return await use((server) => chromiumHost(browser, server));
  } finally {
    await browser.close();
  }
}

function chromiumHost(browser, server) {
  let context;
  let page;
  const opened = async (within = context) => {
    const next = await within.newPage();
    next.on('pageerror', (error) => console.error('page:', error.message));
    await next.goto(`${server.address}/blank`);
    return next;
  };
  const host = {
    name: 'Chromium',
    browser: true,
    async fresh(options) {
      await context?.close();
      context = await browser.newContext(options);
      page = await opened();
    },
    get context() {
      return context;
    },
    page: () => page,
    opened,
    run: (step, argument) => host.runIn(page, step, argument),
    runIn: (where, step, argument) =>
      where.evaluate(
        async ([step, helpers, argument]) => {
          globalThis.host ??= (0, eval)(`(${helpers})`)();
          globalThis.regulars ??= await import('/pkg/index.js');
          const { host, regulars } = globalThis;
          return (0, eval)(`(${step})`)({ regulars, host, address: location.origin, storage: undefined }, argument);
        },
        [step.toString(), helpers.toString(), argument],
      ),
  };
  return host;
}

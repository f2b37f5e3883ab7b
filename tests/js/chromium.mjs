// One Chromium for a test: the machine's own browser, a fresh profile, quiet on the network.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
export const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The machine's browser. */
export function executable() {
  for (const name of [process.env.CHROMIUM, ...NAMES]) {
    if (!name) continue;
    try {
      execFileSync(name, ['--version'], { stdio: 'ignore' });
      return execFileSync('sh', ['-c', 'command -v "$0"', name], { encoding: 'utf8' }).trim();
    } catch {
      // not this one
    }
  }
  throw new Error('no Chromium found: run scripts/need/chromium.sh, or set CHROMIUM=/path/to/chrome');
}

/**
 * Opens a browser context and hands it to `use`; closes it and removes its profile however `use` ends.
 * `options` are playwright's for a persistent context: viewport, locale, timezoneId, offline ...
 *
 * @template T
 * @param {(context: import('playwright-core').BrowserContext) => Promise<T>} use
 * @param {Parameters<typeof chromium.launchPersistentContext>[1]} [options]
 * @returns {Promise<T>}
 */
export async function withChromium(use, options = {}) {
  const profile = mkdtempSync(join(tmpdir(), 'regulars-chromium-'));
  let context;
  try {
    context = await chromium.launchPersistentContext(profile, { executablePath: executable(), headless: true, args: FLAGS, ...options });
    return await use(context);
  } finally {
    await context?.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * Collects what a page complains about: errors on the console, uncaught exceptions, requests that failed.
 *
 * @param {import('playwright-core').Page} page
 * @returns {string[]} grows while the page lives
 */
export function complaints(page) {
  const found = [];
  page.on('console', (message) => message.type() === 'error' && found.push(`console: ${message.text()} (${message.location().url})`));
  page.on('pageerror', (error) => found.push(`uncaught: ${error.stack ?? error.message}`));
  page.on('requestfailed', (request) => found.push(`request: ${request.url()} ${request.failure()?.errorText ?? ''}`));
  page.on('response', (response) => response.status() >= 400 && found.push(`response: ${response.status()} ${response.url()}`));
  return found;
}

// A Chromium that can be killed at any instant and started again with the same profile.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

import { FLAGS, executable } from '../js/chromium.mjs';

export class KillableBrowser {
  #profile = mkdtempSync(join(tmpdir(), 'regulars-killed-'));
  #process;
  #browser;

  /** Starts it and gives its context. */
  async start() {
    const given = [...FLAGS, '--headless=new', '--remote-debugging-port=0', `--user-data-dir=${this.#profile}`, 'about:blank'];
    // A group of its own, so that all its processes can be killed at once.
    const child = spawn(executable(), given, { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process = child;
    const address = await new Promise((resolve, reject) => {
      let said = '';
      child.stderr.on('data', (text) => {
        said += text;
        const found = /DevTools listening on (ws:\S+)/.exec(said);
        if (found) resolve(found[1]);
      });
      child.once('exit', () => reject(new Error(`the browser ended: ${said}`)));
    });
    this.#browser = await chromium.connectOverCDP(address);
    return this.#browser.contexts()[0];
  }

  /** The power goes. */
  async kill() {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      child.kill('SIGKILL');
    }
    await gone;
    await this.#browser?.close().catch(() => {});
  }

  async remove() {
    await this.kill();
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

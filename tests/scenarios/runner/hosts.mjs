// The three places where the engine runs. Each takes the packs and answers the sessions of each, in order.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { withChromium } from '../../js/chromium.mjs';
import { served } from '../../js/serve.mjs';
import { play } from './play.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);

const sessionsOf = ({ scenarios }) => scenarios.map(({ session }) => session);

/** The command line, from the JSON form: so both forms are played. */
export async function native(packs, regulars) {
  return Promise.all(
    packs.map(async (pack) => {
      const sessions = pack.binary.replace(/catalog\.rgl$/, 'sessions.json');
      writeFileSync(sessions, JSON.stringify(sessionsOf(pack)));
      const { stdout } = await run(regulars, ['play', pack.json, sessions], { maxBuffer: 1 << 28 });
      return stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
    }),
  );
}

/** The package in this Node, from the signed binary form. */
export async function node(packs) {
  const regulars = await import('../../../pkg/node.js');
  await regulars.default();
  return packs.map((pack) => JSON.parse(JSON.stringify(play(regulars, readFileSync(pack.binary), keyOf(pack), sessionsOf(pack)))));
}

/** The package in a page of Chromium, from the signed binary form over HTTP. */
export async function chromium(packs, work) {
  return served({ '/': work, '/pkg/': `${root}pkg`, '/runner/': `${root}tests/scenarios/runner` }, (address) =>
    withChromium(async (context) => {
      const page = await context.newPage();
      await page.goto(`${address}runner/page.html`);
      const answers = [];
      for (const pack of packs) {
        const given = [`${address}${pack.name}/catalog.rgl`, [...keyOf(pack)], JSON.stringify(sessionsOf(pack))];
        answers.push(JSON.parse(await page.evaluate((given) => globalThis.answer(...given), given)));
      }
      return answers;
    }),
  );
}

const keyOf = ({ key }) => {
  const bytes = readFileSync(key);
  return bytes.length === 32 ? new Uint8Array(bytes) : Uint8Array.from(Buffer.from(bytes.toString('utf8').trim(), 'hex'));
};

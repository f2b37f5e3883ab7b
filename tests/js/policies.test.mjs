// Logs of devices, from WebAssembly, and what `regulars evaluate --logs` makes of them: its intervals hold what policies really
// bring. Needs target/release/regulars.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

test('estimates from logged propensities hold the truth', (t) => {
  const work = mkdtempSync(join(tmpdir(), 'regulars-policies-'));
  try {
    const said = execFileSync(process.execPath, [at('scripts/evaluate-policies.mjs'), at('target/release/regulars'), work, '150'], { encoding: 'utf8' });
    t.diagnostic(said);
    const { decisions, policies } = JSON.parse(readFileSync(join(work, 'policies_measures.json'), 'utf8'));
    assert.equal(decisions, 4500);
    const mostly = policies['coffee mostly'];
    for (const { interval: [low, high] } of [mostly.ips, mostly.snips, mostly.doublyRobust])
      assert.ok(low <= mostly.truth && mostly.truth <= high && high - low < 0.04, said);
    // What was never shown more often than at random is known less well.
    assert.ok(mostly.effective > 500 && mostly.effective < decisions, String(mostly.effective));
  } finally {
    rmSync(work, { recursive: true });
  }
});

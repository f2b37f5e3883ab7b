// Every quote that the native run over the public promotion cases asks for, asked again in WebAssembly: equal to the last
// field. `cargo test --features cli --test conformance` writes down what was asked and answered.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { before, test } from 'node:test';

import init, { Engine } from '../../pkg/node.js';

const written = new URL('../../target/tmp/quotes.jsonl', import.meta.url);

before(() => init());

test('the quotes of the public promotion cases are the native ones', (t) => {
  assert.ok(existsSync(written), 'run cargo test --features cli --test conformance first');
  const asked = readFileSync(written, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
  for (const { catalog, member, request, answer } of asked) {
    const engine = new Engine();
    engine.loadCatalog(Buffer.from(JSON.stringify(catalog)), { now: request.now });
    engine.loadMember(member);
    const found = JSON.parse(JSON.stringify(engine.quote(request)));
    engine.free();
    assert.deepStrictEqual(found, answer, JSON.stringify({ catalog, request }));
  }
  t.diagnostic(`${asked.length} quotes`);
  assert.ok(asked.length > 424, 'at least one a case');
});

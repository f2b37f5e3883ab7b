// Every reason that members can be told has a text in each shipped language, and each text uses only facts that the
// reason has.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('../../', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');
const LOCALES = ['en', 'zh-CN'];

/** Told to whoever makes a snapshot or writes a page, in warnings of loading and in notes: never shown to members. */
const FOR_MAKERS = [
  /-(disabled|duplicate|duplicated)$/,
  /^malformed-/,
  /^(more-warnings|signature-not-checked|zone-without-offsets|segment-problem|unknown-strategy|not-available)$/,
  /^(unknown-bandit|invalid-url-pattern|no-vectors)$/,
];

/** The Rust sources below the bindings, without their tests. */
function* sources(folder = 'src/') {
  for (const entry of readdirSync(new URL(folder, root), { withFileTypes: true })) {
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory() && !['bindings', 'cli'].includes(entry.name)) yield* sources(`${path}/`);
    else if (path.endsWith('.rs') && entry.name !== 'tests.rs') yield [path, read(path).split('\n#[cfg(test)]\nmod ')[0]];
  }
}

/** Codes and the facts that come with them: of `Reason::new("code")` in code, and of tables `| code | facts |` in docs. */
function reasons() {
  const known = new Map();
  const add = (code, facts, path) => {
    const reason = known.get(code) ?? { facts: new Set(), paths: new Set() };
    facts.forEach((fact) => reason.facts.add(fact));
    known.set(code, { ...reason, paths: reason.paths.add(path) });
  };
  const quoted = (cell) => [...cell.matchAll(/`([A-Za-z-]+)`/g)].map(([, name]) => name);
  for (const [path, text] of sources()) {
    const code = text.replaceAll(/^\s*\/\/.*$/gm, '');
    for (const [, name, rest] of code.matchAll(/Reason::new\(\s*"([a-z-]+)"\s*\)((?:(?!Reason::new)[^;])*)/g))
      add(name, [...rest.matchAll(/\.with\(\s*"(\w+)"/g)].map(([, fact]) => fact), path);
    let table = false;
    for (const line of text.split('\n').map((line) => line.trim().replace(/^\/\/[/!] ?/, ''))) {
      if (/^\| (code|reason) \| facts/.test(line)) table = true;
      else if (!line.startsWith('|')) table = false;
      else if (table) {
        const [codes, facts] = line.split(' | ');
        for (const code of quoted(codes)) add(code, quoted(facts ?? ''), path);
      }
    }
  }
  return new Map([...known].filter(([code]) => !FOR_MAKERS.some((pattern) => pattern.test(code))));
}

/** The places of a template: the fact, and the form it is written in. */
const places = (template) => [...template.replaceAll('{{', '').matchAll(/\{([^}|]+)(?:\|([^}]*))?\}/g)].map(([, fact, form = '']) => ({ fact, form }));

const known = reasons();
const texts = Object.fromEntries(LOCALES.map((locale) => [locale, JSON.parse(read(`src/cli/texts/${locale}.json`))]));

test('the sources are found', () => {
  for (const code of ['missing-spend', 'below-amount', 'goes-with', 'tier-falls', 'points-share']) assert.ok(known.has(code), code);
  assert.ok(known.size > 90, `${known.size} codes`);
});

for (const locale of LOCALES) {
  test(`${locale}: each code that members can be told has a text`, () => {
    const missing = [...known].filter(([code]) => !(code in texts[locale])).map(([code, { paths }]) => `${code} (${[...paths].join(', ')})`);
    assert.deepEqual(missing, []);
  });

  test(`${locale}: no text is for a code that nothing emits, in order`, () => {
    const codes = Object.keys(texts[locale]);
    assert.deepEqual(codes.filter((code) => !known.has(code)), []);
    assert.deepEqual(codes, codes.toSorted());
  });

  test(`${locale}: texts use the facts that there are`, () => {
    const wrong = Object.entries(texts[locale]).flatMap(([code, template]) =>
      places(template).filter(({ fact }) => !known.get(code)?.facts.has(fact)).map(({ fact }) => `${code}: {${fact}} of ${[...(known.get(code)?.facts ?? [])].join(', ')}`),
    );
    assert.deepEqual(wrong, []);
  });
}

test('both languages tell the same facts in the same form', () => {
  const forms = (template) => places(template).map(({ fact, form }) => `${fact}|${form.split(':')[0].replace(/^plural$/, '')}`).toSorted();
  for (const code of known.keys()) {
    const [english, chinese] = LOCALES.map((locale) => forms(texts[locale][code] ?? ''));
    assert.deepEqual(chinese, english, code);
  }
});

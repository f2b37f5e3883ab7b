// Signed snapshots of a small shop, packed by the command line.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const target = process.env.CARGO_TARGET_DIR ?? `${root}target`;

/** The command line that was built last. */
export function regulars() {
  const built = [process.env.REGULARS, `${target}/release/regulars`, `${target}/debug/regulars`].filter((path) => path && existsSync(path));
  if (built.length === 0) throw new Error('the command line is not built: run scripts/build-cli.sh');
  return built.sort((one, other) => statSync(other).mtimeMs - statSync(one).mtimeMs)[0];
}

/** The JSON form of a shop's catalog: `items` items, each at `price` plus its place. */
export function shop(version, { shop = 'corner', items = 40, price = 1_000, more = {} } = {}) {
  return {
    format: 1,
    id: `${shop}-${version}`,
    shop,
    version,
    issuedAt: Date.now() - 3_600_000,
    expiresAt: Date.now() + 30 * 86_400_000,
    currency: { code: 'CNY' },
    locales: ['en', 'zh-CN'],
    items: Array.from({ length: items }, (_, place) => ({
      id: `i${String(place).padStart(5, '0')}`,
      title: `Thing ${place}`,
      price: price + place,
      stock: 10,
      category: `c${place % 7}`,
      addedAt: Date.now() - 86_400_000 * (1 + (place % 20)),
    })),
    features: { features: { banner: { defaultValue: 'plain', rules: [{ key: 'banner-test', variations: ['plain', 'bold'], hashAttribute: 'id' }] } } },
    ...more,
  };
}

/** A folder with keys `one` and `two`; packs snapshots and deltas into it. Removed by `remove`. */
export function workshop() {
  const folder = mkdtempSync(join(tmpdir(), 'regulars-shop-'));
  const path = (name) => join(folder, name);
  const run = (...given) => execFileSync(regulars(), given, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
  for (const name of ['one', 'two']) run('keygen', '-o', path(name));
  const key = (name) => Uint8Array.from(readFileSync(path(`${name}.pub`), 'utf8').trim().match(/../g), (digits) => Number.parseInt(digits, 16));
  return {
    folder,
    path,
    key,
    run,
    pack(name, json, { key = 'one' } = {}) {
      // As if packed when it was issued.
      writeFileSync(path(`${name}.json`), JSON.stringify(json));
      run('pack', path(`${name}.json`), '-o', path(`${name}.rgl`), '--issued-at', String(json.issuedAt), ...(key ? ['--key', path(`${key}.key`)] : []));
      return new Uint8Array(readFileSync(path(`${name}.rgl`)));
    },
    delta(name, before, after, { key = 'one' } = {}) {
      run('delta', path(`${before}.rgl`), path(`${after}.rgl`), '-o', path(`${name}.rgd`), ...(key ? ['--key', path(`${key}.key`)] : []));
      return new Uint8Array(readFileSync(path(`${name}.rgd`)));
    },
    remove() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const digestOf = (bytes) => Buffer.from(bytes.subarray(64, 96)).toString('hex');

// Writes the list of shops that the page can be, `shops.json` in the folder OUT, and beside it the snapshot, key and members
// of each case shop of tests/scenarios:  node demo/shops.mjs REGULARS WORK OUT
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [regulars, work, out] = process.argv.slice(2);
const packs = fileURLToPath(new URL('../tests/scenarios/', import.meta.url));
const listed = JSON.parse(readFileSync(new URL('shops.json', import.meta.url), 'utf8'));
const { build, packsIn } = existsSync(packs) ? await import(`${packs}runner/pack.mjs`) : {};
const { instant, withInstants } = existsSync(packs) ? await import(`${packs}runner/zone.mjs`) : {};

const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
const write = (path, value) => writeFileSync(path, JSON.stringify(value));

/** What the README of a pack calls its members, by id: `| \`chen\` 陈静 | silver: four orders |`. */
function called(folder) {
  const names = new Map();
  for (const line of readFileSync(join(folder, 'README.md'), 'utf8').split('\n')) {
    const [, who = '', about = ''] = line.startsWith('|') ? line.split('|') : [];
    for (const [, id, name] of who.matchAll(/`([\w-]+)`\s*([^,|`]*)/g)) names.set(id, { name: name.trim() || id, about: about.trim() });
  }
  return names;
}

/** Builds the shop of a pack into `out/shops/<name>`, and gives the place of its index. */
function shopOf(folder) {
  const built = build(folder, regulars, work);
  const place = join('shops', basename(folder));
  const at = join(out, place);
  mkdirSync(join(at, 'members'), { recursive: true });
  copyFileSync(built.binary, join(at, 'catalog.rgl'));
  writeFileSync(join(at, 'shop.pub'), Buffer.from(readFileSync(built.key, 'utf8').trim(), 'hex'));
  const names = called(folder);
  const files = readdirSync(join(folder, 'members')).filter((file) => file.endsWith('.json'));
  // In the README's order. What it does not name, and a second profile of the same member, are states that scenarios bring about.
  const listed = [...names.keys()].map((id) => `${id}.json`).filter((file) => files.includes(file));
  const seen = new Set();
  const households = (listed.length > 0 ? listed : files.sort()).flatMap((file) => {
    const profile = withInstants(read(join(folder, 'members', file)), built.zone);
    if (seen.has(profile.id)) return [];
    seen.add(profile.id);
    write(join(at, 'members', file), profile);
    const id = basename(file, '.json');
    const { name = id, about = '' } = names.get(id) ?? {};
    const said = [name, about].filter(Boolean).join(' · ');
    return [{ id, file: `members/${file}`, name: { en: said, 'zh-CN': name }, tier: null, baskets: profile.history?.length ?? 0 }];
  });
  const now = built.scenarios[0]?.session.now ?? instant(read(join(folder, 'shop.json')).issuedAt, built.zone);
  const goods = read(built.json).items.map(({ id }) => id);
  write(join(at, 'index.json'), { catalog: 'catalog.rgl', publicKey: 'shop.pub', now, zone: built.zone, goods, households });
  return join(place, 'index.json');
}

const folders = packsIn?.(packs) ?? [];
const shops = listed.flatMap(({ pack, ...shop }) => {
  if (pack === undefined) return [shop];
  const folder = folders.find((known) => basename(known).startsWith(pack));
  return folder ? [{ ...shop, id: basename(folder), index: shopOf(folder) }] : [];
});
write(join(out, 'shops.json'), shops);

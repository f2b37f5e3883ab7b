// A pack: a folder that describes a shop, its members, and what the engine must answer them.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

import { CAPABILITIES } from './capabilities.mjs';
import { instant, withInstants } from './zone.mjs';

const SECTIONS = ['items', 'knowledge', 'programme', 'offers', 'stacking', 'segments', 'features', 'texts', 'content', 'stores'];
/** Lists of the programme whose titles name things in texts, by the kind that texts know them under. */
const NAMED = { tier: 'tiers', benefit: 'benefits', reward: 'rewards', task: 'tasks', day: 'days', draw: 'draws', partner: 'partners', fit: 'fit' };

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`${path}: ${error.message}`);
  }
}

/** Folders of packs: those with a shop.json. */
export function packsIn(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'shop.json')))
    .map((entry) => join(folder, entry.name))
    .sort();
}

/** What `shop.json` says, and the file of each section: that of the folder, or the one that shop.json names. */
function shopOf(folder) {
  const shop = read(join(folder, 'shop.json'));
  const files = {};
  for (const section of SECTIONS) {
    const named = shop[section];
    const own = ['json', 'csv'].map((kind) => join(folder, `${section}.${kind}`)).find(existsSync);
    const file = typeof named === 'string' ? resolve(folder, named) : own;
    if (file) files[section] = file;
  }
  return { ...shop, files };
}

/** Names that titles give to offers and parts of the programme, as texts of the snapshot. */
function names(programme, offers, segments, stores, locale) {
  const texts = {};
  const name = (kind, entries) => {
    for (const { id, titles } of entries ?? [])
      for (const [locale, title] of Object.entries(titles ?? {})) (texts[locale] ??= {})[`${kind}:${id}`] = title;
  };
  for (const [kind, list] of Object.entries(NAMED)) name(kind, programme?.[list]);
  name('message', programme?.contact?.messages);
  name('offer', offers);
  name('store', stores);
  name('segment', segments?.map(({ id, name }) => ({ id, titles: name && { [locale]: name } })));
  return texts;
}

/**
 * Builds the snapshot of the pack in `folder` with the command line, as a shop does, into `work`. Every warning of
 * `regulars pack` is an error, but for those that shop.json expects under `warnings`.
 *
 * @returns {{ name: string, zone: string, binary: string, json: string, key: string, scenarios: object[] }}
 */
export function build(folder, regulars, work) {
  const name = basename(folder);
  const out = join(work, name);
  mkdirSync(out, { recursive: true });
  const shop = shopOf(folder);
  const { files, zone, currency, locales = ['zh-CN', 'en'] } = shop;
  const run = (...words) => {
    const { status, stderr, error } = spawnSync(regulars, words, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${name}: regulars ${words[0]}: ${error?.message ?? stderr}`);
    return stderr;
  };
  const key = join(out, 'shop');
  if (!existsSync(`${key}.key`)) run('keygen', '-o', key);

  const words = ['pack', '--shop', shop.shop ?? name, '--currency', currency, '--zone', zone, '--key', `${key}.key`];
  words.push('--issued-at', String(instant(shop.issuedAt, zone)), '--version', String(shop.version ?? 1), '--days', String(shop.days ?? 365));
  if (shop.basePriceDays) words.push('--base-price-days', String(shop.basePriceDays));
  locales.forEach((locale) => words.push('--locale', locale));
  if (shop.orders) {
    run('train', '--orders', resolve(folder, shop.orders), '--products', resolve(folder, shop.products ?? 'items.csv'), '-o', join(out, 'trained'), ...(shop.train ?? []));
    words.push('--train', join(out, 'trained'));
  }
  const catalog = join(out, 'whole.json');
  const named = names(files.programme && read(files.programme), files.offers && read(files.offers), files.segments && read(files.segments), files.stores && read(files.stores), locales[0]);
  writeJson(catalog, { texts: named });
  words.splice(1, 0, catalog);
  for (const [section, file] of Object.entries(files)) words.push(`--${section}`, file);
  const [binary, json] = [join(out, 'catalog.rgl'), join(out, 'catalog.json')];
  const told = run(...words, '-o', binary, '--json', json).split('\n').filter((line) => line.startsWith('warning: '));
  const unexpected = told.filter((line) => !(shop.warnings ?? []).some((code) => line.startsWith(`warning: ${code}:`)));
  if (unexpected.length || told.length !== (shop.warnings ?? []).length) {
    throw new Error(`${name}: regulars pack warned of ${told.join(', ') || 'nothing'}; shop.json expects ${(shop.warnings ?? []).join(', ') || 'nothing'}`);
  }
  const members = resolve(folder, shop.members ?? 'members');
  return { name, zone, binary, json, key: `${key}.pub`, out, reports: reports(folder, name), scenarios: scenarios(folder, members, name, zone, locales[0]) };
}

function writeJson(path, value) {
  writeFileSync(path, JSON.stringify(value));
}

/** The scenarios of a pack, each with its session and what is expected of each call. */
function scenarios(folder, members, pack, zone, locale) {
  const file = (name) => [join(folder, 'members', `${name}.json`), join(members, `${name}.json`)].find(existsSync) ?? join(members, `${name}.json`);
  const member = (name) => withInstants(read(file(name)), zone);
  const files = readdirSync(folder).filter((file) => /^scenarios.*\.json$/.test(file)).sort();
  return files.flatMap((file) => read(join(folder, file))).map((scenario) => {
    const where = `${pack}: ${scenario.name}`;
    if (!scenario.name || !scenario.why) throw new Error(`${where}: a scenario has a name, and says why`);
    const unknown = (scenario.shows ?? []).filter((row) => !(row in CAPABILITIES));
    if (!scenario.shows?.length || unknown.length) throw new Error(`${where}: shows ${unknown.join(', ') || 'nothing'}; rows are A1 to A27`);
    const calls = [];
    const expected = [];
    if (scenario.member) {
      calls.push({ call: 'loadMember', with: member(scenario.member) });
      expected.push({});
    }
    const places = new Map();
    for (const { as, now, expect, refused, why, ...step } of scenario.steps) {
      const [[call, given], ...more] = Object.entries(step);
      if (more.length) throw new Error(`${where}: one call a step, not ${Object.keys(step).join(' and ')}`);
      const argument = call === 'loadMember' && typeof given === 'string' ? member(given) : withInstants(given, zone);
      calls.push({ call, with: answersNamed(argument, places), ...(now && { now: instant(now, zone) }) });
      expected.push({ expect: withInstants(expect, zone), refused, why });
      if (as) places.set(as, calls.length - 1);
    }
    const judged = expected.filter(({ expect, refused }) => expect !== undefined || refused).length;
    if (!judged) throw new Error(`${where}: expects nothing`);
    return { ...scenario, pack, zone, expected, session: { now: instant(scenario.now, zone), locale: scenario.locale ?? locale, calls } };
  });
}

/** What `regulars report` must find in the events that some scenarios' devices sent. */
function reports(folder, pack) {
  const file = join(folder, 'reports.json');
  return existsSync(file) ? read(file).map((report) => ({ ...report, pack })) : [];
}

/** `given` with each `{"$answer": "name"}` naming the place of the step that has this name. */
function answersNamed(given, places) {
  if (typeof given !== 'object' || given === null) return given;
  if (Array.isArray(given)) return given.map((element) => answersNamed(element, places));
  if ('$answer' in given) {
    if (!places.has(given.$answer)) throw new Error(`no step before is called ${given.$answer}`);
    return { $answer: places.get(given.$answer) };
  }
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, answersNamed(value, places)]));
}

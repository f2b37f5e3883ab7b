// How many features a second, against @growthbook/growthbook: the same payload, in the same process and in the same page,
// in turns, so that whatever else the machine does slows both.
//
//   node benches/features.mjs
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { withChromium } from '../tests/js/chromium.mjs';
import { served } from '../tests/js/serve.mjs';

const folder = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Runs in either host: gives evaluations a second of each way, and the ratios of each round. */
export async function measure(regulars, { GrowthBook }, rounds) {
  await regulars.default();
  const FEATURES = 100;
  const MEMBERS = 50;
  const features = {};
  for (let number = 0; number < FEATURES; number++) {
    features[`feature-${number}`] = {
      defaultValue: 'control',
      rules: [
        {
          key: `exp-${number}`,
          seed: `seed-${number}`,
          hashVersion: 2,
          condition: {
            country: { $in: ['US', 'CA', 'GB'] },
            $or: [{ plan: 'pro' }, { age: { $gte: 18 } }],
            'device.os': { $ne: 'symbian' },
            tags: { $elemMatch: { $eq: 'beta' } },
          },
          variations: ['control', 'red', 'blue'],
          weights: [0.3334, 0.3333, 0.3333],
          coverage: 1,
          meta: [{ key: '0' }, { key: '1' }, { key: '2' }],
        },
      ],
    };
  }
  const keys = Object.keys(features);
  const members = Array.from({ length: MEMBERS }, (_, number) => ({
    id: `member-${number}`,
    country: 'US',
    plan: 'free',
    age: 30,
    device: { os: 'ios' },
    tags: ['alpha', 'beta'],
  }));
  const engine = new regulars.Engine();
  engine.loadFeatures({ features });
  const growthbook = new GrowthBook({ attributes: members[0], trackingCallback: () => {} });
  await growthbook.initSync({ payload: { features } });

  // Both say the same before anything is measured.
  for (const attributes of members.slice(0, 20)) {
    engine.setExperimentContext({ attributes, sticky: false });
    growthbook.setAttributes(attributes);
    const all = engine.features();
    for (const key of keys) {
      const theirs = growthbook.evalFeature(key);
      const plain = (result) => JSON.stringify([result.value, result.source, result.experimentResult?.variationId, result.experimentResult?.bucket]);
      for (const ours of [engine.feature(key), all[key]]) if (plain(ours) !== plain(theirs)) throw new Error(`${key}: ${plain(ours)} and ${plain(theirs)}`);
    }
  }

  let kept = 0;
  const use = (result) => (kept += result.experimentResult.variationId);
  const theirs = (run) => (attributes) => {
    growthbook.setAttributes(attributes);
    run();
  };
  const ours = (sticky, run) => (attributes) => {
    engine.setExperimentContext({ attributes, sticky });
    run();
  };
  const one = () => keys.forEach((key) => use(engine.feature(key)));
  const bulk = () => Object.values(engine.features()).forEach(use);
  // Single calls for one member, as a page makes them; all at once for one member, and for another member each time.
  const ways = {
    'GrowthBook.evalFeature, one member': { act: () => keys.forEach((key) => use(growthbook.evalFeature(key))), before: () => growthbook.setAttributes(members[0]) },
    'regulars feature(), one member': { act: one, before: () => engine.setExperimentContext({ attributes: members[0], sticky: false }) },
    'regulars feature(), arms that stick': { act: one, before: () => engine.setExperimentContext({ attributes: members[0] }) },
    'regulars features(), one member': { act: bulk, before: () => engine.setExperimentContext({ attributes: members[0], sticky: false }) },
    'GrowthBook.evalFeature, another member each time': { act: theirs(() => keys.forEach((key) => use(growthbook.evalFeature(key)))) },
    'regulars features(), another member each time': { act: ours(false, bulk) },
  };
  const rates = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < rounds + 2; round++) {
    for (const [name, { act, before = () => {} }] of Object.entries(ways)) {
      before();
      const started = performance.now();
      for (const member of members) act(member);
      const rate = (MEMBERS * FEATURES * 1000) / (performance.now() - started);
      if (round >= 2) rates[name].push(rate); // two rounds to warm up
    }
    engine.drainEvents(10_000);
  }
  return { rates, kept };
}

const median = (numbers) => numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)];

function print(host, { rates }) {
  const pairs = [
    ['GrowthBook.evalFeature, one member', ['regulars feature(), one member', 'regulars feature(), arms that stick', 'regulars features(), one member']],
    ['GrowthBook.evalFeature, another member each time', ['regulars features(), another member each time']],
  ];
  console.log(`\n${host}: evaluations a second (median of ${Object.values(rates)[0].length} rounds), and the median of each round's ratio`);
  for (const [peer, others] of pairs) {
    console.log(`  ${peer.padEnd(52)}${Math.round(median(rates[peer])).toLocaleString('en').padStart(12)}`);
    for (const name of others) {
      const ratio = median(rates[name].map((rate, round) => rate / rates[peer][round]));
      console.log(`  ${name.padEnd(52)}${Math.round(median(rates[name])).toLocaleString('en').padStart(12)}${`x${ratio.toFixed(1)}`.padStart(8)}`);
    }
  }
}

if (typeof process !== 'undefined' && process.argv[1] === fileURLToPath(import.meta.url)) {
  const rounds = Number(process.argv[2] ?? 9);
  print('Node', await measure(await import('../pkg/node.js'), await import('@growthbook/growthbook'), rounds));
  const bundle = JSON.parse(readFileSync(new URL('../node_modules/@growthbook/growthbook/package.json', import.meta.url))).version;
  const { buildSync } = await import('esbuild');
  const peer = buildSync({ entryPoints: [folder('../node_modules/@growthbook/growthbook')], bundle: true, format: 'esm', minify: true, write: false, platform: 'browser' }).outputFiles[0].contents;
  await served({ '/pkg/': `${folder('../pkg')}/`, '/benches/': `${folder('.')}` }, (address) =>
    withChromium(async (browser) => {
      const tab = await browser.newPage();
      await tab.goto(`${address}benches/features.mjs`);
      const found = await tab.evaluate(async ({ rounds, source }) => {
        const run = (0, eval)(`(${source})`);
        return run(await import('/pkg/index.js'), await import('/peer.js'), rounds);
      }, { rounds, source: measure.toString() });
      print('Chromium', found);
    }),
    { answer: (request, response) => request.url === '/peer.js' && Boolean(response.writeHead(200, { 'content-type': 'text/javascript' }).end(peer)) },
  );
  console.log(`\nagainst @growthbook/growthbook ${bundle}`);
}

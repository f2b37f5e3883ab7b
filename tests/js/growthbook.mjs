// GrowthBook's conformance suite through the package, in whatever host runs this file.

/** Numbers rounded down to eight places, as the suite writes them. */
const rounded = (value) => (Array.isArray(value) ? value.map(rounded) : Math.floor(value * 1e8) / 1e8);

/** A value with the fields of objects in order and `undefined` ones dropped, as text. */
function plain(value) {
  const sorted = (value) => {
    if (Array.isArray(value)) return value.map(sorted);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(
      Object.keys(value)
        .filter((key) => value[key] !== undefined)
        .sort()
        .map((key) => [key, sorted(value[key])]),
    );
  };
  return JSON.stringify(sorted(value));
}

/**
 * Runs every case of `suite` and gives `{sections: [{section, cases, passed}], failures}`.
 *
 * @param {typeof import('../../pkg/index.js')} regulars the package, initialised
 */
export function conformance({ Engine, bucketing, matches }, suite) {
  const request = (context, sticky) => ({
    attributes: context.attributes,
    url: context.url,
    enabled: context.enabled,
    qaMode: context.qaMode,
    overrides: { variations: context.forcedVariations ?? {} },
    sticky,
  });
  const withEngine = (context, use) => {
    const engine = new Engine();
    try {
      const { features, experiments, savedGroups, contextualBandits } = context;
      engine.loadFeatures({ features: features ?? {}, experiments, savedGroups, contextualBandits });
      return use(engine);
    } finally {
      engine.free();
    }
  };
  const exposures = (engine) => engine.drainEvents(1000).events.filter(({ type }) => type === 'exposure').length;

  const feature = ([, context, key, expected]) =>
    withEngine(context, (engine) => {
      const whole = engine.feature(key, request(context, false));
      // The same by way of one number, twice: once made from the whole, once from what was seen before.
      engine.setExperimentContext(request(context, false));
      const results = [engine.feature(key), engine.feature(key), engine.features()[key] ?? whole];
      const odd = results.find((result) => plain(result) !== plain(whole));
      return [odd ? { packed: odd, whole } : whole, expected];
    });
  const run = ([, context, experiment, value, inExperiment, hashUsed]) =>
    withEngine(context, (engine) => {
      const result = engine.experiment(experiment, request(context, false));
      const counted = exposures(engine) === Number(result.inExperiment && result.hashUsed);
      return [[result.value, result.inExperiment, result.hashUsed, counted], [value, inExperiment, hashUsed, true]];
    });
  const sticky = ([, context, documents, key, expected, after]) =>
    withEngine(context, (engine) => {
      engine.loadStickyBuckets(needed(engine, context, documents));
      const result = engine.feature(key, request(context, true)).experimentResult ?? null;
      const kept = Object.fromEntries(engine.stickyBuckets().map((document) => [`${document.attributeName}||${document.attributeValue}`, document]));
      return [[result, kept], [expected, after]];
    });
  const redirects = ([, context, expected]) =>
    withEngine(context, (engine) => {
      const found = engine.pageExperiments(request(context, false)).filter(({ result }) => result.inExperiment);
      return [found.map(({ result, redirect }) => ({ inExperiment: true, urlRedirect: result.value.urlRedirect, urlWithParams: redirect })), expected];
    });

  const checks = {
    evalCondition: ([, condition, attributes, expected, groups]) => [matches(condition, attributes, groups), expected],
    hash: ([seed, value, version, expected]) => [bucketing('hash', [seed, value, version]), expected],
    getBucketRange: ([, given, expected]) => [rounded(bucketing('ranges', given)), rounded(expected)],
    chooseVariation: ([, number, ranges, expected]) => [bucketing('choose', [number, ranges]), expected],
    getQueryStringOverride: ([, key, url, arms, expected]) => [bucketing('query', [key, url, arms]), expected],
    inNamespace: ([, unit, namespace, expected]) => [bucketing('namespace', [unit, namespace]), expected],
    getEqualWeights: ([arms, expected]) => [rounded(bucketing('weights', [arms])), rounded(expected)],
    feature,
    contextualBandit: feature,
    run,
    decrypt: ([, text, key, expected]) => [bucketing('decrypt', [text, key]), expected],
    stickyBucket: sticky,
    urlRedirect: redirects,
  };
  const failures = [];
  const sections = Object.entries(suite)
    .filter(([, cases]) => Array.isArray(cases))
    .map(([section, cases]) => {
      let passed = 0;
      for (const given of cases) {
        let outcome;
        try {
          const [found, expected] = checks[section](given);
          outcome = plain(found) === plain(expected) ? null : `found    ${plain(found)}\n  expected ${plain(expected)}`;
        } catch (error) {
          outcome = `threw ${error.stack ?? error}`;
        }
        if (outcome === null) passed++;
        else failures.push(`${section}: ${given[0]}\n  ${outcome}`);
      }
      return { section, cases: cases.length, passed };
    });
  return { sections, failures };
}

/** Of the documents those that the features can use: a host loads no others. */
function needed(engine, context, documents) {
  const attributes = new Set(['id']);
  const add = (rule) => [rule.hashAttribute ?? 'id', rule.fallbackAttribute].forEach((name) => name && attributes.add(name));
  for (const feature of Object.values(context.features ?? {})) feature.rules?.filter((rule) => rule.variations).forEach(add);
  for (const experiment of context.experiments ?? []) add(experiment);
  return documents.filter(({ attributeName, attributeValue }) => attributes.has(attributeName) && context.attributes[attributeName] === attributeValue);
}

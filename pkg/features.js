// Results of features, built here from one number each: no object crosses the boundary to WebAssembly, and no text.

const BUCKETS = 16_384;
const NO_BUCKET = BUCKETS - 1;
/** The fields of most results: written out, they are made twice as fast as copied. */
const USUAL = 'key,featureId,inExperiment,hashUsed,variationId,value,hashAttribute,hashValue,stickyBucketUsed,bucket';

/** So many results are asked for one by one; more, all at once. */
const FEW = 4;

/** What a packed result says beside the unit's number. */
const which = (packed) => Math.floor(packed / BUCKETS);

/**
 * Answers `feature(key)` and `features()` under the context in use. A result that differs from one seen before only in
 * the unit and its number is made from that one; everything else is asked for whole. Values and experiments are shared
 * between results, so they are frozen.
 */
export class FeatureResults {
  #whole;
  #every;
  #engine;
  #keys = null;
  #places = new Map();
  /** By place: what results seen so far say beside the unit, and such a result of each. */
  #kinds = [];
  #templates = [];
  #units = new Map();
  #blank = null;

  /**
   * `engine` is the class made by wasm-bindgen; `whole` gives a result without counting it as exposure, `every` all of them.
   */
  constructor(engine, whole, every) {
    this.#engine = engine;
    this.#whole = whole;
    this.#every = every;
  }

  /** Other features are loaded. */
  forget() {
    this.#keys = null;
    this.#units.clear();
  }

  /** Another member, or another context. */
  forgetUnits() {
    this.#units.clear();
  }

  one(key) {
    const place = this.#known().get(key);
    if (place === undefined) return this.#whole(key, false);
    const packed = this.#engine.packedFeature(place);
    return packed < 0 ? this.#whole(key, true) : this.#built(place, key, packed);
  }

  all() {
    this.#known();
    const packed = this.#engine.packedFeatures();
    this.#learn(packed);
    // A copy of what has all the keys: adding them one by one is what would cost most.
    const results = { ...this.#blank };
    for (let place = 0; place < packed.length; place++) {
      const key = this.#keys[place];
      const result = packed[place] < 0 ? this.#whole(key, true) : this.#built(place, key, packed[place]);
      if (key === '__proto__') Object.defineProperty(results, key, { value: result, enumerable: true, configurable: true, writable: true });
      else results[key] = result;
    }
    return results;
  }

  /** Gets the results that were not seen yet in one crossing, where they are more than a few. */
  #learn(packed) {
    let missing = 0;
    for (let place = 0; place < packed.length; place++) if (packed[place] >= 0 && !this.#seen(place, which(packed[place]))) missing++;
    if (missing <= FEW) return;
    const every = this.#every();
    for (let place = 0; place < packed.length; place++) {
      if (packed[place] >= 0 && !this.#seen(place, which(packed[place]))) this.#take(place, which(packed[place]), every[this.#keys[place]]);
    }
  }

  #take(place, kind, template) {
    freeze(template.value);
    freeze(template.experiment);
    this.#kinds[place].push(kind);
    this.#templates[place].push({ ...template, isUsual: Object.keys(template.experimentResult ?? {}).join() === USUAL });
    const templates = this.#templates[place];
    return templates[templates.length - 1];
  }

  /** A result seen before that says the same beside the unit. A feature has few; looking is quicker than a map. */
  #seen(place, kind) {
    const kinds = this.#kinds[place];
    for (let at = 0; at < kinds.length; at++) if (kinds[at] === kind) return this.#templates[place][at];
    return undefined;
  }

  #known() {
    if (this.#keys === null) {
      this.#keys = this.#engine.featureKeys();
      this.#places = new Map(this.#keys.map((key, place) => [key, place]));
      this.#kinds = this.#keys.map(() => []);
      this.#templates = this.#keys.map(() => []);
      this.#blank = {};
      // As own fields, whatever they are called.
      for (const key of this.#keys) Object.defineProperty(this.#blank, key, { value: null, enumerable: true, configurable: true, writable: true });
    }
    return this.#places;
  }

  #built(place, key, packed) {
    const kind = which(packed);
    const bucket = packed - kind * BUCKETS;
    const template = this.#seen(place, kind) ?? this.#take(place, kind, this.#whole(key, true));
    const { value, on, off, source, ruleId, experiment, experimentResult } = template;
    if (experimentResult === undefined) return { value, on, off, source, ruleId };
    const hashValue = this.#unit(experimentResult.hashAttribute);
    if (template.isUsual && bucket !== NO_BUCKET) {
      const { key, featureId, inExperiment, hashUsed, variationId, value: arm, hashAttribute, stickyBucketUsed } = experimentResult;
      const own = { key, featureId, inExperiment, hashUsed, variationId, value: arm, hashAttribute, hashValue, stickyBucketUsed, bucket: bucket / 10_000 };
      return { value, on, off, source, ruleId, experiment, experimentResult: own };
    }
    const own = { ...experimentResult, hashValue };
    if (bucket !== NO_BUCKET) own.bucket = bucket / 10_000;
    return { value, on, off, source, ruleId, experiment, experimentResult: own };
  }

  #unit(attribute) {
    let unit = this.#units.get(attribute);
    if (unit === undefined) {
      unit = this.#engine.experimentUnit(attribute) ?? '';
      this.#units.set(attribute, unit);
    }
    return unit;
  }
}

function freeze(value) {
  if (value === null || typeof value !== 'object' || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) freeze(inner);
}

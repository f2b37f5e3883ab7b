// Results of features, built here from one number each: no object crosses the boundary to WebAssembly, and no text.

const BUCKETS = 16_384;
const NO_BUCKET = BUCKETS - 1;

/**
 * Answers `feature(key)` and `features()` under the context in use. A result that differs from one seen before only in
 * the unit and its number is made from that one; everything else is asked for whole. Values and experiments are shared
 * between results, so they are frozen.
 */
export class FeatureResults {
  #whole;
  #engine;
  #keys = null;
  #places = new Map();
  #templates = [];
  #units = new Map();

  /** `engine` is the class made by wasm-bindgen; `whole` gives a result without counting it as exposure. */
  constructor(engine, whole) {
    this.#engine = engine;
    this.#whole = whole;
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
    const results = {};
    for (let place = 0; place < packed.length; place++) {
      const key = this.#keys[place];
      const result = packed[place] < 0 ? this.#whole(key, true) : this.#built(place, key, packed[place]);
      if (key === '__proto__') Object.defineProperty(results, key, { value: result, enumerable: true, configurable: true, writable: true });
      else results[key] = result;
    }
    return results;
  }

  #known() {
    if (this.#keys === null) {
      this.#keys = this.#engine.featureKeys();
      this.#places = new Map(this.#keys.map((key, place) => [key, place]));
      this.#templates = this.#keys.map(() => new Map());
    }
    return this.#places;
  }

  #built(place, key, packed) {
    const which = Math.floor(packed / BUCKETS);
    const bucket = packed - which * BUCKETS;
    const templates = this.#templates[place];
    let template = templates.get(which);
    if (template === undefined) {
      template = this.#whole(key, true);
      freeze(template.value);
      freeze(template.experiment);
      templates.set(which, template);
    }
    const { value, on, off, source, ruleId, experiment, experimentResult } = template;
    if (experimentResult === undefined) return { value, on, off, source, ruleId };
    const own = { ...experimentResult, hashValue: this.#unit(experimentResult.hashAttribute) };
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

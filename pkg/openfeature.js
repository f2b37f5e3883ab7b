// A provider for OpenFeature's web SDK: a shop keeps the code it has.
import { ErrorCode, OpenFeatureEventEmitter, ProviderEvents, ProviderFatalError } from '@openfeature/web-sdk';

/** Errors that trying again does not mend. */
const FATAL = new Set(['no-webassembly', 'bad-signature', 'unchecked-signature', 'unsigned-snapshot', 'bad-public-key', 'unsupported-format', 'bad-encryption']);

/**
 * Features of an engine, or of the client that `open` gives or promises. A flag counts as exposure when it is resolved,
 * once for each unit, experiment and arm.
 */
export class RegularsProvider {
  metadata = { name: 'regulars' };
  runsOn = 'client';
  events = new OpenFeatureEventEmitter();
  hooks = [];
  #source;
  #engine = null;
  #fatal = null;
  #stop = () => {};

  constructor(source) {
    this.#source = source;
  }

  async initialize(context = {}) {
    try {
      const source = await (typeof this.#source === 'function' ? this.#source() : this.#source);
      const engine = source?.engine ?? source;
      engine.setExperimentContext(requestFor(context));
      engine.featureKeys();
      this.#engine = engine;
      this.#stop = source.on?.('snapshot', () => this.events.emit(ProviderEvents.ConfigurationChanged)) ?? this.#stop;
    } catch (error) {
      if (!FATAL.has(error?.code)) throw error;
      this.#fatal = error.message;
      throw new ProviderFatalError(error.message);
    }
  }

  onContextChange(_before, context) {
    this.#engine?.setExperimentContext(requestFor(context));
  }

  async onClose() {
    this.#stop();
    this.#engine = null;
  }

  /** What the shopper did, as OpenFeature's `track` tells it. */
  track(name, _context, details = {}) {
    const { value, ...rest } = details;
    this.#engine?.track({ ...rest, ...(value === undefined ? {} : { reward: value }), type: name });
  }

  resolveBooleanEvaluation(key, fallback) {
    return this.#resolve(key, fallback, (value) => typeof value === 'boolean');
  }

  resolveStringEvaluation(key, fallback) {
    return this.#resolve(key, fallback, (value) => typeof value === 'string');
  }

  resolveNumberEvaluation(key, fallback) {
    return this.#resolve(key, fallback, (value) => typeof value === 'number');
  }

  resolveObjectEvaluation(key, fallback) {
    return this.#resolve(key, fallback, (value) => value !== null && typeof value === 'object');
  }

  #resolve(key, fallback, fits) {
    if (this.#fatal) return failed(fallback, ErrorCode.PROVIDER_FATAL, this.#fatal);
    if (!this.#engine) return failed(fallback, ErrorCode.PROVIDER_NOT_READY, 'the provider is not initialised');
    try {
      // Looked at first: a value of another type is not used, so nobody is exposed to it.
      const { value, source } = this.#engine.feature(key, { peek: true });
      if (source === 'unknownFeature') return failed(fallback, ErrorCode.FLAG_NOT_FOUND, `there is no feature \`${key}\``);
      if (source === 'cyclicPrerequisite') return failed(fallback, ErrorCode.GENERAL, `feature \`${key}\` depends on itself`);
      const { reason, metadata } = this.#engine.featureDetails(key);
      const flagMetadata = scalars(metadata);
      if (value === null) return { value: fallback, reason: 'DISABLED', flagMetadata };
      if (!fits(value)) return failed(fallback, ErrorCode.TYPE_MISMATCH, `feature \`${key}\` has another type of value`);
      const { experimentResult, ruleId, experiment } = this.#engine.feature(key);
      if (experiment) flagMetadata.experiment = experiment.key;
      return { value, reason, variant: experimentResult?.key ?? (ruleId || undefined), flagMetadata };
    } catch (error) {
      const code = error?.code === 'no-features' ? ErrorCode.PROVIDER_NOT_READY : ErrorCode.GENERAL;
      return failed(fallback, code, error?.message ?? String(error));
    }
  }
}

const failed = (value, errorCode, errorMessage) => ({ value, reason: 'ERROR', errorCode, errorMessage });

/** OpenFeature's metadata holds texts, numbers and truth values. */
function scalars(metadata) {
  const kept = Object.entries(metadata ?? {}).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value));
  return Object.fromEntries(kept);
}

/** The evaluation context as attributes: its `targetingKey` is the unit's `id`. */
function requestFor({ targetingKey, url, ...attributes }) {
  const plain = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, value instanceof Date ? value.toISOString() : value]));
  if (targetingKey !== undefined && plain.id === undefined) plain.id = targetingKey;
  return { attributes: plain, ...(typeof url === 'string' ? { url } : {}) };
}

import type { EvaluationContext, JsonValue, OpenFeatureEventEmitter, Provider, ResolutionDetails, TrackingEventDetails } from '@openfeature/web-sdk';

import type { Client, Engine } from './index.js';

/** An engine with features loaded, or the client of `open`. */
export type FeatureSource = Engine | Client;

/**
 * A provider for OpenFeature's web SDK (a static-context provider):
 *
 * ```js
 * import { OpenFeature } from '@openfeature/web-sdk';
 * import { open } from 'regulars';
 * import { RegularsProvider } from 'regulars/openfeature';
 *
 * await OpenFeature.setProviderAndWait(new RegularsProvider(open({ catalog: '/catalog.rgl' })));
 * OpenFeature.getClient().getBooleanValue('new-checkout', false);
 * ```
 *
 * The context's `targetingKey` is the unit's `id`, `url` the page's address, everything else attributes. A flag counts as
 * exposure when it is resolved, once for each unit, experiment and arm. `variant` is the arm's key, or the id of the rule;
 * a feature whose value is `null` is `DISABLED`.
 */
export class RegularsProvider implements Provider {
  constructor(source: FeatureSource | PromiseLike<FeatureSource> | (() => FeatureSource | PromiseLike<FeatureSource>));
  readonly metadata: { readonly name: 'regulars' };
  readonly runsOn: 'client';
  readonly events: OpenFeatureEventEmitter;
  readonly hooks: [];
  initialize(context?: EvaluationContext): Promise<void>;
  onContextChange(before: EvaluationContext, context: EvaluationContext): void;
  onClose(): Promise<void>;
  /** What happened: an event of this name; a number `value` is a reward. */
  track(name: string, context?: EvaluationContext, details?: TrackingEventDetails): void;
  resolveBooleanEvaluation(key: string, fallback: boolean): ResolutionDetails<boolean>;
  resolveStringEvaluation(key: string, fallback: string): ResolutionDetails<string>;
  resolveNumberEvaluation(key: string, fallback: number): ResolutionDetails<number>;
  resolveObjectEvaluation<T extends JsonValue>(key: string, fallback: T): ResolutionDetails<T>;
}

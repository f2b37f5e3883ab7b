//! TypeScript that Rust types cannot say.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const OPEN_TYPES: &str = r#"
/** What a catalog or a delta is taken with. */
export interface CatalogOptions {
  /** Ed25519 keys of 32 bytes, of which one must have signed. */
  publicKeys?: Uint8Array[];
  /** Where absent, the engine's clock: what has expired by then is refused. */
  now?: number;
  /** The shop it must be for. */
  shop?: string;
  /** The version that it must have at least. */
  atLeast?: number;
  /** Whether what lists of items don't need is compiled when it is first asked for: the first list is there sooner. */
  later?: boolean;
  /** What the host has found with its own cryptography. */
  checked?: { digest: Uint8Array; signature?: boolean };
}

/** One thing that happens on this device; where `at` is absent it is now, by the engine's clock. */
export interface NewEvent {
  type:
    | 'view' | 'search' | 'add-to-cart' | 'remove-from-cart' | 'purchase' | 'impression' | 'click' | 'dismiss' | 'rate'
    | 'check-in' | 'share' | 'review' | 'offer-claimed' | 'offer-used' | 'exposure'
    | (string & {});
  at?: number;
  item?: string;
  /** Every other field goes to the server as it is. */
  [field: string]: unknown;
}

/** One thing that happened on this device. `at` is in milliseconds since 1970. */
export interface MemberEvent extends NewEvent {
  at: number;
}

/** A feature's value, and where it comes from. */
export interface FeatureResult {
  value: unknown;
  on: boolean;
  off: boolean;
  source: string;
  ruleId?: string;
  experiment?: object;
  experimentResult?: ExperimentResult;
}

/** The variation a member is in. */
export interface ExperimentResult {
  inExperiment: boolean;
  variationId: number;
  value: unknown;
  hashUsed: boolean;
  hashAttribute: string;
  hashValue: string;
  featureId: string | null;
  key: string;
  bucket?: number;
  stickyBucketUsed?: boolean;
  passthrough?: boolean;
  name?: string;
}

/** The arms one unit was given, in GrowthBook's form. */
export interface StickyDocument {
  attributeName: string;
  attributeValue: string;
  /** `<experiment>__<bucket version>` to the arm's key. */
  assignments: Record<string, string>;
}

/** An experiment that runs by itself on a page. */
export interface PageExperiment {
  experiment: string;
  change: 'redirect' | 'visual';
  result: ExperimentResult;
  /** Where to go, for a redirect whose arm leads elsewhere. */
  redirect: string | null;
}
"#;

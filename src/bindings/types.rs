//! TypeScript that Rust types cannot say.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const OPEN_TYPES: &str = r#"
/**
 * One thing that happened on this device. `at` is in milliseconds since 1970; the engine's clock where absent.
 * Every other field goes to the server as it is.
 */
export interface MemberEvent {
  type:
    | 'view' | 'search' | 'add-to-cart' | 'remove-from-cart' | 'purchase' | 'impression' | 'click' | 'dismiss' | 'rate'
    | 'check-in' | 'share' | 'review' | 'offer-claimed' | 'offer-used' | 'exposure'
    | (string & {});
  at?: number;
  item?: string;
  [field: string]: unknown;
}
"#;

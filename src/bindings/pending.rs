//! What the package promises and this release does not answer yet. Each call says so, instead of a made-up answer.

use wasm_bindgen::prelude::*;

use super::Engine;
use super::error::error;

fn pending<T>(call: &str) -> Result<T, JsValue> {
    Err(error("not-available", &["`", call, "` is not built yet"].concat()))
}

#[wasm_bindgen]
impl Engine {
    /// Changes the catalog in use by what is new. Not built yet: throws `not-available`.
    #[wasm_bindgen(js_name = applyDelta, unchecked_return_type = "SnapshotInfo")]
    pub fn apply_delta(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | ArrayBuffer")] _bytes: JsValue,
    ) -> Result<JsValue, JsValue> {
        pending("applyDelta")
    }
}

//! What to recommend.

use wasm_bindgen::prelude::*;

use super::Engine;

#[wasm_bindgen]
impl Engine {
    /// What this member may want now, best first, with reasons. Where the request has no cart, the one that
    /// `add-to-cart` and `remove-from-cart` events left counts. A strategy that this release does not know gives an
    /// empty list and a note.
    #[wasm_bindgen(unchecked_return_type = "RecommendResult")]
    pub fn recommend(&self, #[wasm_bindgen(unchecked_param_type = "RecommendRequest")] request: JsValue) -> Result<JsValue, JsValue> {
        self.ask(&request, |engine, request, clock| engine.recommend(request, clock))
    }

    /// The items whose vectors point the way that one does, the nearest first. Every item of the catalog is looked at;
    /// neither the member nor stock is.
    #[wasm_bindgen(unchecked_return_type = "NearestResult")]
    pub fn nearest(&self, #[wasm_bindgen(unchecked_param_type = "NearestRequest")] request: JsValue) -> Result<JsValue, JsValue> {
        self.ask(&request, |engine, request, clock| engine.nearest(request, clock))
    }
}

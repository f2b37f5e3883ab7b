//! Offers and what carts cost.

use wasm_bindgen::prelude::*;

use super::Engine;

#[wasm_bindgen]
impl Engine {
    /// Where each offer stands for this member and cart: those that can be had first, then those that nearly can, each
    /// with what is missing or why not.
    #[wasm_bindgen(unchecked_return_type = "OffersResult")]
    pub fn offers(&self, #[wasm_bindgen(unchecked_optional_param_type = "OffersRequest")] request: JsValue) -> Result<JsValue, JsValue> {
        self.ask(&request, |engine, request, clock| engine.offers(request, clock))
    }

    /// What a cart costs: its lines, the offers applied and why the others are not, points, and what to do next.
    #[wasm_bindgen(unchecked_return_type = "Quote")]
    pub fn quote(&self, #[wasm_bindgen(unchecked_param_type = "QuoteRequest")] request: JsValue) -> Result<JsValue, JsValue> {
        self.ask(&request, |engine, request, clock| engine.quote(request, clock))
    }

    /// What giving back a part of an order comes to: money, points, and what is left of it. The order is a quote, or what
    /// an earlier return left.
    #[wasm_bindgen(unchecked_return_type = "Refund")]
    pub fn returns(
        &self,
        #[wasm_bindgen(unchecked_param_type = "{ order: Quote; lines: { line: number; quantity: number }[]; now?: number }")]
        request: JsValue,
    ) -> Result<JsValue, JsValue> {
        self.ask(&request, |engine, request, clock| engine.returns(request, clock))
    }

    /// Whether the same cart costs the same under other traits that the member never declared; the published offer that
    /// makes each difference.
    #[wasm_bindgen(unchecked_return_type = "Fairness")]
    pub fn fairness(
        &self,
        #[wasm_bindgen(unchecked_param_type = "QuoteRequest & { vary: object[] }")] request: JsValue,
    ) -> Result<JsValue, JsValue> {
        self.ask(&request, |engine, request, clock| engine.fairness(request, clock))
    }
}

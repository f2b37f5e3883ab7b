//! One method a question.

use wasm_bindgen::prelude::*;

use super::{Engine, answer};

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

    /// Tier and why, what is missing to rise and to keep it, benefits, points, and what is ahead. Facts of the contract
    /// with the member: told with personalisation off too.
    #[wasm_bindgen(unchecked_return_type = "Membership")]
    pub fn membership(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "MembershipRequest")] request: JsValue,
    ) -> Result<JsValue, JsValue> {
        self.ask(&request, |engine, request, clock| engine.membership(request, clock))
    }

    /// Tasks, streaks and achievements with progress and reward, draws with their published odds, what points can be
    /// exchanged for, and what earns points.
    #[wasm_bindgen(unchecked_return_type = "Growth")]
    pub fn growth(&self, #[wasm_bindgen(unchecked_optional_param_type = "GrowthRequest")] request: JsValue) -> Result<JsValue, JsValue> {
        self.ask(&request, |engine, request, clock| engine.growth(request, clock))
    }

    /// What to say next on a surface, best first, under caps and quiet hours: offers, reminders, content, tasks, tier nudges.
    /// Track an `impression` with `message` and `surface` when one is shown: caps count it.
    #[wasm_bindgen(js_name = nextActions, unchecked_return_type = "NextAction[]")]
    pub fn next_actions(&self, #[wasm_bindgen(unchecked_param_type = "NextActionsRequest")] request: JsValue) -> Result<JsValue, JsValue> {
        self.ask(&request, |engine, request, clock| engine.next_actions(request, clock))
    }

    /// What is known of the member's ways: stage, value, segments, tags, and what they buy most. Nothing without
    /// personalisation.
    #[wasm_bindgen(unchecked_return_type = "Portrait")]
    pub fn portrait(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "PortraitRequest")] request: JsValue,
    ) -> Result<JsValue, JsValue> {
        self.ask(&request, |engine, request, clock| engine.portrait(request, clock))
    }

    /// Which stores are near, open, and have what is wanted. Where the shopper is comes with the request, is used for this
    /// answer, and is kept nowhere.
    #[wasm_bindgen(unchecked_return_type = "Stores")]
    pub fn stores(&self, #[wasm_bindgen(unchecked_optional_param_type = "StoresRequest")] request: JsValue) -> Result<JsValue, JsValue> {
        self.ask(&request, |engine, request, clock| engine.stores(request, clock))
    }

    /// How answers come about, for people: that an algorithm chooses, from what, by which version of the rules, and whom to
    /// ask.
    #[wasm_bindgen(unchecked_return_type = "Transparency")]
    pub fn transparency(&self) -> Result<JsValue, JsValue> {
        let told = self.step(|engine| engine.transparency())?;
        answer::object(&told)
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

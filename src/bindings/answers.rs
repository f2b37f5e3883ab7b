//! The membership: one method a question.

use alloc::string::String;
use alloc::vec::Vec;

use js_sys::Reflect;
use wasm_bindgen::prelude::*;

use super::engine::{MALFORMED, malformed, read};
use super::{Engine, answer, input};
use crate::domain::from_value;
use crate::engine::MembershipRequest;

#[wasm_bindgen]
impl Engine {
    /// Tier and why, what is missing to rise and to keep it, benefits, points, and what is ahead. Facts of the contract
    /// with the member: told with personalisation off too.
    #[wasm_bindgen(unchecked_return_type = "Membership")]
    pub fn membership(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "MembershipRequest")] request: JsValue,
    ) -> Result<JsValue, JsValue> {
        let request: MembershipRequest = read(&request)?;
        let mut found = self.step(|engine| engine.membership(&request, self.milliseconds()))?;
        // The points are those of the first wallet. Their lots are most of a long answer: they cross once, and are shared.
        let shared = !found.wallets.is_empty();
        if shared {
            (found.points.lots, found.points.expiring) = (Vec::new(), Vec::new());
        }
        let object = answer::object(&found)?;
        if shared {
            let points = Reflect::get(&object, &"points".into())?;
            let wallet = Reflect::get(&Reflect::get(&object, &"wallets".into())?, &0.into())?;
            for name in ["lots", "expiring"] {
                let name = name.into();
                Reflect::set(&points, &name, &Reflect::get(&wallet, &name)?)?;
            }
        }
        Ok(object)
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

    /// Whether these items suit the member, and by which attribute (`fit-must`, `fit-must-not`, `fit-prefer`).
    #[wasm_bindgen(unchecked_return_type = "ItemFit[]")]
    pub fn fit(&self, #[wasm_bindgen(unchecked_param_type = "string[]")] ids: JsValue) -> Result<JsValue, JsValue> {
        let value = input::value(&ids, MALFORMED)?;
        let ids: Vec<String> = from_value(&value).map_err(|failure| malformed(&failure))?;
        let fits = self.step(|engine| engine.fit(&ids, self.milliseconds()))?;
        answer::object(&fits)
    }
}

//! The membership: one method a question.

use alloc::string::String;
use alloc::vec::Vec;

use js_sys::{Array, Float64Array, Reflect};
use serde::ser::{Serialize, SerializeSeq, Serializer};
use wasm_bindgen::prelude::*;

use super::engine::{MALFORMED, malformed, read};
use super::{Engine, answer, input};
use crate::domain::{Fact, Reason, from_value};
use crate::engine::{Ahead, HeldLot, MembershipRequest};

/// Takes lots as three numbers each: amount, end, when they can be spent; what is `null` is no number. `None`, and they are left,
/// where numbers can't say all of it.
#[allow(clippy::cast_precision_loss)] // none in range
fn packed(lots: &mut Vec<HeldLot>) -> Option<Vec<f64>> {
    let mut numbers = Vec::with_capacity(lots.len().saturating_mul(3));
    for lot in &*lots {
        let (end, begin) = (lot.expires_at.unwrap_or(0), lot.available_at.unwrap_or(0));
        if lot.awaits.is_some() || [lot.amount, end, begin].iter().any(|number| number.unsigned_abs() > WHOLE) {
            return None;
        }
        numbers.push(lot.amount as f64);
        numbers.push(lot.expires_at.map_or(f64::NAN, |at| at as f64));
        numbers.push(lot.available_at.map_or(f64::NAN, |at| at as f64));
    }
    lots.clear();
    Some(numbers)
}

/// A calendar in one list. Each entry is its code, its text, how many names follow (none where its facts are called as those of
/// the entry before), these, and the facts; when it is, is the fact `at`.
struct Flat<'a>(&'a [Ahead]);

impl Serialize for Flat<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        let mut known: &[(&str, Fact)] = &[];
        for Reason { code, facts, text } in self.0.iter().map(|ahead| &ahead.event) {
            list.serialize_element(code)?;
            list.serialize_element(text)?;
            let same = known.len() == facts.len() && known.iter().zip(facts).all(|(known, fact)| known.0 == fact.0);
            list.serialize_element(&if same { 0 } else { facts.len() })?;
            for (name, _) in facts.iter().filter(|_| !same) {
                list.serialize_element(name)?;
            }
            for (_, fact) in facts {
                list.serialize_element(fact)?;
            }
            known = facts;
        }
        list.end()
    }
}

/// The largest whole number that JavaScript's numbers hold.
const WHOLE: u64 = 9_007_199_254_740_991;

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
        // Lots and the calendar are most of a long answer: they cross flat, and `engine.js` makes objects of them. The points are
        // those of the first wallet.
        if !found.wallets.is_empty() {
            (found.points.lots, found.points.expiring) = (Vec::new(), Vec::new());
        }
        let mut all = Vec::new();
        for wallet in &mut found.wallets {
            all.push(packed(&mut wallet.lots));
        }
        let ahead = core::mem::take(&mut found.calendar);
        let object = answer::object(&found)?;
        Reflect::set(&object, &"calendar".into(), &answer::object(&Flat(&ahead))?)?;
        let wallets: Array = Reflect::get(&object, &"wallets".into())?.unchecked_into();
        for (wallet, numbers) in wallets.iter().zip(all) {
            if let Some(numbers) = numbers {
                Reflect::set(&wallet, &"lots".into(), &Float64Array::from(numbers.as_slice()))?;
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

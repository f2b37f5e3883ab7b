//! A condition on its own, for those who write them.

use wasm_bindgen::prelude::*;

use super::input;
use super::regex::HostRegexEngine;
use crate::rules::{AttributeTable, Attributes, Condition, RuleContext, SavedGroups};

/// Whether `attributes` meet `condition`, by the language that segments, offers and experiments are written in
/// (GrowthBook's). What is wrong with a condition makes it match nothing, as it does in a snapshot.
///
/// ```js
/// matches({ age: { $gte: 18 } }, { age: 21 }) // true
/// ```
#[wasm_bindgen]
pub fn matches(
    #[wasm_bindgen(unchecked_param_type = "object")] condition: JsValue,
    #[wasm_bindgen(unchecked_param_type = "object")] attributes: JsValue,
    #[wasm_bindgen(js_name = savedGroups, unchecked_optional_param_type = "object")] saved_groups: JsValue,
) -> Result<bool, JsValue> {
    let read = |argument: &JsValue| input::value(argument, "malformed-request");
    let (condition, attributes, groups) = (read(&condition)?, read(&attributes)?, read(&saved_groups)?);
    let mut table = AttributeTable::default();
    let groups = SavedGroups::compile(&groups);
    let condition = Condition::compile(&condition, &mut table, &RuleContext::new(&HostRegexEngine).with_groups(&groups));
    let mut source = Attributes::default();
    source.bind(&table, "", &attributes);
    Ok(condition.matches(&source))
}

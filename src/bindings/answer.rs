//! Answers as plain JavaScript objects.

use js_sys::JSON;
use serde::Serialize;
use wasm_bindgen::JsValue;

use super::error::error;
use crate::engine::to_json;

/// `answer` as a plain object: what is missing is `null`, integers are numbers.
///
/// # Errors
/// `number-too-large` where an integer is beyond 2^53 - 1 and would not arrive as it is.
pub fn object(answer: &impl Serialize) -> Result<JsValue, JsValue> {
    let text = to_json(answer).and_then(|text| JSON::parse(&text).ok());
    text.ok_or_else(|| error("number-too-large", "an integer of the answer is beyond 2^53 - 1, which a JavaScript number cannot hold"))
}

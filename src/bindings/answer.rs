//! Answers as plain JavaScript objects.

use alloc::string::String;

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
    parsed(to_json(answer))
}

#[inline(never)]
fn parsed(text: Option<String>) -> Result<JsValue, JsValue> {
    let object = text.and_then(|text| JSON::parse(&text).ok());
    object.ok_or_else(|| error("number-too-large", "an integer of the answer is beyond 2^53 - 1, which a JavaScript number cannot hold"))
}

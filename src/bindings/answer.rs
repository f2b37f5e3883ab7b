//! Answers as plain JavaScript objects.

use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

use super::error::error;

/// `answer` as a plain object: what is missing is `null`, integers are numbers.
///
/// # Errors
/// `number-too-large` where an integer is beyond 2^53 - 1 and would not arrive as it is.
pub fn object(answer: &impl Serialize) -> Result<JsValue, JsValue> {
    answer
        .serialize(&Serializer::json_compatible())
        .map_err(|_| error("number-too-large", "an integer of the answer is beyond 2^53 - 1, which a JavaScript number cannot hold"))
}

//! Errors that JavaScript sees.

use wasm_bindgen::prelude::*;

use crate::engine::EngineError;

#[wasm_bindgen(raw_module = "../error.js")]
extern "C" {
    /// The package's own class: a real `Error` with a `code`.
    pub type RegularsError;

    #[wasm_bindgen(constructor)]
    fn new(code: &str, message: &str) -> RegularsError;
}

/// The error to throw, with a code of the closed set.
pub fn error(code: &str, message: &str) -> JsValue {
    RegularsError::new(code, message).into()
}

impl From<EngineError> for JsValue {
    fn from(failure: EngineError) -> Self {
        error(failure.code, &failure.text())
    }
}

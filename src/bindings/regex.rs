//! The host's own regular expressions.

use alloc::boxed::Box;

use wasm_bindgen::prelude::*;

use crate::rules::{Regex, RegexEngine};

// With `catch`: the constructor throws for what is no pattern, and a page may have patched `test`.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = RegExp)]
    type HostRegExp;

    #[wasm_bindgen(constructor, catch, js_class = "RegExp")]
    fn new(pattern: &str, flags: &str) -> Result<HostRegExp, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn test(this: &HostRegExp, text: &str) -> Result<bool, JsValue>;
}

/// Compiles with the host's `RegExp`.
pub struct HostRegexEngine;

impl RegexEngine for HostRegexEngine {
    fn compile(&self, pattern: &str, ignore_case: bool) -> Option<Box<dyn Regex>> {
        let compiled = HostRegExp::new(pattern, if ignore_case { "i" } else { "" }).ok()?;
        Some(Box::new(compiled))
    }
}

impl Regex for HostRegExp {
    fn is_match(&self, text: &str) -> bool {
        self.test(text).unwrap_or(false)
    }
}

//! Words: the locale, and what people call things.

use alloc::string::String;
use alloc::vec::Vec;

use wasm_bindgen::prelude::*;

use super::engine::{MALFORMED, malformed, text};
use super::{Engine, answer, input};
use crate::domain::from_value;

#[wasm_bindgen]
impl Engine {
    /// The language of texts and titles (`zh-CN`, `en`); without one, reasons have no text, which costs nothing.
    #[wasm_bindgen(js_name = setLocale)]
    pub fn set_locale(&self, #[wasm_bindgen(unchecked_param_type = "string | null")] locale: JsValue) -> Result<(), JsValue> {
        let locale = if locale.is_null() || locale.is_undefined() { None } else { Some(text(&locale, "the locale")?) };
        self.step(|engine| {
            engine.set_locale(locale.as_deref());
            Ok(())
        })
    }

    /// What the catalog says of these items, in their order; ids that it does not have are left out.
    #[wasm_bindgen(unchecked_return_type = "ItemInfo[]")]
    pub fn items(&self, #[wasm_bindgen(unchecked_param_type = "string[]")] ids: JsValue) -> Result<JsValue, JsValue> {
        let value = input::value(&ids, MALFORMED)?;
        let ids: Vec<String> = from_value(&value).map_err(|failure| malformed(&failure))?;
        let items = self.step(|engine| engine.items(&ids))?;
        answer::object(&items)
    }

    /// What people call the `tier`, `offer`, `benefit`, `item`, ... with this id; `undefined` where the catalog has no
    /// name for it.
    #[wasm_bindgen(js_name = nameOf)]
    pub fn name_of(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] kind: JsValue,
        #[wasm_bindgen(unchecked_param_type = "string")] id: JsValue,
    ) -> Result<Option<String>, JsValue> {
        let (kind, id) = (text(&kind, "the kind")?, text(&id, "the id")?);
        self.step(|engine| engine.name_of(&kind, &id))
    }
}
